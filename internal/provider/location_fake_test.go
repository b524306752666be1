package provider

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// fakeLocator is a fake cloud with locations and a bin.
type fakeLocator struct {
	*fakeCloud
	locations map[string]backup.Location
	// written are the locations as they were asked for, secrets included.
	written []backup.Location
	// occupied are the locations that hold points.
	occupied map[string]bool
	forced   []string
	// checked are the prior locations of the checks.
	checked []*backup.Location
	regions []backup.Region
	// recoverUntil is given to points that are deleted; zero: there is no bin.
	recoverUntil time.Time
	recovered    []string
	// measured is what SpaceUsage says of the locations that it is asked for.
	measured map[string]backup.SpaceUsage
}

// newFakeLocator is configured by a word: local takes the options of local.
func newFakeLocator(service string) *fakeLocator {
	f := &fakeLocator{
		fakeCloud: newFakeCloud(), locations: map[string]backup.Location{}, occupied: map[string]bool{},
		measured: map[string]backup.SpaceUsage{},
	}
	f.scope.Service = service
	return f
}

// CheckServer knows which locations there are.
func (f *fakeLocator) CheckServer(ctx context.Context, s backup.Server, _ *backup.Server) []backup.Problem {
	if s.LocationID == "" || s.LocationID == "main" {
		return nil
	}
	if _, err := f.Location(ctx, s.LocationID); err != nil {
		return []backup.Problem{{Path: []string{"location_id"}, Summary: "Location Not Found", Detail: err.Error()}}
	}
	return nil
}

func (f *fakeLocator) CheckLocation(_ context.Context, l backup.Location, prior *backup.Location) []backup.Problem {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checked = append(f.checked, prior)
	var problems []backup.Problem
	if l.QuotaBytes != nil && *l.QuotaBytes > 1000<<30 {
		problems = append(problems, backup.Problem{Path: []string{"quota_gb"}, Summary: "Quota Too Large", Detail: "At most 1000."})
	}
	if l.Default != nil && f.scope.Service == "local" {
		problems = append(problems, backup.Problem{Path: []string{"default"}, Summary: "Attribute Not Supported", Detail: "There is no default."})
	}
	if l.SoftDelete == nil && prior != nil && prior.SoftDelete != nil {
		problems = append(problems, backup.Problem{Path: []string{"soft_delete"}, Summary: "Bin Is Emptied", Detail: "7 points.", Warning: true})
	}
	return problems
}

func (f *fakeLocator) Locations(context.Context) iter.Seq2[backup.Location, error] {
	return func(yield func(backup.Location, error) bool) {
		f.mu.Lock()
		rows := slices.Collect(maps.Values(f.locations))
		f.mu.Unlock()
		for _, l := range rows {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (f *fakeLocator) Location(_ context.Context, id string) (backup.Location, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l, ok := f.locations[id]
	if !ok {
		return l, backup.Errorf(backup.ErrNotFound, "There is no location with the id %q.", id)
	}
	return l, nil
}

func (f *fakeLocator) CreateLocation(_ context.Context, l backup.Location) (backup.Location, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l.ID = fmt.Sprintf("location-%d", len(f.written))
	l.CreatedAt = fakeStart
	return f.putLocation(l), nil
}

func (f *fakeLocator) UpdateLocation(_ context.Context, l backup.Location) (backup.Location, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.putLocation(l), nil
}

// putLocation leaves at most one default, and no secrets.
func (f *fakeLocator) putLocation(l backup.Location) backup.Location {
	f.written = append(f.written, l)
	if f.scope.Service != "local" {
		if l.Default == nil {
			l.Default = f.locations[l.ID].Default
		}
		isDefault := l.Default != nil && *l.Default
		l.Default = &isDefault
		if isDefault {
			for id, other := range f.locations {
				other.Default = new(bool)
				f.locations[id] = other
			}
		}
	}
	l.Options = withoutSecrets(l.Options)
	f.locations[l.ID] = l
	return l
}

func (f *fakeLocator) DeleteLocation(_ context.Context, id string, force bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.occupied[id] && !force {
		return backup.Errorf(backup.ErrConflict, "The location %s holds points.", id)
	}
	if force {
		f.forced = append(f.forced, id)
	}
	delete(f.locations, id)
	return nil
}

// DeletePoint puts the point into the bin if there is one.
func (f *fakeLocator) DeletePoint(ctx context.Context, id string) error {
	if f.recoverUntil.IsZero() || len(f.deleteErrs) > 0 {
		return f.fakeCloud.DeletePoint(ctx, id)
	}
	f.edit(id, func(p *backup.Point) { p.DeletionStatus, p.RecoverUntil = backup.DeletionSoftDeleted, f.recoverUntil })
	return nil
}

func (f *fakeLocator) Regions(context.Context) iter.Seq2[backup.Region, error] {
	return func(yield func(backup.Region, error) bool) {
		for _, r := range f.regions {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func (f *fakeLocator) SpaceUsage(_ context.Context, filter backup.UsageFilter) (backup.SpaceUsage, error) {
	usage, ok := f.measured[filter.LocationID]
	if !ok {
		return usage, backup.Errorf(backup.ErrBusy, "%s is being measured", filter.LocationID)
	}
	return usage, nil
}

// fakeRecoverer is a fakeLocator whose bin gives points back.
type fakeRecoverer struct {
	*fakeLocator
	busy int
}

func (f *fakeRecoverer) RecoverPoint(ctx context.Context, id string) (backup.Point, error) {
	if f.busy > 0 {
		f.busy--
		return backup.Point{}, backup.Errorf(backup.ErrBusy, "it is being read")
	}
	p, err := f.Point(ctx, id, backup.Cached)
	if err != nil || p.RecoverUntil.IsZero() {
		return p, err
	}
	if p.RecoverUntil.Before(fakeStart) {
		return p, backup.Errorf(backup.ErrNotFound, "The point %s has lapsed.", id)
	}
	f.recovered = append(f.recovered, id)
	f.edit(id, func(p *backup.Point) { p.DeletionStatus, p.RecoverUntil = backup.DeletionPresent, time.Time{} })
	return f.Point(ctx, id, backup.Cached)
}
