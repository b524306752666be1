package local

import (
	"context"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// SpaceUsage adds up points and measures the repository.
func (s *Service) SpaceUsage(ctx context.Context, f backup.UsageFilter) (backup.SpaceUsage, error) {
	usage := backup.SpaceUsage{
		Note: "Sizes are those of the files in each point; points share what is the same, so the repository is smaller than their sum. " +
			"Space of deleted points is given back by maintenance.",
	}
	elsewhere := f.LocationID != "" && f.LocationID != mainLocation
	err := s.view(ctx, backup.Cached, func(ix *index) error {
		servers := make(map[string]*backup.ServerUsage)
		selected := func(id string) bool {
			return !elsewhere && (len(f.ServerIDs) == 0 || slices.Contains(f.ServerIDs, id))
		}
		add := func(id, name string) *backup.ServerUsage {
			if servers[id] == nil {
				servers[id] = &backup.ServerUsage{ServerID: id, ServerName: name, NewBytes: new(int64)}
			}
			return servers[id]
		}
		for id, r := range ix.servers.rows {
			if selected(id) {
				add(id, r.value.Name)
			}
		}
		for _, r := range ix.runs.rows {
			p, ok := s.point(ix, r.value)
			if !ok || !selected(p.ServerID) {
				continue
			}
			u := add(p.ServerID, p.ServerName)
			u.Points++
			*u.NewBytes += r.value.NewBytes
			if p.SizeBytes != nil {
				u.SizeBytes += *p.SizeBytes
			}
		}
		for _, u := range servers {
			usage.Servers = append(usage.Servers, *u)
		}
		return nil
	})
	if err != nil {
		return usage, err
	}
	slices.SortFunc(usage.Servers, func(a, b backup.ServerUsage) int {
		return strings.Compare(a.ServerName+"\x00"+a.ServerID, b.ServerName+"\x00"+b.ServerID)
	})
	repo, err := s.store.read(ctx)
	if err != nil {
		return usage, err
	}
	stored := int64(0)
	if repo != nil {
		if stored, err = repo.StoredBytes(ctx); err != nil {
			return usage, s.store.explain("measure", err)
		}
	}
	usage.StoredBytes = &stored
	return usage, nil
}
