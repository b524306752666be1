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
	// A look at a run of this process costs nothing, one at a cloud's is a request.
	ownPollInterval   = 100 * time.Millisecond
	cloudPollInterval = 5 * time.Second
	// cancelTimeout bounds the end of a run that is given up.
	cancelTimeout = 2 * time.Minute
	// A service that is busy is asked again after pauses that double up to a limit.
	firstBusyPause = time.Second
	maxBusyPause   = 30 * time.Second
)

// poller is a service that knows how often a look at something that runs is worth it.
type poller interface {
	PollInterval() time.Duration
}

func pollInterval(service any) time.Duration {
	switch s := service.(type) {
	case poller:
		return s.PollInterval()
	case backup.Canceler, backup.RestoreCanceler:
		return ownPollInterval
	default:
		return cloudPollInterval
	}
}

// whileBusy calls again as long as the service refuses for being busy, until the context ends.
func whileBusy(ctx context.Context, call func() error) error {
	for pause := firstBusyPause; ; pause = min(2*pause, maxBusyPause) {
		err := call()
		if !errors.Is(err, backup.ErrBusy) {
			return err
		}
		tflog.Info(ctx, fmt.Sprintf("the backup service is busy, asking again in %s: %s", pause, err))
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; it said last: %w", context.Cause(ctx), err)
		case <-time.After(pause):
		}
	}
}

// stop ends a run of this process, and returns it as it then is. The context that ended cannot do that.
func stop[T any](ctx context.Context, last T, id, action string, cancel func(context.Context, string) (T, error), diags *diag.Diagnostics) T {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), cancelTimeout)
	defer done()
	stopped, err := cancel(ctx, id)
	if err != nil {
		unable(diags, action, err)
		return last
	}
	return stopped
}

// waiting is what the waits for points and restores have in common.
type waiting struct {
	timeout time.Duration
	// kept says that what runs is in the state, where the next refresh finds it: so it is with resources.
	// An action leaves nothing behind.
	kept bool
	// say tells the user how far it is; nil only logs.
	say func(text string)
}

// interruption says why the wait ended early.
func (w waiting) interruption(ctx context.Context, err error, what string) string {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		attribute := "timeouts.invoke"
		if w.kept {
			attribute = "timeouts.create"
		}
		return fmt.Sprintf("The %s was not finished within %s (%s).", what, w.timeout, attribute)
	case ctx.Err() != nil:
		return fmt.Sprintf("The operation was interrupted before the %s was finished.", what)
	default:
		return fmt.Sprintf("The %s could not be followed to its end: %s.", what, strings.TrimSuffix(explain(err), "."))
	}
}

// unfinished reports what a service goes on with after the wait for it has ended: as a warning if it is in
// the state, because an error would taint it, and the next apply begin another one. Else as an error, because
// what comes after an action counts on it.
func (w waiting) unfinished(summary, text string, diags *diag.Diagnostics) {
	if w.kept {
		diags.AddWarning(summary, text+"\n\nNothing is lost: it stays in the state, and the next refresh shows what became of it.")
		return
	}
	diags.AddError(summary, text+"\n\nNothing is lost, but it is not done either, and what comes after this action must not count on it.")
}

// statusInWords is the state of something that runs, in a sentence.
func statusInWords[T ~string](status T, progress *int64, err string) string {
	text := "Its status is " + string(status)
	if progress != nil {
		text += fmt.Sprintf(" at %d %%", *progress)
	}
	if err != "" {
		text += ": " + strings.TrimSuffix(err, ".")
	}
	return text + "."
}
