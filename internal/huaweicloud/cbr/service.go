// Package cbr is the service Cloud Backup and Recovery v3 of Open Telekom Cloud and Huawei Cloud.
//
// A vault is a location, and a server that is in a vault is a server: its policy is the one that is
// applied to the vault. Taking a server out of its vault deletes its points. Section numbers in comments
// are those of the wire reference.
package cbr

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// ServiceName is the word for this service in configurations.
const ServiceName = "cbr"

// defaultPollInterval is for backups and restores, which take minutes.
const defaultPollInterval = 5 * time.Second

// Config is where to work, and how.
type Config struct {
	huaweicloud.Config
	// ReadCache is how long one listing answers reads; 0 switches that off.
	ReadCache time.Duration
	// MaxConcurrentRequests is how many requests are in flight at a time; default 8.
	MaxConcurrentRequests int
	// PollInterval is how often a look at something that runs is worth a request; default 5 s.
	PollInterval time.Duration
	// HTTPClient, Now and Pause are replaced in tests.
	HTTPClient *http.Client
	Now        func() time.Time
	Pause      func(ctx context.Context, d time.Duration) error
	// Log is told of each request at DEBUG; default none.
	Log *slog.Logger
}

// Service is the backup service of one project.
type Service struct {
	client *huaweicloud.Client
	flavour
	now   func() time.Time
	pause func(ctx context.Context, d time.Duration) error
	poll  time.Duration

	inventory *huaweicloud.Listing[*inventory]
	recent    *recentPoints
	// starting lets one point of a server be asked for at a time.
	starting keyedLock

	mu sync.Mutex
	// taken are the points that this service knows to have been heard of, and whether they had ended by then.
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

// api is what the client has to know of the service.
var api = huaweicloud.API{Name: ServiceName, Types: []string{"cbr", "cbrv3"}, Version: "v3", Codes: codes}

// New returns a service. It touches no network.
func New(cfg Config) (*Service, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Pause == nil {
		cfg.Pause = huaweicloud.Pause
	}
	if cfg.PollInterval <= 0 {
		cfg.PollInterval = defaultPollInterval
	}
	client, err := huaweicloud.NewClient(cfg.Config, api, huaweicloud.Options{
		MaxConcurrentRequests: cfg.MaxConcurrentRequests, HTTPClient: cfg.HTTPClient, Now: cfg.Now, Pause: cfg.Pause, Log: cfg.Log,
	})
	if err != nil {
		return nil, err
	}
	s := &Service{client: client, flavour: flavourOf(cfg.Config), now: cfg.Now, pause: cfg.Pause, poll: cfg.PollInterval, taken: map[string]bool{}}
	s.inventory = huaweicloud.NewListing(cfg.ReadCache, s.now, s.loadInventory)
	s.recent = newRecentPoints(cfg.ReadCache, s)
	return s, nil
}

// PollInterval is how often a look at a point or a restore that runs is worth a request.
func (s *Service) PollInterval() time.Duration { return s.poll }

// Scope is the project.
func (s *Service) Scope(ctx context.Context) (backup.Scope, error) {
	return s.client.Scope(ctx)
}

// changed forgets what was read: a client sees its own writes at once.
func (s *Service) changed() {
	s.inventory.Drop()
	s.recent.drop()
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
