// Package csbs is the Cloud Server Backup Service v1 of Open Telekom Cloud and Huawei Cloud. A server is
// an instance that is bound to a policy, a point is one item of a checkpoint. Section numbers in comments
// are those of the wire reference.
package csbs

import (
	"context"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// ServiceName is the word for this service in configurations.
const ServiceName = "csbs"

// providerID is the constant that stands for servers in paths (§2).
const providerID = "fc4d5750-22e7-4798-8a46-f48f62c4c1da"

// serverType is what servers are called on the wire.
const serverType = "OS::Nova::Server"

// defaultPollInterval is for backups and restores, which take minutes.
const defaultPollInterval = 5 * time.Second

// Config is whose backups these are, and how requests are sent.
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

// Service is the backup service.
type Service struct {
	client   *huaweicloud.Client
	now      func() time.Time
	pause    func(ctx context.Context, d time.Duration) error
	poll     time.Duration
	policies *huaweicloud.Listing[*policyList]
	points   *huaweicloud.Listing[pointList]
	reads    readCount
	binder   binder
	requests requests

	mu      sync.Mutex
	notices []backup.Notice
}

var (
	_ backup.Service          = (*Service)(nil)
	_ backup.PolicyTranslator = (*Service)(nil)
	_ backup.Historian        = (*Service)(nil)
	_ backup.UsageReporter    = (*Service)(nil)
	_ backup.Restorer         = (*Service)(nil)
	_ backup.Noticer          = (*Service)(nil)
)

// api is what the client has to know of the service. The catalog type is that of its ancestor, Karbor.
var api = huaweicloud.API{Name: ServiceName, Types: []string{"data-protect", "csbs"}, Version: "v1", Codes: codes}

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
	s := &Service{client: client, now: cfg.Now, pause: cfg.Pause, poll: cfg.PollInterval}
	s.policies = huaweicloud.NewListing(cfg.ReadCache, cfg.Now, s.loadPolicies)
	s.points = huaweicloud.NewListing(cfg.ReadCache, cfg.Now, s.loadPoints)
	return s, nil
}

// Close takes the marks off the points that this process asked for: who asked has heard of them.
func (s *Service) Close(ctx context.Context) error {
	var group errgroup.Group
	for _, id := range s.requests.marked() {
		group.Go(func() error { return s.unmark(ctx, id) })
	}
	return group.Wait()
}

// PollInterval is how often a look at a point or a restore that runs is worth a request.
func (s *Service) PollInterval() time.Duration { return s.poll }

// Scope is the project.
func (s *Service) Scope(ctx context.Context) (backup.Scope, error) { return s.client.Scope(ctx) }

// TakeNotices returns warnings, such as of points that an earlier run left behind.
func (s *Service) TakeNotices() []backup.Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	taken := s.notices
	s.notices = nil
	return taken
}

func (s *Service) notice(summary, detail string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := backup.Notice{Summary: summary, Detail: detail}
	if !slices.Contains(s.notices, n) { // A request that finds the server busy is made again.
		s.notices = append(s.notices, n)
	}
}

func notFound(kind, id string) error {
	return backup.Errorf(backup.ErrNotFound, "There is no %s with the id %q.", kind, id)
}
