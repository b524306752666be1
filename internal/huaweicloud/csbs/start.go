package csbs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

const (
	// maxTags is how many tags a point or policy has (§6.1).
	maxTags = 10
	// orphanAge is up to which age the finished point of a killed run is the answer to its request; an
	// older one would not be the backup of now that was asked for.
	orphanAge = time.Hour
	// lostLooks is how often a point is looked for whose request was not answered, and lostPause between.
	lostLooks = 4
	lostPause = 2 * time.Second
)

// StartPoint backs up a server now (§2.5). A process that is killed after the request leaves a point that no
// state knows: it is recognised by a tag with a hash of the request, and is the answer to the same request
// of a later process. Two requests of one process are two points. A request whose answer is lost is not
// sent again: the point is looked for by the tag.
func (s *Service) StartPoint(ctx context.Context, r backup.PointRequest) (backup.Point, error) {
	if _, err := s.Server(ctx, r.ServerID); err != nil {
		return backup.Point{}, err
	}
	if err := refuse(s.CheckPoint(ctx, r)); err != nil {
		return backup.Point{}, err
	}
	hash := hashOf(r)
	release, err := s.requests.lock(ctx, hash)
	if err != nil {
		return backup.Point{}, err
	}
	defer release()
	it, found, err := s.orphan(ctx, r, hash)
	if err == nil && !found {
		it, err = s.protect(ctx, r, hash)
	}
	if err != nil {
		return backup.Point{}, err
	}
	s.requests.add(it.ID, it.mark() != "")
	s.dropPoints()
	return it.point(), nil
}

// orphan finds the point that a killed run of the same request left.
func (s *Service) orphan(ctx context.Context, r backup.PointRequest, hash string) (item, bool, error) {
	left, err := s.marked(ctx, r, hash)
	for _, it := range left {
		young := s.now().Sub(it.ExtendInfo.FinishedAt.Time) <= orphanAge
		if statuses[it.Status] == backup.StatusCreating || (it.Status == available && young) {
			return it, true, nil
		}
		s.notice("Backup Point Left Behind", fmt.Sprintf(
			"An earlier run that did not end asked for the same point of server %s and left %s (%s), which is in no state. "+
				"It is %s, so that another one is taken. Import it, or delete it.", r.ServerID, it.ID, it.Name, it.Status))
	}
	return item{}, false, err
}

// marked lists the points that carry the mark of a request and answer none of this process, the newest
// first. A request with as many tags as a point can have has no room for the mark: its point is one of the
// same server, name and tags that is still being taken.
func (s *Service) marked(ctx context.Context, r backup.PointRequest, hash string) ([]item, error) {
	items := s.taggedItems(ctx, []tagCondition{{Key: markKey, Values: []string{hash}}})
	if !marks(r) {
		items = s.items(ctx, url.Values{"resource_id": {r.ServerID}})
	}
	var list []item
	for it, err := range items {
		if err != nil {
			return nil, err
		}
		same := it.mark() == hash
		if !marks(r) {
			same = statuses[it.Status] == backup.StatusCreating && (r.Name == "" || it.Name == r.Name) && maps.Equal(it.userTags(), r.Tags)
		}
		if same && it.ResourceID == r.ServerID && !it.ExtendInfo.AutoTrigger.Value && !s.requests.has(it.ID) {
			list = append(list, it)
		}
	}
	slices.SortFunc(list, func(a, b item) int { return b.CreatedAt.Compare(a.CreatedAt.Time) })
	return list, nil
}

func marks(r backup.PointRequest) bool { return len(r.Tags) < maxTags }

type (
	protectRequest struct {
		Name         string `json:"backup_name"`
		Description  string `json:"description"`
		Incremental  *bool  `json:"incremental,omitempty"`
		ResourceType string `json:"resource_type"`
		Tags         []tag  `json:"tags,omitempty"`
	}
	protectAnswer struct {
		Checkpoint struct {
			ID string `json:"id"`
		} `json:"checkpoint"`
	}
)

// protect sends the request, once.
func (s *Service) protect(ctx context.Context, r backup.PointRequest, hash string) (item, error) {
	ask := protectRequest{Name: r.Name, Description: r.Description, ResourceType: serverType}
	if ask.Name == "" {
		ask.Name = "manualbk_" + fourHex() // as the console does (§2.2)
	}
	if r.Full != nil {
		ask.Incremental = new(!*r.Full)
	}
	tags := maps.Clone(r.Tags)
	if marks(r) {
		if tags == nil {
			tags = map[string]string{}
		}
		tags[markKey] = hash
	}
	ask.Tags = tagList(tags)
	var answer protectAnswer
	err := s.client.Do(ctx, huaweicloud.Post(map[string]any{"protect": ask}, "providers", providerID, "resources", r.ServerID, "action"), &answer)
	if errors.Is(err, huaweicloud.ErrUncertain) {
		return s.lost(ctx, r, hash, err)
	}
	if err != nil {
		return item{}, err
	}
	ctx, cancel := settleContext(ctx)
	defer cancel()
	for range lostLooks {
		it, ok, err := s.itemOf(ctx, answer.Checkpoint.ID, r.ServerID)
		if ok || ctx.Err() != nil {
			return it, err
		}
		if err := s.pause(ctx, lostPause); err != nil {
			break
		}
	}
	return item{}, backup.Errorf(nil, "The service took the request for a point of server %s (checkpoint %s) but does not show the point. "+
		"Apply again: it is looked for before another one is taken.", r.ServerID, answer.Checkpoint.ID)
}

// lost looks for the point of a request that was not answered, also when the caller has given up: its
// backup may run.
func (s *Service) lost(ctx context.Context, r backup.PointRequest, hash string, cause error) (item, error) {
	ctx, cancel := settleContext(ctx)
	defer cancel()
	for look := range lostLooks {
		if look > 0 && s.pause(ctx, lostPause) != nil {
			break
		}
		if left, err := s.marked(ctx, r, hash); err == nil && len(left) > 0 {
			return left[0], nil
		}
	}
	return item{}, fmt.Errorf("%w\n\nThe service shows no point of this request now. Should it have been taken after all, "+
		"the next apply of the same configuration finds it and takes no second one", cause)
}

// fourHex are four random hexadecimal digits.
func fourHex() string {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
