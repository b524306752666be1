package faulttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// Cloud is an emulated service with one server under backup, whose jobs take some seconds of its clock. Every pause of
// its clients moves that clock.
type Cloud struct {
	*emulator.Emulator
	Server backup.Server
	// Open returns the service as another process has it.
	Open func(log *slog.Logger, client *http.Client) backup.Service
	// Secrets are what no text may have.
	Secrets []string
}

// Place is where a fault hits.
type Place struct {
	Operation string
	// Method and Path select the requests.
	Method, Path string
}

// Config says how the matrix of a service is made.
type Config struct {
	Service string
	New     func(t *testing.T) Cloud
	Places  []Place
}

// named is a fault with its name in the table.
type named struct {
	name string
	emulator.Fault
}

func faults() []named {
	return []named{
		{"429, three times", emulator.Throttled(3, 1)},
		{"500 before it was taken", emulator.Fault{Kind: emulator.FaultStatus, Status: 500, Body: "{}"}},
		{"503 before it was taken", emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Body: "{}"}},
		{"500 after it was taken", emulator.Fault{Kind: emulator.FaultReplace, Status: 500, Body: "{}"}},
		{"504 after it was taken", emulator.Fault{Kind: emulator.FaultReplace, Status: 504, Body: "<html>timeout</html>"}},
		{"connection dropped before", emulator.Fault{Kind: emulator.FaultDropBefore}},
		{"connection dropped after", emulator.Fault{Kind: emulator.FaultDropAfter}},
		{"truncated JSON", emulator.Fault{Kind: emulator.FaultTruncate}},
		{"HTML login page", emulator.LoginPage(1)},
		{"stale token", emulator.Fault{Kind: emulator.FaultStatus, Status: 401, Body: `{"error_code":"APIGW.0301","error_msg":"token expired"}`}},
	}
}

// Run makes the matrix, and reports it.
func Run(t *testing.T, cfg Config) {
	t.Helper()
	var rows []Row
	add := func(s *story, fault, operation string) {
		row := s.row(fault, operation)
		rows = append(rows, row)
		if row.Backups != 1 || row.Orphans != 0 || row.Leaks != 0 || !row.Usable {
			t.Errorf("%s, %s: %s\n%s", fault, operation, row, strings.Join(s.said, "\n"))
		}
	}
	for _, fault := range faults() {
		for _, place := range cfg.Places {
			s := newStory(t, cfg)
			fault.Method, fault.Path = place.Method, place.Path
			s.cloud.Faults.Inject(fault.Fault)
			s.live(http.DefaultTransport)
			add(s, fault.name, place.Operation)
		}
	}
	for _, place := range cfg.Places {
		s := newStory(t, cfg)
		s.interrupted(place)
		add(s, "Ctrl-C", place.Operation)
	}
	for _, plan := range []struct {
		name string
		emulator.Plan
	}{
		{"slow progress", emulator.Plan{Duration: 100 * time.Hour}},
		{"stalled progress", emulator.Plan{Duration: time.Hour, StallAt: 30}},
		{"failed job", emulator.Plan{Duration: time.Minute, Fail: "The storage is full."}},
	} {
		s := newStory(t, cfg)
		s.cloud.Plans.Set(s.cloud.Server.ID, plan.Plan)
		s.cloud.Plans.Set(s.cloud.Server.InstanceID, plan.Plan)
		s.live(http.DefaultTransport)
		add(s, plan.name, "wait")
	}
	Report(t, cfg.Service, rows...)
}

// story is the life of a point as Terraform lives it: taken, waited for, deleted. An error ends the run, and the next one
// goes on from what the state has.
type story struct {
	t     *testing.T
	cloud Cloud
	// id is of the point that the state has.
	id string
	// waited and deleted say what is done.
	waited, deleted bool
	stalls          bool
	outcome         string
	said            []string
	log             bytes.Buffer
}

func newStory(t *testing.T, cfg Config) *story {
	t.Helper()
	s := &story{t: t, cloud: cfg.New(t)}
	s.cloud.Counts.Reset()
	return s
}

// open is another process.
func (s *story) open(transport http.RoundTripper) backup.Service {
	log := slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return s.cloud.Open(log, &http.Client{Transport: transport})
}

// live runs until everything is done, in three runs at most.
func (s *story) live(first http.RoundTripper) {
	ctx := s.t.Context()
	s.outcome = "succeeds"
	for run, transport := range []http.RoundTripper{first, http.DefaultTransport, http.DefaultTransport} {
		err := s.proceed(ctx, s.open(transport))
		if err == nil {
			if run > 0 {
				s.outcome += "; the next run goes on"
			}
			return
		}
		s.fails(run, err)
		if s.stalls {
			return
		}
	}
}

