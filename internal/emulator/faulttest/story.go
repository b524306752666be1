package faulttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// story is the life of a point as Terraform lives it: planned, taken, waited for, deleted. An error ends the run, and the
// next one goes on from what the state has.
type story struct {
	t     *testing.T
	cloud Cloud
	// id is of the point that the state has.
	id string
	// waited and deleted say what is done.
	waited, deleted bool
	stalls          bool
	// step is how much time passes between two looks of a wait.
	step time.Duration
	// hasty is a user who applies in spite of what the plan warns of.
	hasty   bool
	outcome string
	// said are errors and warnings.
	said []string
	log  *logged
}

func newStory(t *testing.T, cfg Config) *story {
	t.Helper()
	s := &story{t: t, cloud: cfg.New(t), step: 2 * time.Hour, log: &logged{}}
	s.cloud.Counts.Reset()
	return s
}

// plan is how the backup goes.
func (s *story) plan(p emulator.Plan) {
	s.cloud.Plans.Set(s.cloud.Server.ID, p)
	s.cloud.Plans.Set(s.cloud.Server.InstanceID, p)
}

// open is another process.
func (s *story) open(transport http.RoundTripper) backup.Service {
	log := slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	return s.cloud.Open(log, &http.Client{Transport: transport})
}

const nextRun = "; the next run goes on"

// live runs until everything is done, in three runs at most. What is injected into the emulator hits the first.
func (s *story) live(first http.RoundTripper) {
	ctx := s.t.Context()
	s.outcome = "succeeds"
	for run, transport := range []http.RoundTripper{first, http.DefaultTransport, http.DefaultTransport} {
		err := s.proceed(ctx, s.open(transport))
		if err == nil {
			if run > 0 {
				s.outcome += nextRun
			}
			return
		}
		s.fails(run, err)
		s.cloud.Faults.Clear()
		if s.stalls && run > 0 {
			return // Nothing more can be done before the service ends it.
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
	if s.deleted {
		return nil
	}
	if err := svc.DeletePoint(ctx, s.id); err != nil {
		return err
	}
	s.deleted = true
	return nil
}

// start plans and takes the point, unless the state has it.
func (s *story) start(ctx context.Context, svc backup.Service) error {
	if s.id != "" {
		return nil
	}
	request := backup.PointRequest{ServerID: s.cloud.Server.ID}
	for _, p := range svc.CheckPoint(ctx, request) {
		if !p.Warning {
			return errors.New(p.Detail)
		}
		s.said = append(s.said, p.Detail)
		if !s.hasty {
			s.imports(p.Detail)
		}
	}
	if s.id != "" {
		return nil
	}
	p, err := svc.StartPoint(ctx, request)
	if err != nil {
		s.imports(err.Error())
		return err
	}
	s.id = p.ID
	return nil
}

// imports does as a text says that names a point and a command.
func (s *story) imports(text string) {
	if !strings.Contains(text, "terraform import") {
		return
	}
	for _, left := range s.left() {
		if strings.Contains(text, left.ID) {
			s.id = left.ID
		}
	}
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
		Progress: func(backup.Point) { s.cloud.Clock.Advance(s.step) },
	})
	s.stalls = errors.Is(err, backup.ErrStalled)
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

// interrupted cancels the first run when a request was sent, and says whether there was such a request.
func (s *story) interrupted(here func(*http.Request) bool) bool {
	ctx, cancel := context.WithCancel(s.t.Context())
	defer cancel()
	way := interrupt(here, cancel)
	err := s.proceed(ctx, s.open(way))
	s.outcome = "goes on to its end"
	if err != nil {
		s.fails(0, err)
	}
	outcome := s.outcome
	s.live(http.DefaultTransport)
	s.outcome = outcome
	if err != nil {
		s.outcome += nextRun
	}
	return way.done.Load()
}

// killed kills the process of the first run when a request was taken; the next run comes some time later. What the
// process knew is lost, but for what the state had: a point that Terraform was told of when it had been waited for. It
// says whether there was such a request.
func (s *story) killed(here func(*http.Request) bool, later time.Duration) bool {
	way := newKill(here)
	victim := &story{t: s.t, cloud: s.cloud, step: 10 * time.Minute, log: s.log}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = victim.proceed(s.t.Context(), victim.open(way))
	}()
	s.t.Cleanup(func() {
		close(way.end)
		<-ended
	})
	select {
	case <-way.dead:
	case <-ended:
		return false
	}
	if victim.waited {
		s.id, s.waited = victim.id, true
	}
	s.cloud.Clock.Advance(later)
	s.live(http.DefaultTransport)
	known := s.outcome == "succeeds" && len(s.said) == 0
	s.outcome = "the next run goes on"
	if !known {
		s.outcome = "the next run names the point, an import takes it up"
	}
	if s.hasty {
		s.outcome = "the next plan names the point, an apply all the same takes another"
	}
	return true
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
		named := s.hasty && strings.Contains(strings.Join(s.said, "\n"), p.ID)
		if (p.ID != s.id || s.deleted) && !named {
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

// logged is a log that several processes write.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
