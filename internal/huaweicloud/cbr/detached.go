package cbr

import (
	"context"
	"time"
)

// lookTime is how long a look may take for something that was written when the context ended.
const lookTime = 30 * time.Second

// detached is a context for looking at what became of a write, whatever became of its own context.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() != nil {
		ctx = context.WithoutCancel(ctx)
	}
	return context.WithTimeout(ctx, lookTime)
}
