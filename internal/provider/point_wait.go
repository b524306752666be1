package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	// A look at a point of this process costs nothing, one at a cloud's is a request.
	ownPollInterval   = 20 * time.Millisecond
	cloudPollInterval = 5 * time.Second
	// cancelTimeout bounds the end of a run that is given up.
	cancelTimeout = 2 * time.Minute
	// progressEvery throttles the log.
	progressEvery = 10 * time.Second
)

// poller is a service that knows how often a look at a running point is worth it.
type poller interface {
	PollInterval() time.Duration
}

// pointWait is the wait for one point.
type pointWait struct {
	service        backup.Service
	stall, timeout time.Duration
}

// follow waits until the point is stable and returns it as last seen. How that ended becomes an error,
// which taints the resource, or a warning, which does not: a backup that may still succeed must not be
// deleted by the next apply.
func (w pointWait) follow(ctx context.Context, p backup.Point, diags *diag.Diagnostics) backup.Point {
	p, err := backup.WaitPoint(ctx, w.service, p, backup.WaitOptions{
		Interval:     w.interval(),
		StallTimeout: w.stall,
		Progress:     logProgress(ctx),
	})
	seen, canceled := inWords(p), false
	if err != nil && !errors.Is(err, backup.ErrNotFound) {
		p, canceled = w.cancel(ctx, p, diags)
	}
	switch {
	case p.Status == backup.StatusAvailable:
		// Also when it got there while it was given up.
	case errors.Is(err, backup.ErrStalled):
		advice := "Look at what the service itself says of it, in its console, its log or with its support, by this id."
		if canceled {
			advice = "The provider itself takes this point, so it was stopped. TF_LOG_PROVIDER=INFO shows how far it gets."
		}
		diags.AddError("Unable to Create Backup Point", fmt.Sprintf(
			"The point %s showed no progress for %s (stall_timeout). %s\n\n%s If it is only slow, raise stall_timeout.",
			p.ID, w.stall, seen, advice))
	case errors.Is(err, backup.ErrNotFound):
		diags.AddError("Unable to Create Backup Point", fmt.Sprintf(
			"The point %s vanished while it was being taken: somebody or something else deleted it.", p.ID))
	case canceled:
		diags.AddError("Unable to Create Backup Point", fmt.Sprintf(
			"%s The provider itself takes this point, so it was stopped. %s", w.interruption(ctx, err), inWords(p)))
	case err != nil:
		diags.AddWarning("Backup Point Not Finished", fmt.Sprintf(
			"%s The service goes on with the point %s. %s\n\n"+
				"Nothing is lost: it stays in the state, and the next refresh shows what became of it.", w.interruption(ctx, err), p.ID, inWords(p)))
	case p.Status == backup.StatusError:
		diags.AddError("Unable to Create Backup Point", fmt.Sprintf(
			"The point %s ended in error: %s", p.ID, orElse(p.Error, "the service does not say why.")))
	}
	return p
}

func (w pointWait) interval() time.Duration {
	if s, ok := w.service.(poller); ok {
		return s.PollInterval()
	}
	if _, ok := w.service.(backup.Canceler); ok {
		return ownPollInterval
	}
	return cloudPollInterval
}

// cancel stops the run of a point that this process takes. The context that ended cannot do that.
func (w pointWait) cancel(ctx context.Context, p backup.Point, diags *diag.Diagnostics) (backup.Point, bool) {
	service, ok := w.service.(backup.Canceler)
	if !ok {
		return p, false
	}
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer done()
	stopped, err := service.CancelPoint(ctx, p.ID)
	if err != nil {
		unable(diags, "Stop Backup Point", err)
		return p, true
	}
	return stopped, true
}

// interruption says why the wait ended early.
func (w pointWait) interruption(ctx context.Context, err error) string {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Sprintf("The point was not finished within %s (timeouts.create).", w.timeout)
	case ctx.Err() != nil:
		return "The operation was interrupted before the point was finished."
	default:
		return fmt.Sprintf("The point could not be followed to its end: %s.", explain(err))
	}
}

// inWords is the state of a point in a sentence.
func inWords(p backup.Point) string {
	text := "Its status is " + string(p.Status)
	if p.Progress != nil {
		text += fmt.Sprintf(" at %d %%", *p.Progress)
	}
	if p.Error != "" {
		text += ": " + strings.TrimSuffix(p.Error, ".")
	}
	return text + "."
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// logProgress logs changes, and otherwise a sign of life now and then.
func logProgress(ctx context.Context) func(backup.Point) {
	var (
		last   time.Time
		status backup.Status
	)
	return func(p backup.Point) {
		if p.Status == status && time.Since(last) < progressEvery {
			return
		}
		last, status = time.Now(), p.Status
		fields := map[string]any{"id": p.ID, "status": string(p.Status)}
		if p.Progress != nil {
			fields["percent"] = *p.Progress
		}
		tflog.Info(ctx, "waiting for the backup point", fields)
	}
}
