package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// pointWait is the wait for one point.
type pointWait struct {
	waiting
	service backup.Service
	stall   time.Duration
}

// follow waits until the point is stable and returns it as last seen. How that ended becomes an error,
// which taints a resource, or a warning, which does not: a backup that may still succeed must not be
// deleted by the next apply.
func (w pointWait) follow(ctx context.Context, p backup.Point, diags *diag.Diagnostics) backup.Point {
	p, err := backup.WaitPoint(ctx, w.service, p, backup.WaitOptions{
		Interval:     pollInterval(w.service),
		StallTimeout: w.stall,
		Progress:     w.report(ctx),
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
			"%s The provider itself takes this point, so it was stopped. %s", w.interruption(ctx, err, "point"), inWords(p)))
	case err != nil:
		w.unfinished("Backup Point Not Finished", fmt.Sprintf(
			"%s The service goes on with the point %s. %s", w.interruption(ctx, err, "point"), p.ID, inWords(p)), diags)
	case p.Status == backup.StatusError:
		diags.AddError("Unable to Create Backup Point", fmt.Sprintf(
			"The point %s ended in error: %s", p.ID, orElse(p.Error, "the service does not say why.")))
	}
	return p
}

// cancel stops the run of a point that this process takes.
func (w pointWait) cancel(ctx context.Context, p backup.Point, diags *diag.Diagnostics) (backup.Point, bool) {
	service, ok := w.service.(backup.Canceler)
	if !ok {
		return p, false
	}
	return stop(ctx, p, p.ID, "Stop Backup Point", service.CancelPoint, diags), true
}

func inWords(p backup.Point) string {
	return statusInWords(p.Status, p.Progress, p.Error)
}

// report tells how far a point is.
func (w pointWait) report(ctx context.Context) func(backup.Point) {
	tell := progress{say: w.say}
	_, own := w.service.(backup.Canceler)
	return func(p backup.Point) {
		tell.what = "waiting for the backup point " + p.ID
		state, r := string(p.Status), reach{percent: p.Progress}
		if p.ReadBytes != nil {
			r.done = *p.ReadBytes
		}
		if own && p.Status == backup.StatusCreating && p.Progress == nil && p.ReadBytes == nil {
			state += " (not begun yet, or taken by another process)"
		}
		tell.report(ctx, state, r)
	}
}
