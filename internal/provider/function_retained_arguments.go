package provider

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// retentionPoints reads the points of retained, its argument 0.
func retentionPoints(rows types.List) ([]backup.RetentionPoint, *function.FuncError) {
	all := rows.Elements()
	points := make([]backup.RetentionPoint, 0, len(all))
	for i, row := range all {
		what := fmt.Sprintf("point %d of %d", i+1, len(all))
		object, ok := row.(types.Object)
		if !ok || object.IsNull() {
			return nil, wrongArgument(0, "%s is null; leave it out", what)
		}
		text := func(name string) string {
			s, _ := object.Attributes()[name].(types.String)
			return s.ValueString()
		}
		p := backup.RetentionPoint{ID: text("id"), ScheduleType: backup.ScheduleType(text("schedule_type"))}
		if p.ID == "" {
			return nil, wrongArgument(0, "the id of %s is empty; write the id of the point", what)
		}
		if p.ScheduleType != "" && !slices.Contains(pointScheduleTypes, p.ScheduleType) {
			return nil, wrongArgument(0, "the schedule_type of %s is %.40q; write %s, or null if it is not known", what, p.ScheduleType, strings.Join(converted[string](pointScheduleTypes), " or "))
		}
		if created := text("created_at"); created != "" {
			var err *function.FuncError
			if p.CreatedAt, err = timeArgument(0, "created_at of "+what, created); err != nil {
				return nil, err
			}
		}
		points = append(points, p)
	}
	return points, nil
}

// retentionArgument reads the rules of retained, its argument 1; nil keeps every point.
func retentionArgument(rules types.Dynamic) (*backup.Retention, *function.FuncError) {
	var members map[string]attr.Value
	switch v := rules.UnderlyingValue().(type) {
	case nil:
		return nil, nil
	case types.Object:
		members = v.Attributes()
	case types.Map:
		members = v.Elements()
	default:
		return nil, wrongArgument(1, "the retention is no object; write for example { daily = 7 }")
	}
	if rules.IsUnderlyingValueNull() {
		return nil, nil
	}
	var retention backup.Retention
	limits := retentionLimits(&retention)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		limit, known := limits[name]
		if !known {
			return nil, wrongArgument(1, "the retention has no rule %.40q; the rules are %s", name, strings.Join(slices.Sorted(maps.Keys(limits)), ", "))
		}
		if members[name].IsNull() {
			continue
		}
		n, err := ruleLimit(name, members[name])
		if err != nil {
			return nil, err
		}
		*limit = &n
	}
	if retention == (backup.Retention{}) {
		return nil, wrongArgument(1, "the retention has no rule; write null to keep every point, or say what to keep, for example { daily = 7 }")
	}
	return &retention, nil
}

func ruleLimit(name string, value attr.Value) (int64, *function.FuncError) {
	if number, ok := value.(types.Number); ok {
		if n, accuracy := number.ValueBigFloat().Int64(); accuracy == big.Exact && n >= 1 {
			return n, nil
		}
	}
	return 0, wrongArgument(1, "the rule retention.%s is %s; write a whole number of 1 or more, or leave it out if it should keep nothing", name, value)
}

// retentionLimits are the members of a retention by their names in the schema.
func retentionLimits(r *backup.Retention) map[string]**int64 {
	return map[string]**int64{
		"latest": &r.Latest, "hourly": &r.Hourly, "daily": &r.Daily, "weekly": &r.Weekly,
		"monthly": &r.Monthly, "yearly": &r.Yearly, "days": &r.Days,
	}
}
