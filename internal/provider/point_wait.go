package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

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
		Interval:     pollInterval(w.service),
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
			"%s The provider itself takes this point, so it was stopped. %s", interruption(ctx, err, "point", w.timeout), inWords(p)))
	case err != nil:
		diags.AddWarning("Backup Point Not Finished", fmt.Sprintf(
			"%s The service goes on with the point %s. %s\n\n"+
				"Nothing is lost: it stays in the state, and the next refresh shows what became of it.", interruption(ctx, err, "point", w.timeout), p.ID, inWords(p)))
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

// logProgress logs changes, and otherwise a sign of life now and then.
func logProgress(ctx context.Context) func(backup.Point) {
	var (
		now    throttle
		status backup.Status
	)
	return func(p backup.Point) {
		if p.Status != status {
			now, status = throttle{}, p.Status
		}
		if !now.due() {
			return
		}
		fields := map[string]any{"id": p.ID, "status": string(p.Status)}
		if p.Progress != nil {
			fields["percent"] = *p.Progress
		}
		tflog.Info(ctx, "waiting for the backup point", fields)
	}
}
