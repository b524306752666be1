package emulator_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// serve returns an emulator whose API counts the things that it made, and its address.
func serve(t *testing.T) (e *emulator.Emulator, address string) {
	t.Helper()
	e = emulator.New(emulator.NewClock(start))
	api := http.NewServeMux()
	api.HandleFunc("POST /things/{id}", func(w http.ResponseWriter, r *http.Request) {
		e.Counts.BackupStarted(r.PathValue("id"))
		_, _ = io.WriteString(w, `{"made":"yes"}`)
	})
	server := httptest.NewServer(e.Handler(api))
	t.Cleanup(server.Close)
	return e, server.URL
}

func send(t *testing.T, method, url, body string) (status int, text string, header http.Header, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(raw), resp.Header, err
}

func TestFaults(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault  emulator.Fault
		status int // 0 is no answer
		body   string
		made   int
	}{
		"throttled":   {emulator.Throttled(1, 7), 429, `{"message":"Too many requests"}`, 0},
		"status":      {emulator.Fault{Kind: emulator.FaultStatus, Body: "oops"}, 500, "oops", 0},
		"drop before": {emulator.Fault{Kind: emulator.FaultDropBefore}, 0, "", 0},
		"drop after":  {emulator.Fault{Kind: emulator.FaultDropAfter}, 0, "", 1},
		"truncate":    {emulator.Fault{Kind: emulator.FaultTruncate}, 200, `{"made"`, 1},
		"cut":         {emulator.Fault{Kind: emulator.FaultCut}, 200, `{"made"`, 1},
		"replace":     {emulator.Fault{Kind: emulator.FaultReplace, Status: 503}, 503, "", 1},
		"other path":  {emulator.Fault{Kind: emulator.FaultStatus, Path: "/other"}, 200, `{"made":"yes"}`, 1},
		"later":       {emulator.Fault{Kind: emulator.FaultStatus, Skip: 1}, 200, `{"made":"yes"}`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, url := serve(t)
			e.Faults.Inject(tc.fault)
			status, body, header, err := send(t, http.MethodPost, url+"/things/a", "")
			broken := tc.status == 0 || tc.fault.Kind == emulator.FaultCut
			if (err != nil) != broken || status != tc.status || body != tc.body {
				t.Errorf("got %d %q, error %v; want %d %q", status, body, err, tc.status, tc.body)
			}
			if tc.fault.RetryAfter > 0 && header.Get("Retry-After") != "7" {
				t.Errorf("Retry-After is %q", header.Get("Retry-After"))
			}
			if got := e.Counts.Snapshot().TotalBackups(); got != tc.made {
				t.Errorf("%d things were made, want %d", got, tc.made)
			}
			e.Faults.Clear()
			if status, _, _, err := send(t, http.MethodPost, url+"/things/a", ""); err != nil || status != 200 {
				t.Errorf("after the faults: %d, %v", status, err)
			}
		})
	}
}

// TestHold: what is held was taken, and ends with the client.
func TestHold(t *testing.T) {
	t.Parallel()
	e, url := serve(t)
	e.Faults.Inject(emulator.Fault{Kind: emulator.FaultHold})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for e.Counts.Snapshot().TotalBackups() == 0 {
			runtime.Gosched()
		}
		cancel()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/things/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		_ = resp.Body.Close()
	}
	if !errors.Is(err, context.Canceled) || e.Counts.Snapshot().TotalBackups() != 1 {
		t.Errorf("%v, %+v; want a canceled request and one thing", err, e.Counts.Snapshot())
	}
}

