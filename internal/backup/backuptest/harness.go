// Package backuptest is the conformance suite of backup services: what [backup.Service] and its
// optional interfaces promise, as tests that know nothing but these interfaces.
package backuptest

import (
	"context"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Harness is what [Run] has to know of a service. Its functions are called from parallel tests.
//
// Which members of policies, servers and points a service supports is asked of its Check methods:
// what they complain of is not tried. Specs must come back as they went in, so members that the
// service has a default for are set in them.
type Harness struct {
	// New returns a service on a fresh, empty store and leaves clean-up to t.
	New func(t *testing.T) backup.Service
	// Reopen returns a second client of the store of svc. Nil skips what needs one.
	Reopen func(t *testing.T, svc backup.Service) backup.Service

	// Server returns a valid spec that is not created yet, with some data behind it that no other
	// server has. It may create in svc what the server needs.
	Server func(t *testing.T, svc backup.Service, name string) backup.Server
	// ChangeServer changes what can be changed in place beside policy and enabled. Nil changes no more.
	ChangeServer func(s backup.Server) backup.Server
	// Change changes some of the data behind a created server. Nil if data changes by itself.
	Change func(t *testing.T, svc backup.Service, s backup.Server)

	// Policy returns a valid policy with every settable member set.
	Policy func(name string) backup.Policy
	// ChangePolicy changes every settable member of a policy. Nil changes the name only.
	ChangePolicy func(p backup.Policy) backup.Policy

	// BadServers are specs that CheckServer must complain of, by the first attribute of the path.
	BadServers map[string]backup.Server

	// Slow makes the next points of a server run until they are canceled, or for at least a few
	// seconds. Nil skips what needs a running point.
	Slow func(t *testing.T, svc backup.Service, s backup.Server)
	// Break makes the next points of a server end in [backup.StatusError]. Nil skips that.
	Break func(t *testing.T, svc backup.Service, s backup.Server)

	// PointsOnDestroy are the fates of points that the service supports; nil is all.
	PointsOnDestroy []backup.PointsOnDestroy
	// SecondType is what a second point of a server becomes that did not ask for a full one;
	// default [backup.TypeIncremental]. Types that the service does not tell are fine anyway.
	SecondType backup.PointType
	// HistoryForgets is a history that loses the runs of deleted points.
	HistoryForgets bool
	// NoDeleteHistory is a history without entries for deletions.
	NoDeleteHistory bool

	// NoPointSizes is a service whose points tell no size, so that space usage is not their sum.
	NoPointSizes bool

	// NoVolumeSources is a service that does not say of which disk a volume of a point is.
	NoVolumeSources bool

	// ArchiveFormats are the formats of [backup.ArchiveRequest]. None skips archives.
	ArchiveFormats []string

	// Restore returns a valid request to restore a point to where nothing is yet. Nil skips restores.
	Restore func(t *testing.T, svc backup.Service, p backup.Point) backup.RestoreRequest

	// NoRestoreHistory is a history without entries for restores that succeeded.
	NoRestoreHistory bool
	// RestoreHistoryIDs is a history that gives restores other ids than [backup.Restore] has.
	RestoreHistoryIDs bool

	// Locations is for services whose locations are managed. Nil skips what is about them.
	Locations *Locations

	// Wait is how points are waited for; default every 5 ms, stalled after a minute.
	Wait backup.WaitOptions
	// Timeout ends a step; default 2 minutes.
	Timeout time.Duration
}

var steps = []struct {
	name string
	run  func(*suite)
}{
	{"empty store", emptyStore},
	{"unknown ids", unknownIDs},
	{"checks", checks},
	{"policy", policyLifecycle},
	{"policy in use", policyInUse},
	{"server", serverLifecycle},
	{"server destroy fail", destroyFail},
	{"server destroy keep", destroyKeep},
	{"server destroy delete", destroyDelete},
	{"point", pointLifecycle},
	{"point types", pointTypes},
	{"point names", pointNames},
	{"point tags", pointTags},
	{"point delete", pointDelete},
	{"point filters", pointFilters},
	{"point failure", pointFailure},
	{"point cancel", pointCancel},
	{"run outlives the context", runOutlivesContext},
	{"history", history},
	{"history filters", historyFilters},
	{"space usage", spaceUsage},
	{"verify", verify},
	{"archives", archives},
	{"restores", restores},
	{"restore mistakes", restoreMistakes},
	{"location", locationLifecycle},
	{"location mistakes", locationMistakes},
	{"location in use", locationInUse},
	{"location lock", locationLock},
	{"location bin", locationBin},
	{"regions", regions},
	{"iterators", iterators},
	{"concurrency", concurrency},
	{"reopen", reopen},
	{"canceled context", canceledContext},
}

// Run runs the suite, each step on a store of its own.
func Run(t *testing.T, h Harness) {
	t.Helper()
	if h.SecondType == "" {
		h.SecondType = backup.TypeIncremental
	}
	if h.PointsOnDestroy == nil {
		h.PointsOnDestroy = []backup.PointsOnDestroy{backup.PointsFail, backup.PointsKeep, backup.PointsDelete}
	}
	if h.Wait.Interval == 0 {
		h.Wait.Interval = 5 * time.Millisecond
	}
	if h.Wait.StallTimeout == 0 {
		h.Wait.StallTimeout = time.Minute
	}
	if h.Timeout == 0 {
		h.Timeout = 2 * time.Minute
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), h.Timeout)
			defer cancel()
			step.run(&suite{T: t, h: h, ctx: ctx, svc: h.New(t)})
		})
	}
}
