package agent

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const day = 24 * time.Hour

// binned makes points that are in the bin for a week, by the clock of this machine.
func (b *bench) binned(names ...string) (ids []string) {
	b.t.Helper()
	b.advance(time.Since(b.clock()))
	for _, name := range names {
		b.protect(name, nil)
	}
	for l, err := range b.svc.Locations(b.t.Context()) {
		if err != nil {
			b.t.Fatal(err)
		}
		l.SoftDelete = &backup.SoftDelete{RetentionDays: 7}
		if _, err := b.svc.UpdateLocation(b.t.Context(), l); err != nil {
			b.t.Fatal(err)
		}
	}
	for srv, err := range b.svc.Servers(b.t.Context()) {
		if err != nil {
			b.t.Fatal(err)
		}
		p, err := b.svc.StartPoint(b.t.Context(), backup.PointRequest{ServerID: srv.ID})
		if err != nil {
			b.t.Fatal(err)
		}
		if _, err := b.svc.Await(b.t.Context(), p.ID); err != nil {
			b.t.Fatal(err)
		}
		if err := b.svc.DeletePoint(b.t.Context(), p.ID); err != nil {
			b.t.Fatal(err)
		}
		ids = append(ids, p.ID)
	}
	return ids
}

// TestRecover lists the bin and takes points out of it, also beside a service that is at work.
func TestRecover(t *testing.T) {
	t.Parallel()
	b := newBench(t, filepath.Join(t.TempDir(), "repository"))
	ids := b.binned("web", "db")
	run := func(args ...string) (int, string, string) {
		var out, errs bytes.Buffer
		env := variables(map[string]string{"SERVERBACKUP_PASSWORD": "correct horse", "SERVERBACKUP_REPOSITORY": b.repository})
		status := Main(t.Context(), append([]string{"recover"}, args...), env, &out, &errs)
		if strings.Contains(out.String()+errs.String(), "horse") {
			t.Errorf("the password is told:\n%s%s", out.String(), errs.String())
		}
		return status, out.String(), errs.String()
	}
	status, list, _ := run()
	for _, text := range []string{ids[0], ids[1], "web", "db", "RECOVERABLE UNTIL", inUTC(time.Now().Add(7 * day))[:10]} {
		if status != statusOK || !strings.Contains(list, text) {
			t.Errorf("the bin is listed with status %d and without %s:\n%s", status, text, list)
		}
	}
	before := b.blobs()
	if _, _, _ = run(); b.blobs() != before {
		t.Error("a listing wrote to the repository")
	}
	status, said, complaint := run("no-such-point", ids[0])
	if status != statusFailed || !strings.Contains(complaint, "no-such-point") || !strings.Contains(said, ids[0]) || !strings.Contains(said, "is recovered") {
		t.Errorf("one point of two: %d\n%s%s", status, said, complaint)
	}
	if p, err := b.svc.Point(t.Context(), ids[0], backup.Fresh); err != nil || p.DeletionStatus != backup.DeletionPresent || p.Status != backup.StatusAvailable {
		t.Errorf("the recovered point is %+v, %v", p, err)
	}
	if status, said, _ := run(ids[0]); status != statusOK || !strings.Contains(said, "was not in the bin") {
		t.Errorf("again: %d %s", status, said)
	}
	if status, list, _ := run(); status != statusOK || strings.Contains(list, ids[0]) || !strings.Contains(list, ids[1]) {
		t.Errorf("afterwards the bin is, with status %d:\n%s", status, list)
	}
	if status, said, _ := run(ids[1]); status != statusOK {
		t.Errorf("the other point: %d %s", status, said)
	}
	if status, list, _ := run(); status != statusOK || list != "The bin is empty.\n" {
		t.Errorf("an empty bin: %d %s", status, list)
	}
}

// TestRecoverTooLate: what has lapsed is gone, and is not listed.
func TestRecoverTooLate(t *testing.T) {
	t.Parallel()
	b := newBench(t, filepath.Join(t.TempDir(), "repository"))
	ids := b.binned("web")
	late := recovery{ids: ids}
	late.config.Repository, late.config.Password = b.repository, "correct horse"
	late.config.Now = func() time.Time { return time.Now().Add(8 * day) }
	var out bytes.Buffer
	if err := late.run(t.Context(), &out); err == nil || !strings.Contains(err.Error(), ids[0]) || out.Len() > 0 {
		t.Errorf("a week later the point is recovered: %v %s", err, out.String())
	}
	late.ids = nil
	if err := late.run(t.Context(), &out); err != nil || out.String() != "The bin is empty.\n" {
		t.Errorf("a week later the bin is %v %s", err, out.String())
	}
}

func TestRecoverRefusals(t *testing.T) {
	t.Parallel()
	away := filepath.Join(t.TempDir(), "away")
	for name, test := range map[string]struct {
		args   string
		status int
		want   string
	}{
		"no repository":        {args: "--repository " + away, status: statusFailed, want: "there is no repository at " + away},
		"no repository, an id": {args: "--repository " + away + " x", status: statusFailed, want: "there is no repository"},
		"flag after an id":     {args: "x --repository " + away, status: statusUsage, want: `"--repository"`},
		"flag of the agent":    {args: "--once", status: statusUsage, want: "once"},
		"bucket, no password":  {args: "--repository s3://bucket/p --host web", status: statusUsage, want: "--password-file"},
		"s3 of a directory":    {args: "--repository " + away + " --s3-region eu", status: statusUsage, want: "--s3-"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			status := Main(t.Context(), append([]string{"recover"}, strings.Fields(test.args)...), variables(nil), &out, &errs)
			if status != test.status || !strings.Contains(errs.String(), test.want) || out.Len() > 0 {
				t.Errorf("got %d %s%s, want %d and %s", status, out.String(), errs.String(), test.status, test.want)
			}
		})
	}
	if r, err := parseRecovery([]string{"--repository", "s3://bucket/p", "--password-file", "/etc/p", "x"}, variables(nil)); err != nil || r.config.Host == "" || r.config.S3 == nil {
		t.Errorf("a bucket needs more than its password: %+v, %v", r, err)
	}
}
