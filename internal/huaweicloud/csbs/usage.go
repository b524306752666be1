package csbs

import (
	"context"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

const usageNote = "The size of a point on csbs may count earlier points of the same disks again, so that the sum over a server can be too large. " +
	"used_bytes is what the service counts for the quota of the project."

// SpaceUsage adds up the points by server, and asks for the quota of the project (§2.15, §2.17).
func (s *Service) SpaceUsage(ctx context.Context, f backup.UsageFilter) (backup.SpaceUsage, error) {
	usage := backup.SpaceUsage{Note: usageNote}
	servers := map[string]*backup.ServerUsage{}
	if f.LocationID == "" { // Nothing is in a location on this service.
		filter := backup.PointFilter{}
		if len(f.ServerIDs) == 1 {
			filter.ServerID = f.ServerIDs[0]
		}
		for p, err := range s.Points(ctx, filter) {
			if err != nil {
				return usage, err
			}
			if len(f.ServerIDs) == 0 || slices.Contains(f.ServerIDs, p.ServerID) {
				add(servers, p)
			}
		}
	}
	for _, u := range servers {
		usage.Servers = append(usage.Servers, *u)
	}
	slices.SortFunc(usage.Servers, func(a, b backup.ServerUsage) int {
		return strings.Compare(a.ServerName+"\x00"+a.ServerID, b.ServerName+"\x00"+b.ServerID)
	})
	quota, used, err := s.capacity(ctx)
	usage.QuotaBytes, usage.UsedBytes = quota, used
	return usage, err
}

// add counts a point. The name is that of the newest point that has one.
func add(servers map[string]*backup.ServerUsage, p backup.Point) {
	u := servers[p.ServerID]
	if u == nil {
		u = &backup.ServerUsage{ServerID: p.ServerID}
		servers[p.ServerID] = u
	}
	u.ServerName = first(u.ServerName, p.ServerName)
	u.Points++
	if p.SizeBytes != nil {
		u.SizeBytes += *p.SizeBytes
	}
}

// capacity is the quota of the project and what it uses of it; a quota of -1 is none.
func (s *Service) capacity(ctx context.Context) (quota, used *int64, err error) {
	var body struct {
		Quotas struct {
			Resources []struct {
				Type  string             `json:"type"`
				Quota huaweicloud.Number `json:"quota"` // GB
				Used  huaweicloud.Number `json:"used"`  // GB
			} `json:"resources"`
		} `json:"quotas"`
	}
	if err := s.client.Do(ctx, huaweicloud.Get(nil, "quotas"), &body); err != nil {
		return nil, nil, err
	}
	for _, r := range body.Quotas.Resources {
		if r.Type == "backup_capacity" {
			return scaled(r.Quota, gib), scaled(r.Used, gib), nil
		}
	}
	return nil, nil, nil
}
