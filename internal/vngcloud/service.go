// Package vngcloud is the backup service of VNG Cloud (GreenNode): its Backup Center, and vServer for
// restores. Package client below speaks to it; this package says what the answers mean.
//
// Numbers in brackets, as in [2.4], are sections of the wire reference of this service.
package vngcloud

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// ServiceName is the word for this service in configurations.
const ServiceName = "vngcloud"

// Service is Backup Center in one region and project.
type Service struct {
	cfg Config
	api *client.Client

	home           listing[home]
	configurations listing[client.Configurations]
	policies       listing[[]client.Policy]
	servers        listing[[]client.Server]
	locations      listing[[]client.Location]
	regions        listing[[]client.Region]

	// mu guards what follows.
	mu sync.Mutex
	// points are the listings of points by backup server.
	points map[string]*listing[[]backup.Point]
	// serverOf says which backup server a point is of.
	serverOf map[string]string
	// known are the points that this process started or was asked for by their ids, as those of a state are, and
	// deleting those that it deleted.
	known, deleting map[string]bool
	// starting lets one point at a time be started for a backup server.
	starting map[string]chan struct{}
	// restores are those that this process started.
	restores map[string]backup.Restore
	notices  []backup.Notice
}

var (
	_ backup.Service       = (*Service)(nil)
	_ backup.Historian     = (*Service)(nil)
	_ backup.UsageReporter = (*Service)(nil)
	_ backup.Locator       = (*Service)(nil)
	_ backup.RegionLister  = (*Service)(nil)
	_ backup.Downloader    = (*Service)(nil)
	_ backup.Linker        = (*Service)(nil)
	_ backup.Restorer      = (*Service)(nil)
	_ backup.Noticer       = (*Service)(nil)
	_ backup.PointHinter   = (*Service)(nil)

	_ backup.PolicyTranslator = (*Service)(nil)
)

// New returns a service. It sends nothing.
func New(cfg Config) (*Service, error) {
	cfg, err := cfg.resolve()
	if err != nil {
		return nil, err
	}
	return &Service{
		cfg: cfg,
		api: client.New(client.Config{
			ClientID: cfg.ClientID, ClientSecret: cfg.ClientSecret,
			IAM: cfg.IAMEndpoint, Backup: cfg.BackupEndpoint, VServer: cfg.VServerEndpoint,
			MaxConcurrentRequests: cfg.MaxConcurrentRequests,
			HTTP:                  cfg.HTTP, Now: cfg.Now, Sleep: cfg.Sleep, Log: cfg.Log,
		}),
		points:   map[string]*listing[[]backup.Point]{},
		serverOf: map[string]string{},
		known:    map[string]bool{},
		deleting: map[string]bool{},
		starting: map[string]chan struct{}{},
		restores: map[string]backup.Restore{},
	}, nil
}

// PollInterval is how often a look at something that runs is worth a request.
func (s *Service) PollInterval() time.Duration { return s.cfg.PollInterval }

// TakeNotices returns what was done in part.
func (s *Service) TakeNotices() []backup.Notice {
	s.mu.Lock()
	defer s.mu.Unlock()
	notices := s.notices
	s.notices = nil
	return notices
}

func (s *Service) notice(summary, detail string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notices = append(s.notices, backup.Notice{Summary: summary, Detail: detail})
}

// refuse turns problems that a plan let pass, because something was not known yet, into an error.
func refuse(problems []backup.Problem) error {
	for _, p := range problems {
		if !p.Warning {
			return backup.Errorf(nil, "%s: %s", strings.Join(p.Path, "."), p.Detail)
		}
	}
	return nil
}

// unsupported is the problem of an attribute that this service does not have.
func unsupported(attribute, instead string) backup.Problem {
	return problem([]string{attribute}, "Attribute Not Supported", "The vngcloud service does not support "+attribute+". "+instead)
}

func problem(path []string, summary, detail string) backup.Problem {
	return backup.Problem{Path: path, Summary: summary, Detail: detail}
}

// isNotFound is for reads that a list can do without.
func isNotFound(err error) bool { return errors.Is(err, backup.ErrNotFound) }

// named says of what kind the object is that was not found.
func named(err error, kind, id string) error {
	if !isNotFound(err) {
		return err
	}
	return &backup.ServiceError{Kind: backup.ErrNotFound, Message: "There is no " + kind + " with the id \"" + id + "\" in this region.", Err: err}
}

// lately is how old an object may be that an attempt of this process can have made.
const lately = 15 * time.Minute

// madeLately says whether an object may come from a request whose answer was lost.
func (s *Service) madeLately(at time.Time) bool {
	return !at.IsZero() && s.cfg.Now().Sub(at).Abs() < lately
}

// lookups is how often is looked for what a request may have made before giving up.
const lookups = 12

// poll looks until it finds, or looked so many times. The first look is at once.
func (s *Service) poll(ctx context.Context, times int, look func() (found bool, err error)) (bool, error) {
	for n := range times {
		if n > 0 {
			if err := s.cfg.Sleep(ctx, s.cfg.PollInterval); err != nil {
				return false, err
			}
		}
		if found, err := look(); found || err != nil {
			return found, err
		}
	}
	return false, nil
}

// sorted returns a sorted copy.
func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
