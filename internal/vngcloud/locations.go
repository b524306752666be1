package vngcloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// gib is what this API calls a GB in quotas; the console counts the same way [3.9].
const gib = 1 << 30

// LocationOptions are the options of a [backup.Location] on this service.
type LocationOptions struct {
	// RegionID is the storage region: its id, or in a request its name, such as HCM04. It is shown as id;
	// [backup.Location.Region] has the name.
	RegionID string
	// RegionName is the name of the region; read-only.
	RegionName string
	// Product is vServer, the default, or vDB.
	Product string
}

func locationOptions(l backup.Location) (LocationOptions, bool) {
	o, ok := l.Options.(LocationOptions)
	o.Product = cmp.Or(o.Product, product)
	return o, ok
}

func (s *Service) locationRows(ctx context.Context) ([]client.Location, error) {
	return cached(ctx, s, &s.locations, s.api.Locations)
}

func (s *Service) locationRow(ctx context.Context, id string) (client.Location, error) {
	rows, err := s.locationRows(ctx)
	if err != nil {
		return client.Location{}, err
	}
	if i := slices.IndexFunc(rows, func(l client.Location) bool { return l.ID == id }); i >= 0 {
		return rows[i], nil
	}
	row, err := s.api.Location(ctx, id)
	return row, named(err, "location", id)
}

func locationOf(w client.Location) backup.Location {
	l := backup.Location{
		ID: w.ID, Name: w.Name, Default: &w.IsDefault, CreatedAt: w.CreatedAt.Time, ServerCount: w.Servers.Int64(),
	}
	o := LocationOptions{Product: string(w.Product)}
	for _, storage := range []*client.Storage{w.Config.Value.Vault, w.Config.Value.VStorage} {
		if storage != nil {
			o.RegionID, o.RegionName = storage.RegionID, storage.RegionName
			l.Region, l.UsedBytes = storage.RegionName, storage.Used.Int64()
		}
	}
	l.Options = o
	if w.Quota != nil && !w.Quota.Unlimited {
		if bytes := client.NumberOf(w.Quota.MaxQuota.Float() * gib).Int64(); bytes != nil {
			l.QuotaBytes = bytes
		}
	}
	if d := w.SoftDelete; d != nil && d.Enable {
		l.SoftDelete = &backup.SoftDelete{RetentionDays: int64(d.RetainDays.Int())}
	}
	if k := w.Lock; k != nil && k.Enable {
		l.Lock = &backup.LocationLock{MinDays: int64(k.MinRetention.Int()), MaxDays: k.MaxRetention.Int64(), GraceDays: k.ChangeDuration.Int64()}
	}
	return l
}

