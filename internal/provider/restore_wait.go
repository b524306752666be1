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

// restoreWait is the wait for one restore.
type restoreWait struct {
	service backup.Restorer
	timeout time.Duration
}

// follow waits until the restore has ended and returns it as last seen. What fails, or is stopped, is
// an error, which taints the resource; what goes on elsewhere is a warning, which does not: the next
// apply must not begin a second restore beside it.
func (w restoreWait) follow(ctx context.Context, r backup.Restore, diags *diag.Diagnostics) backup.Restore {
	r, err := backup.WaitRestore(ctx, w.service, r, pollInterval(w.service), logRestore(ctx))
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
			interruption(ctx, err, "restore", w.timeout), statusInWords(r.Status, r.Progress, r.Error), orElse(r.RestoredID, "its place")))
	case r.Status == backup.HistoryRunning:
		diags.AddWarning("Restore Not Finished", fmt.Sprintf(
			"%s The service goes on with the restore %s. %s\n\n"+
				"It stays in the state, and the next refresh shows what became of it.", interruption(ctx, err, "restore", w.timeout), r.ID, statusInWords(r.Status, r.Progress, r.Error)))
	default:
		diags.AddError("Unable to Restore Backup Point", fmt.Sprintf(
			"The restore %s of the point %s failed: %s", r.ID, r.PointID, sentence(orElse(r.Error, "the service does not say why"))))
	}
	return r
}

func logRestore(ctx context.Context) func(backup.Restore) {
	var now throttle
	return func(r backup.Restore) {
		if !now.due() {
			return
		}
		fields := map[string]any{"id": r.ID}
		if r.Progress != nil {
			fields["percent"] = *r.Progress
		}
		tflog.Info(ctx, "waiting for the restore", fields)
	}
}
