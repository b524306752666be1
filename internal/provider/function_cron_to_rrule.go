package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

type cronToRRuleFunction struct{}

func newCronToRRuleFunction() function.Function {
	return cronToRRuleFunction{}
}

func (cronToRRuleFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "cron_to_rrule"
}

func (cronToRRuleFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Turn a line of cron into a schedule",
		MarkdownDescription: "Returns the RFC 5545 recurrence rule that runs at the same times of the same days as a line of cron: what `schedules` of a `serverbackup_policy` takes. " +
			"What a rule cannot say is an error: certain months only, and days of the month together with weekdays, of which cron takes either; convert two lines for those. " +
			"Whether a service can run the rule is for the plan of the policy to say.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name: "cron",
				MarkdownDescription: "Minute, hour, day of the month, month and weekday, such as `30 2 * * 1-5`, with `*`, lists, ranges, steps and three-letter names; " +
					"or `@hourly`, `@daily`, `@weekly`, `@monthly`. No time zone, seconds, user or command. 0 and 7 are Sunday.",
			},
		},
		Return: function.StringReturn{},
	}
}

func (cronToRRuleFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var line string
	if resp.Error = req.Arguments.Get(ctx, &line); resp.Error != nil {
		return
	}
	rule, err := backup.CronToRRule(line)
	if err != nil {
		resp.Error = wrongArgument(0, "%s", err)
		return
	}
	resp.Error = resp.Result.Set(ctx, rule)
}
