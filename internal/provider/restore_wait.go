package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// restoreWait is the wait for one restore.
type restoreWait struct {
	waiting
	service backup.Restorer
}

// follow waits until the restore has ended and returns it as last seen. What fails, or is stopped, is
// an error, which taints a resource; what goes on elsewhere is a warning, which does not: the next
// apply must not begin a second restore beside it.
func (w restoreWait) follow(ctx context.Context, r backup.Restore, diags *diag.Diagnostics) backup.Restore {
	r, err := backup.WaitRestore(ctx, w.service, r, pollInterval(w.service), w.report(ctx))
	canceled := false
	if own, ok := w.service.(backup.RestoreCanceler); ok && err != nil && !errors.Is(err, backup.ErrNotFound) {
		r, canceled = stop(ctx, r, r.ID, "Stop Restore", own.CancelRestore, diags), true
	}
	switch {
	case r.Status == backup.HistorySucceeded:
		// Also when it got there while it was given up.
	case canceled:
		diags.AddError("Unable to Restore Backup Point", fmt.Sprintf(
			"%s The provider itself restores this point, so it was stopped. %s\n\nWhat was restored until then stays in %s.",
			w.interruption(ctx, err, "restore"), statusInWords(r.Status, r.Progress, r.Error), orElse(r.RestoredID, "its place")))
	case r.Status == backup.HistoryRunning:
		w.unfinished("Restore Not Finished", fmt.Sprintf(
			"%s The service goes on with the restore %s. %s", w.interruption(ctx, err, "restore"), r.ID, statusInWords(r.Status, r.Progress, r.Error)), diags)
	default:
		diags.AddError("Unable to Restore Backup Point", fmt.Sprintf(
			"The restore %s of the point %s failed: %s", r.ID, r.PointID, sentence(orElse(r.Error, "the service does not say why"))))
	}
	return r
}

// report tells how far a restore is.
func (w restoreWait) report(ctx context.Context) func(backup.Restore) {
	tell := progress{say: w.say}
	return func(r backup.Restore) {
		tell.what = "waiting for the restore " + r.ID
		at := reach{percent: r.Progress}
		if r.ReadBytes != nil {
			at.done = *r.ReadBytes
		}
		tell.report(ctx, string(r.Status), at)
	}
}
