package csbs

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// The servers of a policy are one list that is sent as a whole (§2.12). Two writers that each add a server
// to the list that they read would lose one of them, and with it the backups of that server. So there is
// one writer at a time for each policy; who waits meanwhile is served together by the next one; and the
// list is read back until it is right.

// maxPolicyServers is how many servers a policy has (§6.1).
const maxPolicyServers = 64

// bindTries is how often a list is sent again that somebody else changed meanwhile.
const bindTries = 5

// binder keeps the changes that wait, by policy.
type binder struct {
	mu     sync.Mutex
	queues map[string]*queue
}

// queue are the changes of one policy that wait.
type queue struct {
	writer  chan struct{}
	mu      sync.Mutex
	waiting []*change
}

// change adds a server to a policy or removes it.
type change struct {
	server resource
	remove bool
	// done says that err is the result.
	done bool
	err  error
}

func (b *binder) queue(policyID string) *queue {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.queues == nil {
		b.queues = map[string]*queue{}
	}
	q := b.queues[policyID]
	if q == nil {
		q = &queue{writer: make(chan struct{}, 1)}
		b.queues[policyID] = q
	}
	return q
}

// lock makes the caller the only writer of a policy.
func (b *binder) lock(ctx context.Context, policyID string) (release func(), err error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	q := b.queue(policyID)
	select {
	case q.writer <- struct{}{}:
		return func() { <-q.writer }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// bind changes the servers of a policy, together with the changes of others that wait.
func (s *Service) bind(ctx context.Context, policyID string, c *change) error {
	q := s.binder.queue(policyID)
	q.mu.Lock()
	q.waiting = append(q.waiting, c)
	q.mu.Unlock()

	release, err := s.binder.lock(ctx, policyID)
	if err != nil {
		// A change that was taken meanwhile is done or under way; the next refresh shows which.
		q.drop(c)
		return err
	}
	defer release()
	if c.done {
		return c.err
	}
	defer s.policies.Drop()
	s.apply(ctx, policyID, q.take())
	return c.err
}

func (q *queue) take() []*change {
	q.mu.Lock()
	defer q.mu.Unlock()
	batch := q.waiting
	q.waiting = nil
	return batch
}

func (q *queue) drop(c *change) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = slices.DeleteFunc(q.waiting, func(other *change) bool { return other == c })
}

// apply makes changes, in one request if the service takes them together. What it refuses together is
// sent one by one, so that one bad server does not stop the others.
func (s *Service) apply(ctx context.Context, policyID string, batch []*change) {
	err := s.write(ctx, policyID, batch)
	var refused *backup.ServiceError
	if len(batch) > 1 && err != nil && ctx.Err() == nil && errors.As(err, &refused) && !errors.Is(err, huaweicloud.ErrUncertain) {
		for _, c := range batch {
			s.apply(ctx, policyID, []*change{c})
		}
		return
	}
	for _, c := range batch {
		if !c.done {
			c.done, c.err = true, err
		}
	}
}

// write sends the list until it reads as it should.
func (s *Service) write(ctx context.Context, policyID string, batch []*change) error {
	var lost error
	for try := range bindTries {
		p, err := s.showPolicy(ctx, policyID)
		if err != nil {
			return err
		}
		if try == 0 {
			batch = settleKnown(p, batch)
		}
		list, right := changed(p.Resources, batch)
		switch {
		case right:
			return nil
		case len(list) > maxPolicyServers && len(list) > len(p.Resources):
			return backup.Errorf(backup.ErrQuota, "The policy %q would have %d servers; a policy of csbs has at most %d. Make another policy.",
				p.Name, len(list), maxPolicyServers)
		}
		body := map[string]any{"policy": policyRequest{Resources: &list}}
		lost = s.client.Do(ctx, huaweicloud.Put(body, "policies", policyID), nil)
		// The list is a whole: to send it again does no harm, and reading it back tells whether that is needed.
		if lost != nil && !errors.Is(lost, huaweicloud.ErrUncertain) {
			return lost
		}
	}
	if p, err := s.showPolicy(ctx, policyID); err == nil {
		if _, right := changed(p.Resources, batch); right {
			return nil
		}
	}
	if lost != nil {
		return lost
	}
	return backup.Errorf(backup.ErrConflict, "The servers of policy %s were changed by somebody else at the same time, again and again. Try again.", policyID)
}

// settleKnown ends the changes that add a server which is there already: it is somebody else's.
func settleKnown(p policy, batch []*change) []*change {
	var rest []*change
	for _, c := range batch {
		if !c.remove && contains(p.Resources, c.server.ID) {
			c.done, c.err = true, alreadyBound(c.server.ID, p)
			continue
		}
		rest = append(rest, c)
	}
	return rest
}

func alreadyBound(serverID string, p policy) error {
	return backup.Errorf(backup.ErrConflict, "The server %s already uses policy %q (%s). Import it with the id %s, or take it off that policy.",
		serverID, p.Name, p.ID, serverID)
}

// changed returns the list after the changes, and whether it was so already.
func changed(list []resource, batch []*change) ([]resource, bool) {
	out, right := slices.Clone(list), true
	for _, c := range batch {
		is := func(r resource) bool { return r.ID == c.server.ID }
		switch there := slices.ContainsFunc(out, is); {
		case c.remove && there:
			out, right = slices.DeleteFunc(out, is), false
		case !c.remove && !there:
			out, right = append(out, c.server), false
		}
	}
	if out == nil {
		out = []resource{} // An empty list is sent as one.
	}
	return out, right
}

func contains(list []resource, id string) bool {
	return slices.ContainsFunc(list, func(r resource) bool { return r.ID == id })
}
