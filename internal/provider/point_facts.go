package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// pointFacts is what a service reports of a point and nobody sets: the same in the resource and in
// the data sources.
type pointFacts struct {
	Status          types.String  `tfsdk:"status"`
	ServiceStatus   types.String  `tfsdk:"service_status"`
	Error           types.String  `tfsdk:"error"`
	Progress        types.Int64   `tfsdk:"progress"`
	Type            types.String  `tfsdk:"type"`
	IncompleteFiles types.Int64   `tfsdk:"incomplete_files"`
	LocationID      types.String  `tfsdk:"location_id"`
	CreatedAt       types.String  `tfsdk:"created_at"`
	FinishedAt      types.String  `tfsdk:"finished_at"`
	SizeBytes       types.Int64   `tfsdk:"size_bytes"`
	SizeGB          types.Float64 `tfsdk:"size_gb"`
	SourceSizeBytes types.Int64   `tfsdk:"source_size_bytes"`
	InstantRestore  types.Bool    `tfsdk:"instant_restore"`
}

func factsOf(p backup.Point) pointFacts {
	return pointFacts{
		Status:          stringOrNull(p.Status),
		ServiceStatus:   stringOrNull(p.ServiceStatus),
		Error:           stringOrNull(p.Error),
		Progress:        types.Int64PointerValue(p.Progress),
		Type:            stringOrNull(p.Type),
		IncompleteFiles: types.Int64PointerValue(p.IncompleteFiles),
		LocationID:      stringOrNull(p.LocationID),
		CreatedAt:       timeOrNull(p.CreatedAt),
		FinishedAt:      timeOrNull(p.FinishedAt),
		SizeBytes:       types.Int64PointerValue(p.SizeBytes),
		SizeGB:          gbOrNull(p.SizeBytes),
		SourceSizeBytes: types.Int64PointerValue(p.SourceSizeBytes),
		InstantRestore:  types.BoolPointerValue(p.InstantRestore),
	}
}

// pointFactTexts describe pointFacts, by attribute name.
var pointFactTexts = map[string]string{
	"status": "State of the point: " + inCode(pointStatuses) + ". " +
		"`available` and `error` are stable; the others have a `progress` where the service gives one.",
	"service_status":    "The service's own word for `status`.",
	"error":             "Why the point is in `error`.",
	"progress":          "Progress in percent, 0 to 100, while `status` is intermediate; null where the service gives none.",
	"type":              "What the point became: " + inCode(pointTypes) + "; null where the service does not say.",
	"incomplete_files":  "Number of files that could not be read and are not in the point; null where the service does not say.",
	"location_id":       "Id of the location that the point was written to; null where the service does not say.",
	"created_at":        "When the point was begun, RFC 3339 in UTC.",
	"finished_at":       "When the point was finished, RFC 3339 in UTC; null until then.",
	"size_bytes":        "Size of the point in bytes, as the service counts it; null where it does not.",
	"size_gb":           "`size_bytes` in GB of 2^30 bytes, rounded to three decimals.",
	"source_size_bytes": "Size of what was backed up, in bytes; null where the service does not say.",
	"instant_restore":   "Whether the point can be restored instantly; null where the service has no such thing.",
}

// The values of enumerations that users write. A point that is missing exists in state alone.
var (
	pointStatuses = []backup.Status{
		backup.StatusCreating, backup.StatusAvailable, backup.StatusRestoring, backup.StatusDeleting, backup.StatusError,
	}
	pointTypes         = []backup.PointType{backup.TypeFull, backup.TypeIncremental}
	pointScheduleTypes = []backup.ScheduleType{backup.SchedulePolicy, backup.ScheduleManual}
)
