package cbr

import (
	"context"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// usageNote says what the figures are worth (§3.7, §7.2).
const usageNote = "The service tells no size of a point. The sizes here are what it shows for each server of a vault; their unit is not documented and is read as MB, " +
	"like that of used_bytes, which is what the vaults are charged by."

// SpaceUsage is what the vaults tell of their servers.
func (s *Service) SpaceUsage(ctx context.Context, f backup.UsageFilter) (backup.SpaceUsage, error) {
	usage := backup.SpaceUsage{Note: usageNote}
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return usage, err
	}
	var quota, used int64
	for i := range inv.vaults {
		v := &inv.vaults[i]
		if f.LocationID != "" && f.LocationID != string(v.ID) {
			continue
		}
		quota += value(times(v.Billing.Size.Int(), gigabyte))
		used += value(times(v.Billing.Used.Int(), megabyte))
		for _, r := range v.Resources {
			if len(f.ServerIDs) > 0 && !slices.Contains(f.ServerIDs, string(r.ID)) {
				continue
			}
			usage.Servers = append(usage.Servers, backup.ServerUsage{
				ServerID: string(r.ID), ServerName: string(r.Name),
				Points: value(r.BackupCount.Int()), SizeBytes: value(times(r.BackupSize.Int(), megabyte)),
			})
		}
	}
	usage.QuotaBytes, usage.UsedBytes = &quota, &used
	slices.SortFunc(usage.Servers, func(a, b backup.ServerUsage) int {
		return strings.Compare(a.ServerName+"\x00"+a.ServerID, b.ServerName+"\x00"+b.ServerID)
	})
	return usage, nil
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}
