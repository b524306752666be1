// Package cbr is the service Cloud Backup and Recovery v3 of Open Telekom Cloud and Huawei Cloud.
//
// A vault is a location, and a server that is in a vault is a server: its policy is the one that is
// applied to the vault. Taking a server out of its vault deletes its points. Section numbers in comments
// are those of the wire reference.
package cbr

import (
	"context"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// ServiceName is the word for this service in configurations.
const ServiceName = "cbr"

// Config is where to work, and how.
type Config struct {
	huaweicloud.Config
	huaweicloud.Options
	// ReadCache is how long a listing answers reads; 0 keeps nothing.
	ReadCache time.Duration
}

// Service is the backup service of one project.
type Service struct {
	client *huaweicloud.Client
	flavour
	now   func() time.Time
	pause func(ctx context.Context, d time.Duration) error

	inventory *huaweicloud.Listing[*inventory]
	recent    *recentPoints
	// starting lets one point of a server be asked for at a time.
	starting keyedLock

	mu sync.Mutex
	// taken are the points that this service knows to have been heard of.
	taken map[string]bool
}

var (
	_ backup.Service          = (*Service)(nil)
	_ backup.Locator          = (*Service)(nil)
	_ backup.Historian        = (*Service)(nil)
	_ backup.UsageReporter    = (*Service)(nil)
	_ backup.Restorer         = (*Service)(nil)
	_ backup.PolicyTranslator = (*Service)(nil)
)

// New returns a service. It touches no network.
func New(cfg Config) (*Service, error) {
	client, err := huaweicloud.NewClient(cfg.Config, huaweicloud.API{
		Name: ServiceName, Types: []string{"cbr", "cbrv3"}, Version: "v3", Codes: codes,
	}, cfg.Options)
	if err != nil {
		return nil, err
	}
	s := &Service{client: client, flavour: flavourOf(cfg.Config), now: cfg.Now, pause: cfg.Pause, taken: map[string]bool{}}
	if s.now == nil {
		s.now = time.Now
	}
	if s.pause == nil {
		s.pause = pause
	}
	s.inventory = huaweicloud.NewListing(cfg.ReadCache, s.now, s.loadInventory)
	s.recent = newRecentPoints(cfg.ReadCache, s)
	return s, nil
}

// Scope is the project.
func (s *Service) Scope(ctx context.Context) (backup.Scope, error) {
	return s.client.Scope(ctx)
}

// changed forgets what was read: a client sees its own writes at once.
func (s *Service) changed() {
	s.inventory.Drop()
	s.recent.drop()
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Pauses between two looks at something that takes a while.
const (
	firstLook = time.Second
	lastLook  = 10 * time.Second
)

// until looks until something is done.
func (s *Service) until(ctx context.Context, look func() (done bool, err error)) error {
	for wait := firstLook; ; wait = min(2*wait, lastLook) {
		done, err := look()
		if done || err != nil {
			return err
		}
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
}
