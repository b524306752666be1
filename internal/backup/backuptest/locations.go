package backuptest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Locations is what the steps about locations have to know of a service.
type Locations struct {
	// Spec returns a valid location that is not created yet, without bin and lock.
	Spec func(t *testing.T, svc backup.Service, name string) backup.Location
	// SoftDelete is a bin that locations can have; nil if they cannot.
	SoftDelete *backup.SoftDelete
	// Lock is a lock that locations can have; nil if they cannot.
	Lock *backup.LocationLock
	// Advance moves the clock that bins and locks go by. Nil skips what needs time.
	Advance func(t *testing.T, svc backup.Service, d time.Duration)
	// ForceDestroys is a service that deletes a location together with its points if it is forced.
	ForceDestroys bool
	// MovesPoints is a service where the points of a server move to its new location.
	MovesPoints bool
}

const oneDay = 24 * time.Hour

// locator skips the step if the service has no locations.
func (s *suite) locator() backup.Locator {
	s.Helper()
	l, ok := s.svc.(backup.Locator)
	if !ok || s.h.Locations == nil {
		s.Skip("the service is no Locator, or the harness has no Locations")
	}
	return l
}

func (s *suite) createLocation(name string, edit func(l *backup.Location)) backup.Location {
	s.Helper()
	locator := s.locator()
	spec := s.h.Locations.Spec(s.T, s.svc, name)
	if edit != nil {
		edit(&spec)
	}
	s.noProblems("a valid location", locator.CheckLocation(s.ctx, spec, nil))
	created := must(locator.CreateLocation(s.ctx, spec))(s, "CreateLocation")
	s.sameLocation("created", created, spec)
	return created
}

// sameLocation compares what is settable, options left out: secrets among them do not come back.
func (s *suite) sameLocation(what string, got, want backup.Location) {
	s.Helper()
	if got.ID == "" {
		s.Errorf("%s: the location has no id", what)
	}
	field(s, what, "Name", got.Name, want.Name)
	field(s, what, "QuotaBytes", got.QuotaBytes, want.QuotaBytes)
	field(s, what, "SoftDelete", got.SoftDelete, want.SoftDelete)
	field(s, what, "Lock", got.Lock, want.Lock)
	if want.Default != nil {
		field(s, what, "Default", got.Default, want.Default)
	}
	if !got.CreatedAt.IsZero() {
		s.utc(what, "CreatedAt", got.CreatedAt)
	}
}

// locationLifecycle wants every settable member to survive create, read, update and list.
func locationLifecycle(s *suite) {
	locator := s.locator()
	before := len(collect(s, "locations", locator.Locations(s.ctx)))
	first, second := s.createLocation("first", nil), s.createLocation("second", nil)
	if first.ID == second.ID {
		s.Fatalf("two locations have the id %q", first.ID)
	}
	if n := first.ServerCount; n != nil && *n != 0 {
		s.Errorf("a new location has %d servers", *n)
	}
	next := must(locator.Location(s.ctx, first.ID))(s, "Location")
	for _, change := range []struct {
		what  string
		apply func(l *backup.Location)
	}{
		{"name", func(l *backup.Location) { l.Name += "-renamed" }},
		{"quota", func(l *backup.Location) { l.QuotaBytes = new(int64(500 << 30)) }},
		{"other quota", func(l *backup.Location) { l.QuotaBytes = new(int64(501 << 30)) }},
		{"bin", func(l *backup.Location) { l.SoftDelete = s.h.Locations.SoftDelete }},
		{"no bin", func(l *backup.Location) { l.SoftDelete = nil }},
		{"lock", func(l *backup.Location) { l.Lock = s.h.Locations.Lock }},
	} {
		prior := next
		change.apply(&next)
		// What is left alone is not asked to be written.
		next.Default = nil
		s.noProblems("a location with another "+change.what, locator.CheckLocation(s.ctx, next, &prior))
		updated := must(locator.UpdateLocation(s.ctx, next))(s, "UpdateLocation of "+change.what)
		s.sameLocation("updated "+change.what, updated, next)
		field(s, "updated "+change.what, "ID", updated.ID, first.ID)
		read := must(locator.Location(s.ctx, first.ID))(s, "Location")
		s.sameLocation("read after updating "+change.what, read, next)
		field(s, "updated "+change.what, "Options", read.Options, prior.Options)
		next = read
	}

	listed := map[string]backup.Location{}
	for _, l := range collect(s, "locations", locator.Locations(s.ctx)) {
		if _, twice := listed[l.ID]; twice {
			s.Errorf("location %q is listed twice", l.ID)
		}
		listed[l.ID] = l
	}
	if len(listed) < 2 || len(listed) < before {
		s.Errorf("%d locations are listed, %d before two were made", len(listed), before)
	}
	s.sameLocation("listed", listed[first.ID], next)
	s.sameLocation("listed, second", listed[second.ID], second)

	s.ok("DeleteLocation", locator.DeleteLocation(s.ctx, first.ID, false))
	_, err := locator.Location(s.ctx, first.ID)
	s.wantIs("Location of a deleted location", err, backup.ErrNotFound)
	for _, l := range collect(s, "locations", locator.Locations(s.ctx)) {
		if l.ID == first.ID {
			s.Error("a deleted location is still listed")
		}
	}
	s.sameLocation("the other location", must(locator.Location(s.ctx, second.ID))(s, "Location"), second)
}