// fails notes how a run ended.
func (s *story) fails(run int, err error) {
	text := err.Error()
	s.said = append(s.said, text)
	if run > 0 {
		return
	}
	s.outcome = "an error"
	switch {
	case errors.Is(err, backup.ErrStalled):
		s.outcome = "the wait ends with an error"
	case errors.Is(err, errFailed):
		s.outcome = "in error, and says why"
	case errors.Is(err, context.Canceled):
		s.outcome = "interrupted"
	}
	if s.id != "" {
		s.outcome += ", the state has the point"
	}
}

var errFailed = errors.New("the point ended in error")

// proceed does what is left to do.
func (s *story) proceed(ctx context.Context, svc backup.Service) error {
	if err := s.start(ctx, svc); err != nil {
		return err
	}
	if !s.waited {
		if err := s.wait(ctx, svc); err != nil {
			return err
		}
	}
	if s.deleted || s.stalls {
		return nil
	}
	if err := svc.DeletePoint(ctx, s.id); err != nil {
		return err
	}
	s.deleted = true
	return nil
}

// start takes the point, unless the state has it.
func (s *story) start(ctx context.Context, svc backup.Service) error {
	if s.id != "" {
		return nil
	}
	p, err := svc.StartPoint(ctx, backup.PointRequest{ServerID: s.cloud.Server.ID})
	if err == nil {
		s.id = p.ID
		return nil
	}
	// What an error names can be imported, as it says.
	for _, left := range s.left() {
		if strings.Contains(err.Error(), left.ID) && strings.Contains(err.Error(), "import") {
			s.id = left.ID
		}
	}
	return err
}

func (s *story) wait(ctx context.Context, svc backup.Service) error {
	p, err := svc.Point(ctx, s.id, backup.Fresh)
	if err != nil {
		return err
	}
	// Where no progress is told, time ends the wait.
	ctx, cancel := context.WithTimeoutCause(ctx, 5*time.Second, backup.ErrStalled)
	defer cancel()
	p, err = backup.WaitPoint(ctx, svc, p, backup.WaitOptions{
		Interval: time.Millisecond, StallTimeout: 200 * time.Millisecond,
		Progress: func(backup.Point) { s.cloud.Clock.Advance(2 * time.Hour) },
	})
	if errors.Is(err, backup.ErrStalled) {
		s.stalls, s.waited = true, true // Nothing more can be done before the service ends it.
		return err
	}
	if err != nil {
		return err
	}
	s.waited = true
	if p.Status == backup.StatusError {
		if p.Error == "" {
			return errors.New("the service does not say why the point failed")
		}
		return fmt.Errorf("%w: %s", errFailed, p.Error)
	}
	return nil
}

// interrupted cancels the first run when a request to a place was sent.
func (s *story) interrupted(place Place) {
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	err := s.proceed(ctx, s.open(interrupt{place, cancel}))
	s.outcome = "goes on to its end"
	if err != nil {
		s.fails(0, err)
	}
	outcome := s.outcome
	s.live(http.DefaultTransport)
	if err != nil {
		s.outcome = outcome + "; the next run goes on"
	}
}

// interrupt is Ctrl-C in the middle of a request: it is sent, and nobody hears the answer.
type interrupt struct {
	Place
	cancel context.CancelFunc
}

func (i interrupt) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || r.Context().Err() != nil || r.Method != i.Method || !strings.Contains(r.URL.Path, i.Path) {
		return resp, err
	}
	_ = resp.Body.Close()
	i.cancel()
	return nil, context.Canceled
}

// left are the points that there are.
func (s *story) left() (list []backup.Point) {
	s.t.Helper()
	svc := s.cloud.Open(slog.New(slog.DiscardHandler), http.DefaultClient)
	for p, err := range svc.Points(s.t.Context(), backup.PointFilter{}) {
		if err != nil {
			s.t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}

func (s *story) row(fault, operation string) Row {
	s.t.Helper()
	row := Row{
		Fault: fault, Operation: operation, Outcome: s.outcome, Backups: s.cloud.Counts.Snapshot().TotalBackups(),
		Usable: s.deleted,
	}
	s.cloud.Faults.Clear()
	for _, p := range s.left() {
		if p.ScheduleType == backup.SchedulePolicy {
			continue // Time went on.
		}
		if p.ID != s.id || s.deleted {
			row.Orphans++
		}
		row.Usable = row.Usable || s.stalls && p.ID == s.id && p.Status == backup.StatusCreating
	}
	for _, text := range append(s.said, s.log.String()) {
		for _, secret := range append(s.cloud.Secrets, "token-") {
			if strings.Contains(text, secret) {
				row.Leaks++
			}
		}
	}
	return row
}
