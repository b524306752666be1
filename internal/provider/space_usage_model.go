package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

type spaceUsageModel struct {
	ServerIDs   types.Set            `tfsdk:"server_ids"`
	LocationID  types.String         `tfsdk:"location_id"`
	Servers     []serverUsageElement `tfsdk:"servers"`
	TotalBytes  types.Int64          `tfsdk:"total_bytes"`
	TotalGB     types.Float64        `tfsdk:"total_gb"`
	StoredBytes types.Int64          `tfsdk:"stored_bytes"`
	QuotaBytes  types.Int64          `tfsdk:"quota_bytes"`
	UsedBytes   types.Int64          `tfsdk:"used_bytes"`
	Note        types.String         `tfsdk:"note"`
}

type serverUsageElement struct {
	ServerID         types.String  `tfsdk:"server_id"`
	ServerName       types.String  `tfsdk:"server_name"`
	Points           types.Int64   `tfsdk:"points"`
	SizeBytes        types.Int64   `tfsdk:"size_bytes"`
	SizeGB           types.Float64 `tfsdk:"size_gb"`
	SoftDeletedBytes types.Int64   `tfsdk:"soft_deleted_bytes"`
	NewBytes         types.Int64   `tfsdk:"new_bytes"`
}

func (m spaceUsageModel) toDomain() backup.UsageFilter {
	return backup.UsageFilter{ServerIDs: stringsOf(m.ServerIDs), LocationID: m.LocationID.ValueString()}
}

func (m *spaceUsageModel) fromDomain(u backup.SpaceUsage) {
	total := u.TotalBytes()
	m.Servers = make([]serverUsageElement, len(u.Servers))
	for i, s := range u.Servers {
		m.Servers[i] = serverUsageElement{
			ServerID:         stringOrNull(s.ServerID),
			ServerName:       stringOrNull(s.ServerName),
			Points:           types.Int64Value(s.Points),
			SizeBytes:        types.Int64Value(s.SizeBytes),
			SizeGB:           gbOrNull(&s.SizeBytes),
			SoftDeletedBytes: types.Int64PointerValue(s.SoftDeletedBytes),
			NewBytes:         types.Int64PointerValue(s.NewBytes),
		}
	}
	m.TotalBytes = types.Int64Value(total)
	m.TotalGB = gbOrNull(&total)
	m.StoredBytes = types.Int64PointerValue(u.StoredBytes)
	m.QuotaBytes = types.Int64PointerValue(u.QuotaBytes)
	m.UsedBytes = types.Int64PointerValue(u.UsedBytes)
	m.Note = stringOrNull(u.Note)
}