// locationMistakes wants problems in a plan, ErrNotFound, and canceled contexts to be honoured.
func locationMistakes(s *suite) {
	locator := s.locator()
	location := s.createLocation("here", nil)
	for _, bad := range []struct {
		path  []string
		spoil func(l *backup.Location)
	}{
		{[]string{"name"}, func(l *backup.Location) { l.Name = "line\nbreak" }},
		{[]string{"quota_gb"}, func(l *backup.Location) { l.QuotaBytes = new(int64(0)) }},
		{[]string{"soft_delete"}, func(l *backup.Location) { l.SoftDelete = &backup.SoftDelete{} }},
		{[]string{"lock"}, func(l *backup.Location) { l.Lock = &backup.LocationLock{} }},
	} {
		spec := s.h.Locations.Spec(s.T, s.svc, "spoiled")
		bad.spoil(&spec)
		s.wantProblem("CheckLocation of "+show(spec), bad.path, locator.CheckLocation(s.ctx, spec, nil))
	}
	for _, p := range locator.CheckLocation(s.ctx, backup.Location{}, nil) {
		if len(p.Path) == 0 {
			s.Errorf("with nothing set, CheckLocation complains without naming an attribute: %+v", p)
		}
	}
	unknown := location
	for _, id := range []string{"no-such-id", "../no/such id"} {
		unknown.ID = id
		_, err := locator.Location(s.ctx, id)
		s.wantIs("Location of unknown id "+id, err, backup.ErrNotFound)
		_, err = locator.UpdateLocation(s.ctx, unknown)
		s.wantIs("UpdateLocation of unknown id "+id, err, backup.ErrNotFound)
		s.wantIs("DeleteLocation of unknown id "+id, locator.DeleteLocation(s.ctx, id, true), backup.ErrNotFound)
	}

	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	changed := location
	changed.Name = "changed"
	_, err := locator.Location(ctx, location.ID)
	s.wantIs("Location with a canceled context", err, context.Canceled)
	_, err = locator.UpdateLocation(ctx, changed)
	s.wantIs("UpdateLocation with a canceled context", err, context.Canceled)
	_, err = locator.CreateLocation(ctx, s.h.Locations.Spec(s.T, s.svc, "never"))
	s.wantIs("CreateLocation with a canceled context", err, context.Canceled)
	s.wantIs("DeleteLocation with a canceled context", locator.DeleteLocation(ctx, location.ID, true), context.Canceled)
	s.wantIs("Locations with a canceled context", firstError(locator.Locations(ctx)), context.Canceled)
	s.sameLocation("after calls with a canceled context", must(locator.Location(s.ctx, location.ID))(s, "Location"), location)
	for _, l := range collect(s, "locations", locator.Locations(s.ctx)) {
		if l.Name == "never" || l.Name == "spoiled" {
			s.Errorf("there is a location %q", l.Name)
		}
	}
}

// serverIn creates a server in a location.
func (s *suite) serverIn(l backup.Location, name string) backup.Server {
	s.Helper()
	spec := s.h.Server(s.T, s.svc, name)
	spec.LocationID = l.ID
	s.noProblems("a server in a location", s.svc.CheckServer(s.ctx, spec, nil))
	server := must(s.svc.CreateServer(s.ctx, spec))(s, "CreateServer")
	field(s, "a server in a location", "LocationID", server.LocationID, l.ID)
	return server
}

// moveServer gives a server another location.
func (s *suite) moveServer(server backup.Server, to backup.Location) {
	s.Helper()
	next := must(s.svc.Server(s.ctx, server.ID))(s, "Server")
	next.LocationID = to.ID
	moved := must(s.svc.UpdateServer(s.ctx, next))(s, "UpdateServer of location_id")
	field(s, "a server that was moved", "LocationID", moved.LocationID, to.ID)
}

