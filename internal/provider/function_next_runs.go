package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// maxNextRuns bounds what a careless count puts into a state.
const maxNextRuns = 100

type nextRunsFunction struct{}

func newNextRunsFunction() function.Function {
	return nextRunsFunction{}
}

func (nextRunsFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "next_runs"
}

func (nextRunsFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Say when schedules run next",
		MarkdownDescription: "Returns the next runs of schedules after a moment, in order, as a list of RFC 3339 times with the offset of the time zone. Runs that fall together are one. " +
			"A time that daylight saving skips runs once, right after the gap; one that comes twice runs the first time only.",
		Parameters: []function.Parameter{
			function.ListParameter{
				Name: "schedules", ElementType: types.StringType,
				MarkdownDescription: "RFC 5545 recurrence rules, as `schedules` of a `serverbackup_policy` has them.",
			},
			function.StringParameter{Name: "timezone", MarkdownDescription: "Zone of the schedules: a name of the IANA time zone database such as `Europe/Berlin`, or `UTC`."},
			function.StringParameter{Name: "after", MarkdownDescription: "Moment after which runs count, RFC 3339, such as `plantimestamp()`."},
			function.Int64Parameter{
				Name: "count", Validators: []function.Int64ParameterValidator{int64validator.Between(1, maxNextRuns)},
				MarkdownDescription: "How many runs to return, 1 to 100.",
			},
		},
		Return: function.ListReturn{ElementType: types.StringType},
	}
}

func (nextRunsFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var (
		rules     types.List
		zone, now string
		count     int64
	)
	if resp.Error = req.Arguments.Get(ctx, &rules, &zone, &now, &count); resp.Error != nil {
		return
	}
	if unknown(ctx, rules) {
		setUnknown(ctx, resp)
		return
	}
	var schedules []backup.Schedule
	for i, rule := range rules.Elements() {
		if rule.IsNull() {
			resp.Error = wrongArgument(0, "schedule %d of %d is null; leave it out", i+1, len(rules.Elements()))
			return
		}
	}
	texts := stringsOf(rules)
	for i, text := range texts {
		schedule, err := backup.ParseSchedule(text)
		if err != nil {
			resp.Error = wrongArgument(0, "schedule %d of %d, %.200q: %s", i+1, len(texts), text, err)
			return
		}
		schedules = append(schedules, schedule)
	}
	location, err := backup.ParseTimezone(zone)
	if err != nil {
		resp.Error = wrongArgument(1, "%s", err)
		return
	}
	after, funcErr := timeArgument(2, "after", now)
	if funcErr != nil {
		resp.Error = funcErr
		return
	}
	var runs []string
	for _, run := range backup.NextRuns(schedules, location, after, int(count)) {
		runs = append(runs, run.In(location).Format(time.RFC3339))
	}
	setStrings(ctx, runs, resp)
}
