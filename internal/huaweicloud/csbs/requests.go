package csbs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"sync"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// markKey is the key of the tag by which the point of a killed run is found again. It is on a point from
// the request until who asked has heard of its end.
const markKey = "serverbackup-request"

// requests are the points that this process asked for.
type requests struct {
	mu sync.Mutex
	// byHash has a slot for each request: the same request is not made twice at a time.
	byHash map[string]chan struct{}
	// started are points that are the answer to a request of this process, or that it was asked for by their ids, as
	// those of a state are: they answer no other request. Those with true are still marked.
	started map[string]bool
}

// lock lets one request of a kind look and start at a time.
func (r *requests) lock(ctx context.Context, hash string) (release func(), err error) {
	r.mu.Lock()
	if r.byHash == nil {
		r.byHash = map[string]chan struct{}{}
	}
	slot := r.byHash[hash]
	if slot == nil {
		slot = make(chan struct{}, 1)
		r.byHash[hash] = slot
	}
	r.mu.Unlock()
	select {
	case slot <- struct{}{}:
		return func() { <-slot }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (r *requests) add(id string, marked bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.started == nil {
		r.started = map[string]bool{}
	}
	r.started[id] = marked
}

// know notes a point that was asked for by its id.
func (r *requests) know(id string) {
	if !r.has(id) {
		r.add(id, false)
	}
}

func (r *requests) has(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.started[id]
	return ok
}

// isMarked says whether a point of this process is still marked.
func (r *requests) isMarked(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.started[id]
}

func (r *requests) marked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var list []string
	for _, id := range slices.Sorted(maps.Keys(r.started)) {
		if r.started[id] {
			list = append(list, id)
		}
	}
	return list
}

// hashOf recognises a request: what it asks for beside tags and words. It fits into a tag's value.
func hashOf(r backup.PointRequest) string {
	text, err := json.Marshal([]any{r.ServerID, r.Name, r.Full, r.Triggers}) // Maps are sorted by key.
	if err != nil {
		return "" // Strings and booleans can always be written.
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:20])
}

// heard takes the mark off a point of this process that has ended: who waited for it knows.
func (s *Service) heard(ctx context.Context, it item) {
	if statuses[it.Status].Stable() && s.requests.isMarked(it.ID) {
		s.dropPoints() // A listing may show it as it was before.
		// Should that fail, the next look or the end of the process tries again.
		_ = s.unmark(ctx, it.ID)
	}
}

func (s *Service) unmark(ctx context.Context, id string) error {
	err := ignoreNotFound(s.client.Do(ctx, huaweicloud.Delete(nil, itemTagsPath, id, "tags", markKey), nil))
	if err == nil {
		s.requests.add(id, false)
	}
	return err
}