// locationInUse wants a location to stay while servers use it or points are in it.
func locationInUse(s *suite) {
	locator := s.locator()
	here, there := s.createLocation("here", nil), s.createLocation("there", nil)
	server := s.serverIn(here, "server")
	s.wantIs("DeleteLocation of one that a server without points uses", locator.DeleteLocation(s.ctx, here.ID, false), backup.ErrConflict)
	point := s.take(backup.PointRequest{ServerID: server.ID})
	field(s, "a point in a location", "LocationID", point.LocationID, here.ID)
	s.wantIs("DeleteLocation of one that a server uses", locator.DeleteLocation(s.ctx, here.ID, false), backup.ErrConflict)
	used := must(locator.Location(s.ctx, here.ID))(s, "Location after a refused DeleteLocation")
	if used.ServerCount != nil && *used.ServerCount != 1 {
		s.Errorf("a location with one server counts %d", *used.ServerCount)
	}

	s.moveServer(server, there)
	left := must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point of a server that was moved")
	if s.h.Locations.MovesPoints {
		field(s, "a point of a server that was moved", "LocationID", left.LocationID, there.ID)
		s.ok("DeleteLocation of one whose points moved", locator.DeleteLocation(s.ctx, here.ID, false))
		return
	}
	s.samePoint("a point of a server that was moved", left, point)
	s.wantIs("DeleteLocation of one with points", locator.DeleteLocation(s.ctx, here.ID, false), backup.ErrConflict)
	must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point after a refused DeleteLocation")
	in := func(l backup.Location) []string {
		return ids(collect(s, "points of a location", s.svc.Points(s.ctx, backup.PointFilter{LocationID: l.ID})))
	}
	if got := in(here); !slices.Equal(got, []string{point.ID}) {
		s.Errorf("points of the location are %q, want %q", got, point.ID)
	}
	s.change(server)
	second := s.take(backup.PointRequest{ServerID: server.ID})
	if got := in(there); !slices.Equal(got, []string{second.ID}) {
		s.Errorf("points of the new location are %q, want %q", got, second.ID)
	}

	if s.h.Locations.ForceDestroys {
		s.ok("DeleteLocation by force", locator.DeleteLocation(s.ctx, here.ID, true))
		s.gone(point.ID)
	} else {
		s.wantIs("DeleteLocation by force where there is no such thing", locator.DeleteLocation(s.ctx, here.ID, true), backup.ErrConflict)
		s.ok("DeletePoint", s.svc.DeletePoint(s.ctx, point.ID))
		s.gone(point.ID)
		s.ok("DeleteLocation of one that is empty", locator.DeleteLocation(s.ctx, here.ID, false))
	}
	_, err := locator.Location(s.ctx, here.ID)
	s.wantIs("Location of a deleted location", err, backup.ErrNotFound)
	s.samePoint("the point elsewhere", must(s.svc.Point(s.ctx, second.ID, backup.Fresh))(s, "Point"), second)
}

