package huaweicloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// maxBody is the largest answer that is read: a list of 1,000 backups has a few megabytes.
const maxBody = 32 << 20

// outcome is the end of one request: an answer, or an error of the transport.
type outcome struct {
	status int
	header http.Header
	body   []byte
	err    error
	now    time.Time
}

// encode makes the bytes that are sent and signed.
func encode(body any) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	return json.Marshal(body)
}

// send sends a request until there is an answer that is worth something. A slot is held while the request
// is in flight and not while it pauses.
func (c *Client) send(ctx context.Context, call Call, address string, body []byte, authenticate func(*http.Request)) outcome {
	for attempt := 0; ; attempt++ {
		o := c.once(ctx, call, address, body, authenticate)
		if ctx.Err() != nil {
			return o
		}
		wait, ok := again(call, attempt, o)
		if !ok {
			return o
		}
		if err := c.opts.Pause(ctx, wait); err != nil {
			// A request that would be sent again was not taken, or there was nothing to take.
			return outcome{err: notSentError{err}}
		}
	}
}

func (c *Client) once(ctx context.Context, call Call, address string, body []byte, authenticate func(*http.Request)) outcome {
	if err := c.slots.Acquire(ctx, 1); err != nil {
		return outcome{err: notSentError{context.Cause(ctx)}}
	}
	defer c.slots.Release(1)
	req, err := http.NewRequestWithContext(ctx, call.Method, address, bytes.NewReader(body))
	if err != nil {
		return outcome{err: notSentError{err}}
	}
	if len(body) > 0 {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "terraform-provider-serverbackup")
	authenticate(req)
	start := time.Now()
	resp, err := c.http.Do(req)
	if err != nil {
		c.opts.Log.DebugContext(ctx, "request failed", "request", call.String(), "duration", time.Since(start), "error", c.clean(bare(err).Error()))
		return outcome{err: err, now: c.opts.Now()}
	}
	c.opts.Log.DebugContext(ctx, "request", "request", call.String(), "status", resp.StatusCode, "duration", time.Since(start))
	defer resp.Body.Close() //nolint:errcheck // it was read, or reading it failed
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err == nil && len(data) > maxBody {
		err = errors.New("the answer is too large")
	}
	return outcome{status: resp.StatusCode, header: resp.Header, body: data, err: err, now: c.opts.Now()}
}

// notSentError marks an error that came before anything was sent.
type notSentError struct{ error }

func (e notSentError) Unwrap() error { return e.error }

// bare is an error of net/http without the address.
func bare(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// transportError says what broke a request. Addresses with their query are left out: the host is enough.
func (c *Client) transportError(ctx context.Context, call Call, o outcome) error {
	cause := bare(o.err)
	sent := !errors.As(o.err, new(notSentError)) && !neverSent(o.err)
	if ctx.Err() != nil {
		if err := context.Cause(ctx); !sent || call.Read {
			return err
		}
		return fmt.Errorf("%w: %w", ErrUncertain, context.Cause(ctx))
	}
	out := &backup.ServiceError{
		Message: c.clean(fmt.Sprintf("%s could not be reached for %s: %v. Check the network, endpoint and auth_url of the provider.", c.api.Name, call, cause)),
		Err:     cause,
	}
	if sent {
		out.Message = c.clean(fmt.Sprintf("The connection to %s broke during %s: %v.", c.api.Name, call, cause))
		out.Err = uncertain(call, cause)
	}
	return out
}
