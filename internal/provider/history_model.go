package provider

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	historyKinds    = []backup.HistoryKind{backup.KindBackup, backup.KindRestore, backup.KindDelete, backup.KindLocation}
	historyStatuses = []backup.HistoryStatus{
		backup.HistoryRunning, backup.HistorySucceeded, backup.HistoryFailed, backup.HistorySkipped,
	}
	deletionStatuses = []backup.DeletionStatus{backup.DeletionPresent, backup.DeletionSoftDeleted, backup.DeletionDeleted}
)

type historyModel struct {
	ServerID   types.String `tfsdk:"server_id"`
	InstanceID types.String `tfsdk:"instance_id"`
	LocationID types.String `tfsdk:"location_id"`
	Kind       types.Set    `tfsdk:"kind"`
	Status     types.Set    `tfsdk:"status"`
	windowModel
	rowsModel
	Entries       []historyElement `tfsdk:"entries"`
	RetentionNote types.String     `tfsdk:"retention_note"`
}

type historyElement struct {
	ID             types.String  `tfsdk:"id"`
	Kind           types.String  `tfsdk:"kind"`
	Status         types.String  `tfsdk:"status"`
	ServiceStatus  types.String  `tfsdk:"service_status"`
	PointID        types.String  `tfsdk:"point_id"`
	ServerID       types.String  `tfsdk:"server_id"`
	ServerName     types.String  `tfsdk:"server_name"`
	PolicyID       types.String  `tfsdk:"policy_id"`
	Type           types.String  `tfsdk:"type"`
	ScheduleType   types.String  `tfsdk:"schedule_type"`
	SizeBytes      types.Int64   `tfsdk:"size_bytes"`
	SizeGB         types.Float64 `tfsdk:"size_gb"`
	StartedAt      types.String  `tfsdk:"started_at"`
	FinishedAt     types.String  `tfsdk:"finished_at"`
	DeletionStatus types.String  `tfsdk:"deletion_status"`
	Error          types.String  `tfsdk:"error"`
}

func (m historyModel) toDomain(now time.Time, diags *diag.Diagnostics) backup.HistoryFilter {
	from, to := m.windowModel.toDomain(now, diags)
	kinds := []backup.HistoryKind{backup.KindBackup}
	if !m.Kind.IsNull() {
		kinds = converted[backup.HistoryKind](stringsOf(m.Kind))
	}
	return backup.HistoryFilter{
		ServerID:   m.ServerID.ValueString(),
		InstanceID: m.InstanceID.ValueString(),
		LocationID: m.LocationID.ValueString(),
		Kinds:      kinds,
		Status:     converted[backup.HistoryStatus](stringsOf(m.Status)),
		From:       from,
		To:         to,
	}
}

func historyElementOf(e backup.HistoryEntry) historyElement {
	return historyElement{
		ID:             types.StringValue(e.ID),
		Kind:           stringOrNull(e.Kind),
		Status:         stringOrNull(e.Status),
		ServiceStatus:  stringOrNull(e.ServiceStatus),
		PointID:        stringOrNull(e.PointID),
		ServerID:       stringOrNull(e.ServerID),
		ServerName:     stringOrNull(e.ServerName),
		PolicyID:       stringOrNull(e.PolicyID),
		Type:           stringOrNull(e.Type),
		ScheduleType:   stringOrNull(e.ScheduleType),
		SizeBytes:      types.Int64PointerValue(e.SizeBytes),
		SizeGB:         gbOrNull(e.SizeBytes),
		StartedAt:      timeOrNull(e.StartedAt),
		FinishedAt:     timeOrNull(e.FinishedAt),
		DeletionStatus: stringOrNull(e.DeletionStatus),
		Error:          stringOrNull(e.Error),
	}
}
