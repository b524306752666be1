package csbs

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// newestFirst has a unique second key: pages begin after the last id of the one before (§6.2).
const newestFirst = "created_at:desc,id:desc"

// fewItems is up to how many items that a list shows in part are asked for one by one.
const fewItems = 50

// settleTime is how long this process looks for what became of a request that was not answered.
const settleTime = 30 * time.Second

// settleContext goes on for a while after ctx has ended.
func settleContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), settleTime)
}

// showItem returns one item. One that the service still shows as deleted is gone.
func (s *Service) showItem(ctx context.Context, id string) (item, error) {
	if ctx.Err() != nil {
		return item{}, context.Cause(ctx)
	}
	if !huaweicloud.ValidID(id) {
		return item{}, notFound("point", id)
	}
	var body struct {
		Item item `json:"checkpoint_item"`
	}
	err := s.client.Do(ctx, huaweicloud.Get(nil, "checkpoint_items", id), &body)
	if err == nil && (body.Item.ID == "" || body.Item.Status == deleted) {
		err = notFound("point", id)
	}
	return body.Item, err
}

// errReduced says that a service lists items in part, and so many of them that asking for each is no way.
// The query of tags has them whole (§2.14).
var errReduced = errors.New("the list has the backups in part")

// items lists the items that parameters select, newest first and whole. A few that a list has in part are
// asked for one by one; more are [errReduced].
func (s *Service) items(ctx context.Context, query url.Values) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		fail := func(err error) { yield(item{}, err) }
		query = cloned(query)
		query.Set("limit", strconv.Itoa(pageSize))
		query.Set("sort", newestFirst)
		var last []string // ids of the page before
		for {
			list, err := s.page(ctx, query, last)
			if err != nil {
				fail(err)
				return
			}
			if last == nil && len(list) > fewItems && list[0].reduced() {
				fail(errReduced)
				return
			}
			last = make([]string, len(list))
			for i, it := range list {
				last[i] = it.ID
			}
			if err := s.complete(ctx, list); err != nil {
				fail(err)
				return
			}
			for _, it := range list {
				if it.ID != "" && it.Status != deleted && !yield(it, nil) {
					return
				}
			}
			if len(list) < pageSize {
				return
			}
		}
	}
}

// page returns the page after the last of some items. Should that one have been deleted since, the service
// does not know where to begin, and the page begins after an earlier one: items come twice then.
func (s *Service) page(ctx context.Context, query url.Values, after []string) ([]item, error) {
	const tries = 5
	for i := 1; ; i++ {
		if i <= len(after) {
			query.Set("marker", after[len(after)-i])
		}
		var page struct {
			Items []item `json:"checkpoint_items"`
		}
		err := s.client.Do(ctx, huaweicloud.Get(query, "checkpoint_items"), &page)
		var refused *backup.ServiceError
		lost := errors.As(err, &refused) && (refused.HTTPStatus == http.StatusBadRequest || refused.HTTPStatus == http.StatusNotFound)
		if !lost || i >= min(tries, len(after)) {
			return page.Items, err
		}
	}
}

func cloned(query url.Values) url.Values {
	out := url.Values{}
	for name, values := range query {
		out[name] = values
	}
	return out
}

// complete asks for the items that a list has in part. One that was deleted meanwhile is left out.
func (s *Service) complete(ctx context.Context, list []item) error {
	group, ctx := errgroup.WithContext(ctx)
	for i := range list {
		if !list[i].reduced() {
			continue
		}
		group.Go(func() error {
			whole, err := s.showItem(ctx, list[i].ID)
			list[i] = whole
			return ignoreNotFound(err)
		})
	}
	return group.Wait()
}

// tagCondition wants a key with one of some values, or with any if there are none.
type tagCondition struct {
	Key    string   `json:"key"`
	Values []string `json:"values"`
}

// tagRow is a row of a tag query: the item in resource_detail, or bare as the example of the
// documentation has it (§2.14).
type tagRow struct{ item }

// UnmarshalJSON reads either form.
func (r *tagRow) UnmarshalJSON(data []byte) error {
	var wrapped struct {
		Detail *item `json:"resource_detail"`
		Tags   []tag `json:"tags"`
	}
	if err := json.Unmarshal(data, &wrapped); err != nil {
		return err
	}
	if wrapped.Detail == nil {
		return json.Unmarshal(data, &r.item)
	}
	r.item = *wrapped.Detail
	if r.Tags == nil {
		r.Tags = &wrapped.Tags
	}
	return nil
}

// taggedItems lists the items that meet all conditions, in any order. Without a condition it lists all.
func (s *Service) taggedItems(ctx context.Context, conditions []tagCondition) iter.Seq2[item, error] {
	return func(yield func(item, error) bool) {
		for offset := 0; ; {
			body := map[string]any{"action": "filter", "limit": strconv.Itoa(pageSize), "offset": strconv.Itoa(offset)}
			if len(conditions) > 0 {
				body["tags"] = conditions // An empty list is refused.
			}
			call := huaweicloud.Call{Method: http.MethodPost, Path: []string{"csbs_backup", "resource_instances", "action"}, Body: body, Read: true}
			var page struct {
				Rows []tagRow `json:"resources"`
			}
			if err := s.client.Do(ctx, call, &page); err != nil {
				yield(item{}, err)
				return
			}
			for _, row := range page.Rows {
				if row.ID != "" && row.Status != deleted && !yield(row.item, nil) {
					return
				}
			}
			if len(page.Rows) < pageSize {
				return
			}
			offset += len(page.Rows)
		}
	}
}

// itemOf returns the one item of a checkpoint that a server has.
func (s *Service) itemOf(ctx context.Context, checkpointID, serverID string) (item, bool, error) {
	for it, err := range s.items(ctx, url.Values{"checkpoint_id": {checkpointID}}) {
		if err != nil {
			return item{}, false, err
		}
		if it.CheckpointID == checkpointID && it.ResourceID == serverID {
			return it, true, nil
		}
	}
	return item{}, false, nil
}

// refuse turns problems that a plan let pass, because something was not known yet, into an error.
func refuse(problems []backup.Problem) error {
	for _, p := range problems {
		if !p.Warning {
			return backup.Errorf(nil, "%s: %s", pathText(p.Path), p.Detail)
		}
	}
	return nil
}
