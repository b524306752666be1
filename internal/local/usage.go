package local

import (
	"context"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// SpaceUsage adds up points and measures the repositories: that of one location, or all.
func (s *Service) SpaceUsage(ctx context.Context, f backup.UsageFilter) (backup.SpaceUsage, error) {
	usage := backup.SpaceUsage{
		Note: "Sizes are those of the files in each point; points share what is the same, so a repository is smaller than their sum. " +
			"Space of deleted points is given back by maintenance.",
	}
	var locations []string
	err := s.view(ctx, backup.Cached, func(ix *index) error {
		servers, err := s.serverUsage(ix, f)
		if err != nil {
			return err
		}
		usage.Servers = servers
		if f.LocationID == "" {
			locations = ix.locationIDs()
		} else if rec, ok := ix.location(f.LocationID); ok {
			locations = []string{rec.ID}
			usage.QuotaBytes = rec.QuotaBytes
		}
		return nil
	})
	if err != nil {
		return usage, err
	}
	var stored int64
	for _, id := range locations {
		n, err := s.storedBytes(ctx, id)
		if err != nil {
			return usage, err
		}
		stored += n
	}
	usage.StoredBytes = &stored
	if f.LocationID != "" {
		usage.UsedBytes = &stored
	}
	return usage, nil
}

// serverUsage adds up the points of each server, by name.
func (s *Service) serverUsage(ix *index, f backup.UsageFilter) ([]backup.ServerUsage, error) {
	servers := make(map[string]*backup.ServerUsage)
	selected := func(id string) bool { return len(f.ServerIDs) == 0 || slices.Contains(f.ServerIDs, id) }
	add := func(id, name string) *backup.ServerUsage {
		if servers[id] == nil {
			servers[id] = &backup.ServerUsage{ServerID: id, ServerName: name, NewBytes: new(int64), SoftDeletedBytes: new(int64)}
		}
		return servers[id]
	}
	for id, r := range ix.servers.rows {
		if selected(id) && (f.LocationID == "" || r.value.LocationID == f.LocationID) {
			add(id, r.value.Name)
		}
	}
	for _, r := range ix.runs.rows {
		p, ok := s.point(ix, r.value)
		if !ok || !selected(p.ServerID) || (f.LocationID != "" && p.LocationID != f.LocationID) {
			continue
		}
		if err := ix.snapshots.broken[p.LocationID]; err != nil {
			return nil, err
		}
		u := add(p.ServerID, p.ServerName)
		size := int64(0)
		if p.SizeBytes != nil {
			size = *p.SizeBytes
		}
		if p.DeletionStatus == backup.DeletionSoftDeleted {
			*u.SoftDeletedBytes += size
			continue
		}
		u.Points++
		u.SizeBytes += size
		*u.NewBytes += r.value.NewBytes
	}
	list := make([]backup.ServerUsage, 0, len(servers))
	for _, u := range servers {
		list = append(list, *u)
	}
	slices.SortFunc(list, func(a, b backup.ServerUsage) int {
		return strings.Compare(a.ServerName+"\x00"+a.ServerID, b.ServerName+"\x00"+b.ServerID)
	})
	return list, nil
}
