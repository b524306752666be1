package vngcloud_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// wiretap sees what is secret: the tokens and the signed links that travel.
type wiretap struct {
	mu      sync.Mutex
	secrets map[string]bool
}

var signature = regexp.MustCompile(`/storage/[A-Z0-9]+|X-Amz-Signature=[A-Z0-9]+|token-[A-Z0-9]+`)

func (w *wiretap) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	raw, broken := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(raw), failingReader{broken}))
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, found := range signature.FindAllString(string(raw), -1) {
		w.secrets[found] = true
	}
	return resp, nil
}

// failingReader ends a body as it was cut off, or not.
type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) {
	if f.err == nil {
		return 0, io.EOF
	}
	return 0, f.err
}

// lockedBuffer is a log.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// TestSecrets does everything, well and badly, and looks for secrets in all that comes of it.
func TestSecrets(t *testing.T) {
	t.Parallel()
	const secret = "s3cret/&+ of the account"
	tap, log := &wiretap{secrets: map[string]bool{}}, &lockedBuffer{}
	c := newCenterWithSecret(t, secret)
	svc := c.client(t, func(cfg *vngcloud.Config) {
		cfg.ClientSecret = secret
		cfg.HTTP = &http.Client{Transport: tap}
		cfg.Log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.Level(-100), AddSource: true}))
	})
	var said []string
	say := func(err error) {
		if err != nil {
			said = append(said, err.Error())
		}
	}
	srv := protect(t, c, svc)
	p := take(t, svc, srv.ID)
	links, err := svc.Links(t.Context(), p.ID, "")
	if err != nil || len(links) != 2 {
		t.Fatalf("links %+v, %v", len(links), err)
	}
	archive := backup.ArchiveRequest{PointID: p.ID, VolumeID: p.Volumes[1].ID}
	echo := strings.Join([]string{secret, "token", links[0].URLs[0]}, " ")
	// The service itself may repeat what it was sent.
	body, err := json.Marshal(map[string]string{"message": echo})
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []emulator.Fault{
		{Kind: emulator.FaultStatus, Status: 400, Times: -1, Body: string(body)},
		{Kind: emulator.FaultStatus, Status: 500, Times: -1, Body: secret},
		{Kind: emulator.FaultStatus, Status: 403, Times: -1, Path: "/storage/"},
		{Kind: emulator.FaultDropBefore, Times: -1, Path: "/storage/"},
		{Kind: emulator.FaultCut, Times: -1, Path: "/storage/"},
		{Kind: emulator.FaultCut, Times: -1, Path: "pre-signed-url"},
		{Kind: emulator.FaultTruncate, Times: -1, Path: "pre-signed-url"},
		{Kind: emulator.FaultDropAfter, Times: -1, Path: "/v1/"},
		emulator.LoginPage(-1),
	} {
		c.Faults.Clear()
		c.Faults.Inject(fault)
		say(svc.Archive(t.Context(), archive, io.Discard, nil))
		_, err := svc.Links(t.Context(), p.ID, "")
		say(err)
		_, err = svc.StartPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
		say(err)
		c.Tokens.Revoke()
		_, err = svc.Point(t.Context(), p.ID, backup.Fresh)
		say(err)
		for _, problem := range svc.CheckArchive(t.Context(), archive) {
			say(errors.New(problem.Detail))
		}
	}
	if len(said) < 20 || len(tap.secrets) < 4 || log.Len() == 0 {
		t.Fatalf("%d errors, %d secrets and %d bytes of log: the test tests nothing", len(said), len(tap.secrets), log.Len())
	}
	tap.secrets[secret] = true
	everything := strings.Join(said, "\n") + "\n" + log.String()
	for found := range tap.secrets {
		if at := strings.Index(everything, found); at >= 0 {
			t.Errorf("the secret %q is told: …%s…", found, everything[max(0, at-120):min(len(everything), at+120)])
		}
	}
}

func newCenterWithSecret(t *testing.T, secret string) center {
	t.Helper()
	return serveCenter(t, backupcenter.Options{ClientID: "emulator", ClientSecret: secret})
}
