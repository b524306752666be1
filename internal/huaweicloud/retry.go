package huaweicloud

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Retries: how often a request is sent at most, and how long the pauses grow.
const (
	attempts   = 6
	firstPause = 500 * time.Millisecond
	longPause  = 20 * time.Second
	// longestWish is the longest Retry-After that is waited for: beyond it the user is told.
	longestWish = 2 * time.Minute
)

// again says whether a request may be sent again, and after which pause. A read may after anything that
// passes; a write only if it was certainly not taken: the connection never stood, or the gateway throttled.
func again(call Call, attempt int, o outcome) (time.Duration, bool) {
	if attempt+1 >= attempts {
		return 0, false
	}
	pause := jitter(min(firstPause<<attempt, longPause))
	switch {
	case o.err != nil:
		return pause, call.Read || neverSent(o.err)
	case o.status == http.StatusTooManyRequests:
	case o.status >= 500 && o.status != http.StatusNotImplemented:
		if !call.Read {
			return 0, false
		}
	case call.Read && o.status < 300 && len(o.body) > 0 && !json.Valid(o.body):
		// Cut off on its way, or the page of a gateway in trouble.
	default:
		return 0, false
	}
	if wish, ok := retryAfter(o.header, o.now); ok {
		if wish > longestWish {
			return 0, false
		}
		pause = wish + jitter(firstPause)
	}
	return pause, true
}

// jitter spreads the retries of many requests: half of the pause is random.
func jitter(pause time.Duration) time.Duration {
	return pause/2 + rand.N(pause/2+1) //nolint:gosec // no secret
}

func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	text := header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, at.Sub(now)), true
	}
	return 0, false
}

// neverSent says whether a request failed before a connection stood.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// Pause waits, or returns early with the error of the context.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
