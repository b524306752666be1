package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

type retainedFunction struct{}

func newRetainedFunction() function.Function {
	return retainedFunction{}
}

func (retainedFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "retained"
}

// The retention is dynamic because an object of a function must have all its attributes: one could not
// write { daily = 7 }.
func (retainedFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Say which points a retention keeps",
		MarkdownDescription: "Returns the ids of the points that a retention would keep at a moment, in the order given. " +
			"A point stays while any rule keeps it. Only points that a policy took are counted and may go: manual ones, and those of which the service does not say who asked for them, stay. " +
			"Give it available points of one server; one in error would take the place of a good one. " +
			"A service may keep more: `local` counts each source of a server on its own and keeps the newest point in any case. " +
			"`vngcloud` counts full points only, which this function does not know. The plan of a policy names what its service would delete.",
		Parameters: []function.Parameter{
			function.ListParameter{
				Name: "points",
				ElementType: types.ObjectType{AttrTypes: map[string]attr.Type{
					"id": types.StringType, "created_at": types.StringType, "schedule_type": types.StringType,
				}},
				MarkdownDescription: "Points with `id`, `created_at` (RFC 3339; null: not known) and `schedule_type` (`policy`, `manual`; null: not known), " +
					"such as `points` of the data source `serverbackup_points`.",
			},
			function.DynamicParameter{
				Name: "retention", AllowNullValue: true,
				MarkdownDescription: "Object with rules, as `retention` of a `serverbackup_policy`: some of `latest`, `hourly`, `daily`, `weekly`, `monthly`, `yearly` and `days`, each 1 or more. Null keeps every point.",
			},
			function.StringParameter{Name: "timezone", MarkdownDescription: "Zone that cuts hours to years: a name of the IANA time zone database such as `Europe/Berlin`, or `UTC`."},
			function.StringParameter{Name: "at", MarkdownDescription: "Moment that `days` counts back from, RFC 3339, such as `plantimestamp()`."},
		},
		Return: function.ListReturn{ElementType: types.StringType},
	}
}

func (retainedFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var (
		rows      types.List
		rules     types.Dynamic
		zone, now string
	)
	if resp.Error = req.Arguments.Get(ctx, &rows, &rules, &zone, &now); resp.Error != nil {
		return
	}
	if unknown(ctx, rows) || unknown(ctx, rules) {
		setUnknown(ctx, resp)
		return
	}
	points, err := retentionPoints(rows)
	if err != nil {
		resp.Error = err
		return
	}
	retention, err := retentionArgument(rules)
	if err != nil {
		resp.Error = err
		return
	}
	location, zoneErr := backup.ParseTimezone(zone)
	if zoneErr != nil {
		resp.Error = wrongArgument(2, "%s", zoneErr)
		return
	}
	at, err := timeArgument(3, "at", now)
	if err != nil {
		resp.Error = err
		return
	}
	setStrings(ctx, retention.Keep(points, location, at), resp)
}
