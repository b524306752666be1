package cbr

import (
	"context"
	"net/url"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// maxRecentPages is how many pages of the list of points are kept. Points that are older are read one by
// one.
const maxRecentPages = 10

// recentPoints answers reads of single points from the list of the newest points, which is read page by
// page as far as it is needed.
type recentPoints struct {
	svc  *Service
	keep time.Duration
	// loading lets one page be read at a time.
	loading keyedLock

	mu    sync.Mutex
	rows  map[string]backup.Point
	at    time.Time
	pages int
	done  bool
	// dropped counts the calls of drop: what was read before the last one may be out of date.
	dropped int
}

func newRecentPoints(keep time.Duration, svc *Service) *recentPoints {
	return &recentPoints{svc: svc, keep: keep}
}

func (c *recentPoints) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dropped++
	c.reset()
}

func (c *recentPoints) reset() {
	c.rows, c.pages, c.done = map[string]backup.Point{}, 0, false
}

// get returns a point if it is among the newest.
func (c *recentPoints) get(ctx context.Context, id string) (backup.Point, bool, error) {
	if c.keep <= 0 || !isUUID(id) {
		return backup.Point{}, false, nil
	}
	unlock, err := c.loading.lock(ctx, "")
	if err != nil {
		return backup.Point{}, false, err
	}
	defer unlock()
	c.expire()
	for {
		p, ok, page, dropped := c.look(id)
		if ok || page < 0 {
			return p, ok, nil
		}
		if err := c.load(ctx, page, dropped); err != nil {
			return backup.Point{}, false, err
		}
	}
}

// expire forgets pages that were kept long enough. A search that is under way goes on with what it has.
func (c *recentPoints) expire() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.svc.now().Sub(c.at) >= c.keep {
		c.reset()
	}
}

// look returns a point, or else the page to read next; -1 is none.
func (c *recentPoints) look(id string) (p backup.Point, ok bool, page, dropped int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok = c.rows[id]
	page = c.pages
	if c.done || page >= maxRecentPages {
		page = -1
	}
	return p, ok, page, c.dropped
}

func (c *recentPoints) load(ctx context.Context, page, dropped int) error {
	inv, err := c.svc.inventory.Get(ctx)
	if err != nil {
		return err
	}
	var answer manyBackups
	query := window(allOf(url.Values{}), pageSize, page*pageSize)
	if err := c.svc.client.Do(ctx, huaweicloud.Get(query, "backups"), &answer); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dropped != dropped {
		return nil // Something was written meanwhile: read again.
	}
	if page == 0 {
		c.reset()
		c.at = c.svc.now()
	}
	c.pages = page + 1
	c.done = len(answer.Backups) < pageSize
	for _, b := range answer.Backups {
		c.rows[backupID(b)] = inv.locate(b.point())
	}
	return nil
}