func TestCounts(t *testing.T) {
	t.Parallel()
	e, url := serve(t)
	for _, id := range []string{"a", "b", "a"} {
		_, _, _, _ = send(t, http.MethodPost, url+"/things/"+id, "")
	}
	_, _, _, _ = send(t, http.MethodGet, url+"/nothing", "")
	got := e.Counts.Snapshot()
	if got.Requests["POST /things/{id}"] != 3 || got.Requests["GET /nothing"] != 1 || got.TotalRequests() != 4 || got.Backups["a"] != 2 || got.MostInFlight != 1 {
		t.Errorf("counted %+v", got)
	}
	e.Counts.Reset()
	if got := e.Counts.Snapshot(); got.TotalRequests() != 0 || got.TotalBackups() != 0 {
		t.Errorf("counted %+v after the reset", got)
	}
}

func TestControl(t *testing.T) {
	t.Parallel()
	e, url := serve(t)
	url += emulator.ControlPath
	token := e.Tokens.Issue(time.Hour)
	for _, call := range []struct{ method, path, body string }{
		{http.MethodPost, "clock", `{"advance":"30m"}`},
		{http.MethodPost, "faults", `{"kind":"status","status":418,"path":"/things/tea"}`},
		{http.MethodPost, "plans", `{"subject":"a","duration":"1m","fail":"no","stall_at":30}`},
		{http.MethodGet, "counts", ""},
	} {
		if status, body, _, err := send(t, call.method, url+call.path, call.body); err != nil || status != 200 {
			t.Errorf("%s %s: %d %s %v", call.method, call.path, status, body, err)
		}
	}
	if got := e.Clock.Now(); !got.Equal(start.Add(30 * time.Minute)) {
		t.Errorf("the clock shows %s", got)
	}
	if got, want := e.Plans.Of("a"), (emulator.Plan{Duration: time.Minute, Fail: "no", StallAt: 30}); got != want {
		t.Errorf("plan is %+v, want %+v", got, want)
	}
	if status, _, _, _ := send(t, http.MethodPost, strings.Replace(url, emulator.ControlPath, "/things/tea", 1), ""); status != 418 {
		t.Errorf("the fault answers %d", status)
	}
	if !e.Tokens.Valid(token) {
		t.Error("a token is stale before its time")
	}
	_, _, _, _ = send(t, http.MethodDelete, url+"tokens", "")
	if e.Tokens.Valid(token) {
		t.Error("a revoked token is good")
	}
	if status, _, _, _ := send(t, http.MethodPost, url+"faults", `{"kin":"status"}`); status != http.StatusBadRequest {
		t.Errorf("a misspelt member is answered %d", status)
	}
}

func TestTokensEnd(t *testing.T) {
	t.Parallel()
	e := emulator.New(emulator.NewClock(start))
	token := e.Tokens.Issue(time.Hour)
	e.Clock.Advance(time.Hour - 1)
	if !e.Tokens.Valid(token) || e.Tokens.Valid("token-other") {
		t.Error("a token is not good for its time, or any token is")
	}
	e.Clock.Advance(1)
	if e.Tokens.Valid(token) {
		t.Error("a token outlives its time")
	}
}

func TestJob(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		plan    emulator.Plan
		elapsed time.Duration
		want    int
	}{
		{emulator.Plan{}, 0, 100},
		{emulator.Plan{Duration: time.Minute}, 0, 0},
		{emulator.Plan{Duration: time.Minute}, -time.Minute, 0},
		{emulator.Plan{Duration: time.Minute}, 30 * time.Second, 50},
		{emulator.Plan{Duration: time.Minute}, time.Minute - 1, 99},
		{emulator.Plan{Duration: time.Minute}, time.Minute, 100},
		{emulator.Plan{Duration: time.Minute, StallAt: 30}, time.Hour, 30},
		{emulator.Plan{StallAt: 100}, 0, 99},
	} {
		job := emulator.Job{Plan: tc.plan, Started: start}
		now := start.Add(tc.elapsed)
		if got := job.Progress(now); got != tc.want || job.Ended(now) != (tc.want == 100) {
			t.Errorf("%+v after %s: %d, ended %v; want %d", tc.plan, tc.elapsed, got, job.Ended(now), tc.want)
		}
	}
}
