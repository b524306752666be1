package vngcloud

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// SpaceUsage adds up what the points of each backup server are billed as. It asks once for each of them.
func (s *Service) SpaceUsage(ctx context.Context, f backup.UsageFilter) (backup.SpaceUsage, error) {
	usage := backup.SpaceUsage{
		Note: "Sizes are what the service bills of each point. Points in the bin of a location are not among them, but take space there until they lapse: used_bytes has them.",
	}
	rows, err := s.serverRows(ctx)
	if err != nil {
		return usage, err
	}
	var servers []backup.ServerUsage
	group, gctx := errgroup.WithContext(ctx)
	group.SetLimit(s.cfg.MaxConcurrentRequests)
	results := make([]*backup.ServerUsage, len(rows))
	for i, row := range rows {
		if len(f.ServerIDs) > 0 && !slices.Contains(f.ServerIDs, row.ID) {
			continue
		}
		group.Go(func() error {
			points, err := s.matching(gctx, row.ID, backup.PointFilter{LocationID: f.LocationID}, false)
			if err != nil {
				return err
			}
			if f.LocationID != "" && locationIDOf(row) != f.LocationID && len(points) == 0 {
				return nil
			}
			u := &backup.ServerUsage{ServerID: row.ID, ServerName: row.Name}
			for _, p := range points {
				u.Points++
				if p.SizeBytes != nil {
					u.SizeBytes += *p.SizeBytes
				}
			}
			results[i] = u
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return usage, err
	}
	for _, u := range results {
		if u != nil {
			servers = append(servers, *u)
		}
	}
	slices.SortFunc(servers, func(a, b backup.ServerUsage) int {
		return cmp.Or(cmp.Compare(a.ServerName, b.ServerName), cmp.Compare(a.ServerID, b.ServerID))
	})
	usage.Servers = servers
	if len(f.ServerIDs) > 0 {
		return usage, nil // the figures of locations are of other servers, too
	}
	return usage, s.addLocations(ctx, f.LocationID, &usage)
}

// addLocations adds what locations hold and may hold; the quota of all is known if each has one.
func (s *Service) addLocations(ctx context.Context, id string, usage *backup.SpaceUsage) error {
	rows, err := s.locationRows(ctx)
	if err != nil {
		return err
	}
	var used, quota int64
	limited, told := true, false
	for _, row := range rows {
		if id != "" && row.ID != id {
			continue
		}
		l := locationOf(row)
		told = true
		if l.UsedBytes != nil {
			used += *l.UsedBytes
		}
		if l.QuotaBytes == nil {
			limited = false
		} else {
			quota += *l.QuotaBytes
		}
	}
	if told {
		usage.UsedBytes = &used
		if limited {
			usage.QuotaBytes = &quota
		}
	}
	return nil
}
