package cbr

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// removal is something that the service is asked to take away. It answers at once and goes on by itself, and can
// fail after that.
type removal struct {
	// act is what is done, for errors: "delete the point 1".
	act string
	// send sends the request.
	send func() error
	// look returns the status of what is there still, and whether it is on its way out; [backup.ErrNotFound] once it
	// is gone.
	look func() (status string, going bool, err error)
	// tasks is a query for its operation logs, and isTask selects among them (§3.6).
	tasks  url.Values
	isTask func(logAnswer) bool
}

// remove asks for a removal and waits until it is done.
func (s *Service) remove(ctx context.Context, r removal) error {
	defer s.changed()
	if err := r.ask(); err != nil {
		return err
	}
	s.changed()
	err := s.until(ctx, s.removed(ctx, r))
	if err != nil && ctx.Err() != nil {
		return backup.Errorf(err, "The service was asked to %s and goes on with it. Apply again to see how it ended.", r.act)
	}
	return err
}

// ask sends the request. One whose answer was lost is sent again only if a look shows that it was not taken, and
// a refusal counts only if it is not for being on its way out already.
func (r removal) ask() error {
	taken := func() bool {
		_, going, err := r.look()
		return going || errors.Is(err, backup.ErrNotFound)
	}
	err := r.send()
	if uncertain(err) {
		if taken() {
			return nil
		}
		err = r.send()
	}
	if errors.Is(err, backup.ErrNotFound) || (err != nil && taken()) {
		return nil
	}
	return err
}

// removed looks whether a removal is done. What was on its way out and is back stays. So does what was never seen
// on its way out, after some looks: the removal can have failed before the first of them, or begin late. A task
// that runs is waited for in both cases.
func (s *Service) removed(ctx context.Context, r removal) func() (bool, error) {
	begun, idle := false, 0
	return func() (bool, error) {
		status, going, err := r.look()
		switch {
		case errors.Is(err, backup.ErrNotFound):
			return true, nil
		case err != nil:
			return false, err
		case going:
			begun = true
			return false, nil
		}
		if idle++; !begun && idle < looks {
			return false, nil
		}
		task, err := s.lastLog(ctx, r.tasks, s.now(), r.isTask)
		if err != nil || (task.ID != "" && task.status() == backup.HistoryRunning) {
			return false, err
		}
		why := ""
		if said := task.failure(); said != "" {
			why = fmt.Sprintf(", and its task says %q", said)
		}
		return true, backup.Errorf(nil, "The service did not %s: its status is %q%s. Look at the vault's tasks in the console, and apply again.", r.act, status, why)
	}
}

// lastLog returns the newest operation log, of the last day or after a time, that a query and a function select;
// an empty one if there is none.
func (s *Service) lastLog(ctx context.Context, query url.Values, from time.Time, selects func(logAnswer) bool) (last logAnswer, err error) {
	setRange(query, from, time.Time{})
	for l, err := range s.logs(ctx, query) {
		if err != nil {
			return last, err
		}
		if selects(l) && !l.started().Before(last.started()) {
			last = l
		}
	}
	return last, nil
}
