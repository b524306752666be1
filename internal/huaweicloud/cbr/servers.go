package cbr

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Servers lists the servers of all vaults by name.
func (s *Service) Servers(ctx context.Context) iter.Seq2[backup.Server, error] {
	return each(func() ([]backup.Server, error) {
		inv, err := s.inventory.Get(ctx)
		if err != nil {
			return nil, err
		}
		var list []backup.Server
		for i := range inv.vaults {
			for _, r := range inv.vaults[i].Resources {
				list = append(list, inv.server(&inv.vaults[i], r))
			}
		}
		slices.SortFunc(list, func(a, b backup.Server) int {
			return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
		})
		return list, nil
	})
}

// Server returns one server.
func (s *Service) Server(ctx context.Context, id string) (backup.Server, error) {
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return backup.Server{}, err
	}
	v, r := inv.find(id)
	if r == nil {
		return backup.Server{}, notFound("server", id)
	}
	return inv.server(v, *r), nil
}

func (inv *inventory) server(v *vaultAnswer, r resourceAnswer) backup.Server {
	excluded := slices.Clone(r.ExtraInfo.Value.ExcludeVolumes)
	slices.Sort(excluded)
	if len(excluded) == 0 {
		excluded = nil
	}
	return backup.Server{
		ID:               string(r.ID),
		Name:             string(r.Name),
		InstanceID:       string(r.ID),
		PolicyID:         inv.policyOf[string(v.ID)],
		LocationID:       string(v.ID),
		Enabled:          !r.AutoProtect.Known || r.AutoProtect.Value,
		ExcludeVolumeIDs: excluded,
		PointCount:       r.BackupCount.Int(),
	}
}