// locationLock wants nothing to delete a point that a lock holds, and everything once it does not.
func locationLock(s *suite) {
	locator := s.locator()
	lock := s.h.Locations.Lock
	if lock == nil {
		s.Skip("locations of this service have no lock")
	}
	vault, elsewhere := s.createLocation("vault", func(l *backup.Location) { l.Lock = lock }), s.createLocation("elsewhere", nil)
	server := s.serverIn(vault, "server")
	point := s.take(backup.PointRequest{ServerID: server.ID})
	held := func(what string, err error) {
		s.Helper()
		s.wantIs(what, err, backup.ErrLocked)
		s.samePoint("the point after "+what, must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point"), point)
	}
	held("DeletePoint of a locked point", s.svc.DeletePoint(s.ctx, point.ID))
	if slices.Contains(s.h.PointsOnDestroy, backup.PointsDelete) {
		held("DeleteServer of a locked point", s.svc.DeleteServer(s.ctx, server.ID, backup.PointsDelete))
		must(s.svc.Server(s.ctx, server.ID))(s, "Server after a refused DeleteServer")
	}
	if !s.h.Locations.MovesPoints {
		s.moveServer(server, elsewhere)
		err := locator.DeleteLocation(s.ctx, vault.ID, true)
		if !errors.Is(err, backup.ErrLocked) && !errors.Is(err, backup.ErrConflict) {
			s.Errorf("DeleteLocation of one with a locked point: %v; want ErrLocked or ErrConflict", err)
		}
		s.samePoint("the point after DeleteLocation", must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point"), point)
	}
	if s.h.Locations.Advance == nil {
		return
	}
	s.h.Locations.Advance(s.T, s.svc, time.Duration(lock.MinDays)*oneDay)
	s.ok("DeletePoint of a point that the lock no longer holds", s.svc.DeletePoint(s.ctx, point.ID))
	s.gone(point.ID)
}

// locationBin wants deleted points to lie in the bin for a while, and to be found there.
func locationBin(s *suite) {
	locator := s.locator()
	bin := s.h.Locations.SoftDelete
	if bin == nil {
		s.Skip("locations of this service have no bin")
	}
	vault, elsewhere := s.createLocation("vault", func(l *backup.Location) { l.SoftDelete = bin }), s.createLocation("elsewhere", nil)
	server := s.serverIn(vault, "server")
	point := s.take(backup.PointRequest{ServerID: server.ID})
	s.ok("DeletePoint", s.svc.DeletePoint(s.ctx, point.ID))
	s.gone(point.ID)
	s.inBin(point, backup.DeletionSoftDeleted)
	s.ok("DeletePoint of a point in the bin", s.svc.DeletePoint(s.ctx, point.ID))
	s.inBin(point, backup.DeletionSoftDeleted)

	if r, ok := s.svc.(backup.Recoverer); ok {
		back := must(r.RecoverPoint(s.ctx, point.ID))(s, "RecoverPoint")
		s.samePoint("recovered", back, point)
		s.inBin(point, backup.DeletionPresent)
		s.samePoint("recovered again", must(r.RecoverPoint(s.ctx, point.ID))(s, "RecoverPoint of a point that is there"), point)
		s.ok("DeletePoint of a recovered point", s.svc.DeletePoint(s.ctx, point.ID))
		s.gone(point.ID)
		s.inBin(point, backup.DeletionSoftDeleted)
	}
	s.moveServer(server, elsewhere)
	s.wantIs("DeleteLocation of one with a point in the bin", locator.DeleteLocation(s.ctx, vault.ID, false), backup.ErrConflict)
	if s.h.Locations.Advance == nil {
		return
	}
	s.h.Locations.Advance(s.T, s.svc, time.Duration(bin.RetentionDays)*oneDay)
	s.inBin(point, backup.DeletionDeleted)
	if r, ok := s.svc.(backup.Recoverer); ok {
		_, err := r.RecoverPoint(s.ctx, point.ID)
		s.wantIs("RecoverPoint of a point that has lapsed", err, backup.ErrNotFound)
	}
}

// inBin wants a point to be found, or not, as its deletion status says, by every way there is.
func (s *suite) inBin(p backup.Point, status backup.DeletionStatus) {
	s.Helper()
	present, binned := status == backup.DeletionPresent, status == backup.DeletionSoftDeleted
	all := collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{ServerID: p.ServerID}))
	if slices.Contains(ids(all), p.ID) != present {
		s.Errorf("the point is %s; the list without deleted ones has %q", status, ids(all))
	}
	all = collect(s, "points, deleted ones too", s.svc.Points(s.ctx, backup.PointFilter{ServerID: p.ServerID, IncludeDeleted: true}))
	at := slices.Index(ids(all), p.ID)
	if (at >= 0) != (present || binned) {
		s.Errorf("the point is %s; the list with deleted ones has %q", status, ids(all))
	} else if at >= 0 {
		field(s, "the listed point", "DeletionStatus", all[at].DeletionStatus, status)
		field(s, "the listed point", "ServerID", all[at].ServerID, p.ServerID)
	}
	if read, err := s.svc.Point(s.ctx, p.ID, backup.Fresh); err == nil && read.DeletionStatus != status {
		s.Errorf("the point is %s; it is read as %s", status, read.DeletionStatus)
	} else if err != nil && (present || !errors.Is(err, backup.ErrNotFound)) {
		s.Errorf("the point is %s; reading it fails: %v", status, err)
	}
	h, ok := s.svc.(backup.Historian)
	if !ok || s.h.HistoryForgets {
		return
	}
	for _, e := range collect(s, "history", h.History(s.ctx, backup.HistoryFilter{Kinds: []backup.HistoryKind{backup.KindBackup}})) {
		if e.PointID == p.ID && e.DeletionStatus != "" {
			field(s, "the run of the point in history", "DeletionStatus", e.DeletionStatus, status)
		}
	}
}

// regions wants a service that lists regions to have some.
func regions(s *suite) {
	lister, ok := s.svc.(backup.RegionLister)
	if !ok {
		s.Skip("the service is no RegionLister")
	}
	all := collect(s, "regions", lister.Regions(s.ctx))
	if len(all) == 0 {
		s.Error("there are no regions")
	}
	for _, r := range all {
		if r.ID == "" || r.Name == "" {
			s.Errorf("a region without id or name: %s", show(r))
		}
	}
}
