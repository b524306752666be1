package provider

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// shownGoing is how many points a plan names that a retention deletes.
const shownGoing = 20

// warnOfRetention names the points that a policy with another retention deletes. It asks for one list
// of points per server of the policy, and for nothing unless the retention itself changes.
func (r *policyResource) warnOfRetention(ctx context.Context, req resource.ModifyPlanRequest, plan policyModel, next backup.Policy, diags *diag.Diagnostics) {
	if req.State.Raw.IsNull() || next.Retention == nil || unknown(ctx, plan.Retention) || plan.Timezone.IsUnknown() {
		return
	}
	var state policyModel
	diags.Append(get(ctx, req.State, &state)...)
	prior, d := state.toDomain(ctx)
	diags.Append(d...)
	if diags.HasError() || plan.Retention.Equal(state.Retention) {
		return
	}
	going, err := r.going(ctx, prior, next, time.Now())
	at := path.Root("retention")
	switch {
	case err != nil:
		// The change itself can be made all the same.
		diags.AddAttributeWarning(at, "Deleted Points Not Known",
			"The retention changes, but the points that it deletes could not be listed: "+sentence(explain(err))+
				" Look at them with serverbackup_points and schedule_type = \"policy\" before you apply.")
	case len(going) > 0:
		diags.AddAttributeWarning(at, "Points Will Be Deleted", fmt.Sprintf(
			"The %s no longer keeps the following points, %d in all. The service deletes them when it next applies the retention:\n\n%s\n\n"+
				"To keep them, leave the retention as it is. Points that were taken on demand stay in any case.",
			named(kindPolicy, next.Name, next.ID), len(going), listGoing(going)))
	}
}

// going are the points that go because a policy changes, newest first.
func (r *policyResource) going(ctx context.Context, prior, next backup.Policy, at time.Time) ([]backup.Point, error) {
	current, err := r.service.Policy(ctx, next.ID)
	if err != nil {
		return nil, err
	}
	var going []backup.Point
	for _, server := range current.ServerIDs {
		var points []backup.Point
		for p, err := range r.service.Points(ctx, backup.PointFilter{
			ServerID: server, Status: []backup.Status{backup.StatusAvailable}, ScheduleType: backup.SchedulePolicy,
		}) {
			if err != nil {
				return nil, err
			}
			points = append(points, p)
		}
		gone, err := r.dropped(ctx, prior, next, points, at)
		if err != nil {
			return nil, err
		}
		going = append(going, gone...)
	}
	slices.SortFunc(going, func(a, b backup.Point) int {
		return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return going, nil
}

// dropped selects the points of one server that go. What the retention of before does not keep either goes
// without this change, so a looser one drops nothing.
func (r *policyResource) dropped(ctx context.Context, prior, next backup.Policy, points []backup.Point, at time.Time) ([]backup.Point, error) {
	if planner, ok := r.service.(backup.RetentionPlanner); ok {
		ids, err := planner.DroppedPoints(ctx, prior, next, points)
		return slices.DeleteFunc(points, func(p backup.Point) bool { return !slices.Contains(ids, p.ID) }), err
	}
	before, after := keptBy(prior, points, at), keptBy(next, points, at)
	tighter := slices.ContainsFunc(points, func(p backup.Point) bool { return before[p.ID] && !after[p.ID] })
	return slices.DeleteFunc(points, func(p backup.Point) bool { return !tighter || after[p.ID] }), nil
}

// keptBy are the ids of the points that a policy keeps.
func keptBy(policy backup.Policy, points []backup.Point, at time.Time) map[string]bool {
	// A zone that is not valid is an error elsewhere; nil is UTC.
	zone, _ := backup.ParseTimezone(policy.Timezone)
	rows := make([]backup.RetentionPoint, len(points))
	for i, p := range points {
		rows[i] = backup.RetentionPoint{ID: p.ID, CreatedAt: p.CreatedAt, ScheduleType: p.ScheduleType}
	}
	kept := make(map[string]bool, len(points))
	for _, id := range policy.Retention.Keep(rows, zone, at) {
		kept[id] = true
	}
	return kept
}

func listGoing(points []backup.Point) string {
	var lines []string
	for _, p := range points[:min(len(points), shownGoing)] {
		lines = append(lines, fmt.Sprintf("  %s of %q, %s", p.ID, orElse(p.ServerName, p.ServerID), timeOrNull(p.CreatedAt).ValueString()))
	}
	if more := len(points) - len(lines); more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", more))
	}
	return strings.Join(lines, "\n")
}
