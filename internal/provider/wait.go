package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	// A look at a run of this process costs nothing, one at a cloud's is a request.
	ownPollInterval   = 100 * time.Millisecond
	cloudPollInterval = 5 * time.Second
	// cancelTimeout bounds the end of a run that is given up.
	cancelTimeout = 2 * time.Minute
	// progressEvery throttles the log.
	progressEvery = 10 * time.Second
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

// interruption says why the wait for what a create has begun ended early.
func interruption(ctx context.Context, err error, what string, timeout time.Duration) string {
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Sprintf("The %s was not finished within %s (timeouts.create).", what, timeout)
	case ctx.Err() != nil:
		return fmt.Sprintf("The operation was interrupted before the %s was finished.", what)
	default:
		return fmt.Sprintf("The %s could not be followed to its end: %s.", what, strings.TrimSuffix(explain(err), "."))
	}
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

// throttle lets one of many reports through, at first and then every progressEvery.
type throttle struct {
	mu   sync.Mutex
	last time.Time
}

func (t *throttle) due() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if time.Since(t.last) < progressEvery {
		return false
	}
	t.last = time.Now()
	return true
}