// Locations lists locations by name.
func (s *Service) Locations(ctx context.Context) iter.Seq2[backup.Location, error] {
	return collect(func() ([]backup.Location, error) {
		rows, err := s.locationRows(ctx)
		list := make([]backup.Location, len(rows))
		for i, row := range rows {
			list[i] = locationOf(row)
		}
		slices.SortFunc(list, func(a, b backup.Location) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		return list, err
	})
}

// Location returns one location.
func (s *Service) Location(ctx context.Context, id string) (backup.Location, error) {
	row, err := s.locationRow(ctx, id)
	if err != nil {
		return backup.Location{}, err
	}
	return locationOf(row), nil
}

// Regions lists where locations may be.
func (s *Service) Regions(ctx context.Context) iter.Seq2[backup.Region, error] {
	return collect(func() ([]backup.Region, error) {
		rows, err := s.regionRows(ctx, product)
		list := make([]backup.Region, len(rows))
		for i, row := range rows {
			list[i] = backup.Region{ID: row.RegionID, Name: row.Name}
		}
		slices.SortFunc(list, func(a, b backup.Region) int { return cmp.Compare(a.Name, b.Name) })
		return list, err
	})
}

func (s *Service) regionRows(ctx context.Context, of string) ([]client.Region, error) {
	if of != product {
		return s.api.Regions(ctx, of)
	}
	return constant(ctx, s, &s.regions, func(ctx context.Context) ([]client.Region, error) { return s.api.Regions(ctx, of) })
}

// region finds a storage region by id or name.
func (s *Service) region(ctx context.Context, o LocationOptions) (client.Region, error) {
	rows, err := s.regionRows(ctx, o.Product)
	if err != nil {
		return client.Region{}, err
	}
	names := make([]string, len(rows))
	for i, row := range rows {
		if row.RegionID == o.RegionID || strings.EqualFold(row.Name, o.RegionID) {
			return row, nil
		}
		names[i] = row.Name
	}
	return client.Region{}, backup.Errorf(backup.ErrNotFound, "There is no storage region %q for %s; there are %s.", o.RegionID, o.Product, strings.Join(names, ", "))
}

// CreateLocation makes a location.
func (s *Service) CreateLocation(ctx context.Context, l backup.Location) (backup.Location, error) {
	l.ID = ""
	if err := refuse(s.CheckLocation(ctx, l, nil)); err != nil {
		return l, err
	}
	o, _ := locationOptions(l)
	region, err := s.region(ctx, o)
	if err != nil {
		return l, err
	}
	defer s.locations.drop()
	w := client.LocationWrite{
		Name: l.Name, RegionID: region.RegionID, Product: o.Product, Quota: quotaOf(l), SoftDelete: softDeleteOf(l), Lock: lockOf(l),
		IsDefault: l.Default != nil && *l.Default,
	}
	row, err := s.api.CreateLocation(ctx, w)
	if err == nil && row.ID != "" {
		return s.readLocation(ctx, row.ID)
	}
	if err != nil && !errors.Is(err, client.ErrAmbiguous) {
		return l, err
	}
	return s.madeLocation(context.WithoutCancel(ctx), w, err)
}

// madeLocation looks for the location of a request whose answer was lost, or did not tell.
func (s *Service) madeLocation(ctx context.Context, w client.LocationWrite, lost error) (made backup.Location, err error) {
	found, err := s.poll(ctx, 3, func() (bool, error) {
		rows, err := s.api.Locations(ctx)
		for _, row := range rows {
			l := locationOf(row)
			o, _ := locationOptions(l)
			if row.Name == w.Name && o.RegionID == w.RegionID && s.madeLately(l.CreatedAt) {
				made = l
				return true, nil
			}
		}
		return false, err
	})
	if !found {
		return made, errors.Join(lost, err, backup.Errorf(nil, "The location %q has not appeared. Look for it in the console before applying again.", w.Name))
	}
	return made, nil
}

func (s *Service) readLocation(ctx context.Context, id string) (backup.Location, error) {
	row, err := s.api.Location(ctx, id)
	if err != nil {
		return backup.Location{}, named(err, "location", id)
	}
	return locationOf(row), nil
}

func quotaOf(l backup.Location) client.Quota {
	if l.QuotaBytes == nil {
		return client.Quota{Unlimited: true, MaxQuota: client.NumberOf(0)}
	}
	return client.Quota{MaxQuota: client.NumberOf(*l.QuotaBytes / gib)}
}

func softDeleteOf(l backup.Location) client.SoftDelete {
	if l.SoftDelete == nil {
		return client.SoftDelete{RetainDays: client.NumberOf(0)}
	}
	return client.SoftDelete{Enable: true, RetainDays: client.NumberOf(l.SoftDelete.RetentionDays)}
}

func lockOf(l backup.Location) client.Lock {
	if l.Lock == nil || l.Lock.MaxDays == nil || l.Lock.GraceDays == nil {
		return client.Lock{ChangeDuration: client.NumberOf(0), MinRetention: client.NumberOf(0), MaxRetention: client.NumberOf(0)}
	}
	return client.Lock{
		Enable: true, ChangeDuration: client.NumberOf(*l.Lock.GraceDays),
		MinRetention: client.NumberOf(l.Lock.MinDays), MaxRetention: client.NumberOf(*l.Lock.MaxDays),
	}
}

// UpdateLocation changes what differs. The lock comes last: what it holds is settled by then.
func (s *Service) UpdateLocation(ctx context.Context, l backup.Location) (backup.Location, error) {
	row, err := s.api.Location(ctx, l.ID)
	if err != nil {
		return l, named(err, "location", l.ID)
	}
	have := locationOf(row)
	if err := refuse(s.CheckLocation(ctx, l, &have)); err != nil {
		return l, err
	}
	if err := stays(l, have); err != nil {
		return l, err
	}
	defer s.locations.drop()
	if l.Name != have.Name {
		if err := s.api.SetLocationName(ctx, l.ID, l.Name); err != nil {
			return l, err
		}
	}
	if !equal(l.QuotaBytes, have.QuotaBytes) {
		if err := s.api.SetLocationQuota(ctx, l.ID, quotaOf(l)); err != nil {
			return l, err
		}
	}
	if !equal(l.SoftDelete, have.SoftDelete) {
		if err := s.api.SetLocationSoftDelete(ctx, l.ID, softDeleteOf(l)); err != nil {
			return l, err
		}
	}
	if !sameLock(l.Lock, have.Lock) {
		if err := s.api.SetLocationLock(ctx, l.ID, lockOf(l)); err != nil {
			return l, err
		}
	}
	return s.readLocation(ctx, l.ID)
}

func equal[T comparable](a, b *T) bool { return a == b || (a != nil && b != nil && *a == *b) }

func sameLock(a, b *backup.LocationLock) bool {
	return a == b || (a != nil && b != nil && a.MinDays == b.MinDays && equal(a.MaxDays, b.MaxDays) && equal(a.GraceDays, b.GraceDays))
}

// graceEnds is when the lock of a location cannot be changed any more; the zero time for no lock.
func graceEnds(w client.Location) time.Time {
	if w.Lock == nil || !w.Lock.Enable || w.Lock.CreatedAt == nil || w.Lock.CreatedAt.IsZero() {
		return time.Time{}
	}
	return w.Lock.CreatedAt.Add(time.Duration(w.Lock.ChangeDuration.Int()) * 24 * time.Hour)
}

// DeleteLocation deletes an empty location. The service refuses to delete any other, force or not.
func (s *Service) DeleteLocation(ctx context.Context, id string, _ bool) error {
	row, err := s.api.Location(ctx, id)
	if err != nil {
		return named(err, "location", id)
	}
	l := locationOf(row)
	switch {
	case l.ServerCount != nil && *l.ServerCount > 0:
		return backup.Errorf(backup.ErrConflict, "The location %q is used by %d backup servers. Give them another one first.", l.Name, *l.ServerCount)
	case l.UsedBytes != nil && *l.UsedBytes > 0:
		return backup.Errorf(backup.ErrConflict, "The location %q holds %.3f GB of points, perhaps in its bin. The service deletes empty locations only, whatever force_destroy says: delete the points first.", l.Name, float64(*l.UsedBytes)/gib)
	}
	defer s.locations.drop()
	if err := s.api.DeleteLocation(ctx, id); err != nil {
		return fmt.Errorf("location %q: %w", l.Name, err)
	}
	return nil
}
