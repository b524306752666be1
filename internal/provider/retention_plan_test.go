package provider

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// retentionCloud has one policy with servers, and counts the lists of points that it is asked for.
type retentionCloud struct {
	*fakeCloud
	serverIDs []string
	filters   []backup.PointFilter
	fails     error
}

// newRetentionCloud has points of a number of days, the newest half a day old, for each server.
func newRetentionCloud(days int, serverIDs ...string) *retentionCloud {
	f := &retentionCloud{fakeCloud: newFakeCloud(), serverIDs: serverIDs}
	now := time.Now().UTC()
	for day := days; day > 0; day-- {
		for _, id := range serverIDs {
			p := backup.Point{
				ID: fmt.Sprintf("%s-%d", id, day), ServerID: id, ServerName: "name of " + id,
				Status: backup.StatusAvailable, ScheduleType: backup.SchedulePolicy,
				CreatedAt: now.Add(12*time.Hour - time.Duration(day)*24*time.Hour),
			}
			f.points = append(f.points, p)
		}
	}
	return f
}

func (f *retentionCloud) Policy(ctx context.Context, id string) (backup.Policy, error) {
	p, err := f.fakeCloud.Policy(ctx, id)
	p.ServerIDs = f.serverIDs
	return p, err
}

func (f *retentionCloud) Points(ctx context.Context, filter backup.PointFilter) iter.Seq2[backup.Point, error] {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.filters = append(f.filters, filter)
	if f.fails != nil {
		return func(yield func(backup.Point, error) bool) { yield(backup.Point{}, f.fails) }
	}
	return f.fakeCloud.Points(ctx, filter)
}

// listed forgets and returns the servers whose points were listed.
func (f *retentionCloud) listed() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var servers []string
	for _, filter := range f.filters {
		servers = append(servers, filter.ServerID)
	}
	f.filters = nil
	return servers
}

func policyWith(lines ...string) string {
	return "resource \"serverbackup_policy\" \"test\" {\n  name = \"nightly\"\n  schedules = []\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

// planOnce is a step that looks at one plan and applies nothing.
func planOnce(f *fakeTest, config string, patterns ...string) resource.TestStep {
	return resource.TestStep{
		PreConfig: f.forget, Config: config, PlanOnly: true, ExpectNonEmptyPlan: true,
		ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPreRefresh: []plancheck.PlanCheck{f.says(patterns...)}},
	}
}

func TestAccRetentionNamesWhatGoes(t *testing.T) {
	t.Parallel()
	cloud := newRetentionCloud(25, "server-1", "server-2")
	// A point that was taken on demand and one in error are neither counted nor named.
	manual, broken := cloud.points[0], cloud.points[1]
	manual.ID, manual.ScheduleType = "manual", backup.ScheduleManual
	broken.ID, broken.Status = "broken", backup.StatusError
	cloud.points = append(cloud.points, manual, broken)
	f := newFakeTest(t, cloud)
	f.run(
		resource.TestStep{Config: policyWith(), Check: f.saysNow()},
		planOnce(f, policyWith("retention = { latest = 24 }"),
			`^WARNING: Points Will Be Deleted: The backup policy "nightly" \(policy-0\) no longer keeps the following points, 2 in all.*`+
				`\n\n  server-1-25 of "name of server-1", \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n  server-2-25 of "name of server-2", \S+\n\nTo keep`),
		planOnce(f, policyWith("retention = { days = 10 }"),
			`30 in all.*\n\n  server-1-11 of .*\n  server-2-11 of .*\n  server-2-20 of "name of server-2", \S+\n  and 10 more\n\n`),
		resource.TestStep{Config: policyWith("retention = { latest = 24 }")},
	)
	for _, s := range f.said {
		if strings.Contains(s, "manual ") || strings.Contains(s, "broken ") {
			t.Error(s)
		}
	}
}

// TestAccRetentionAsksOnce counts lists: one for each server in a plan that changes the retention, and
// none in any other.
func TestAccRetentionAsksOnce(t *testing.T) {
	t.Parallel()
	cloud := newRetentionCloud(5, "server-1", "server-2")
	f := newFakeTest(t, cloud)
	// The CLI of the tests plans more than once in a step, with a provider of its own each time.
	perPlan := func(want int) plancheck.PlanCheck {
		return checkPlan(func() error {
			if got := cloud.listed(); len(got) != want || (want == 2 && got[0] == got[1]) {
				return fmt.Errorf("listed the points of %q, want %d servers", got, want)
			}
			return nil
		})
	}
	plans := func(want int, says ...string) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{perPlan(want), f.says(says...)}}
	}
	step := func(config string, checks resource.ConfigPlanChecks) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() { f.forget(); cloud.listed() },
			Config:    config, ConfigPlanChecks: checks,
		}
	}
	f.run(
		step(policyWith("retention = { latest = 4 }"), plans(0)),
		step(policyWith("retention = { latest = 3 }"), plans(2, "4 in all")),
		// Two of each server are kept by neither; they go without this change.
		step(policyWith("retention = { latest = 4 }"), plans(2)),
		step(policyWith("retention = { latest = 4 }", `description = "x"`, `timezone = "Asia/Tokyo"`), plans(0)),
		step(policyWith("retention = { latest = 9 }"), plans(2)),
		step(policyWith(), plans(0)),
	)
}

// checkPlan is a function as a check of a plan.
type checkPlan func() error

func (c checkPlan) CheckPlan(_ context.Context, _ plancheck.CheckPlanRequest, resp *plancheck.CheckPlanResponse) {
	resp.Error = c()
}

func TestAccRetentionUnknown(t *testing.T) {
	t.Parallel()
	cloud := newRetentionCloud(5, "server-1")
	f := newFakeTest(t, cloud)
	config := func(n int) string {
		return fmt.Sprintf("resource \"terraform_data\" \"n\" {\n  input = %d\n}\n", n) +
			policyWith("retention = { latest = terraform_data.n.output }")
	}
	f.run(
		resource.TestStep{Config: config(5)},
		resource.TestStep{
			PreConfig: func() { f.forget(); cloud.listed() },
			Config:    config(1),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{f.says(), checkPlan(func() error {
				if got := cloud.listed(); len(got) > 0 {
					return fmt.Errorf("listed %q", got)
				}
				return nil
			})}},
		},
	)
}

func TestAccRetentionNotListed(t *testing.T) {
	t.Parallel()
	cloud := newRetentionCloud(5, "server-1")
	cloud.fails = backup.Errorf(backup.ErrDenied, "points are not for you")
	f := newFakeTest(t, cloud)
	f.run(
		resource.TestStep{Config: policyWith()},
		planOnce(f, policyWith("retention = { latest = 1 }"), `^WARNING: Deleted Points Not Known: .*Points are not for you\. Look at them with serverbackup_points .* before you apply\.$`),
		resource.TestStep{Config: policyWith("retention = { latest = 1 }")},
	)
}

// fullsCloud counts in its own way.
type fullsCloud struct{ *retentionCloud }

func (fullsCloud) DroppedPoints(_ context.Context, prior, next backup.Policy, points []backup.Point) ([]string, error) {
	if prior.Retention == nil || *next.Retention.Daily > 1 {
		return nil, nil
	}
	return []string{points[0].ID}, nil
}

func TestAccRetentionOfService(t *testing.T) {
	t.Parallel()
	f := newFakeTest(t, fullsCloud{newRetentionCloud(5, "server-1")})
	f.run(
		resource.TestStep{Config: policyWith("retention = { daily = 3 }")},
		planOnce(f, policyWith("retention = { daily = 2 }")),
		planOnce(f, policyWith("retention = { daily = 1 }"), `1 in all.*\n\n  server-1-1 of `),
	)
}

// TestKeptByZone: the zone of the policy cuts the days.
func TestKeptByZone(t *testing.T) {
	t.Parallel()
	day := func(hour int) time.Time { return time.Date(2026, 3, 1, hour, 0, 0, 0, time.UTC) }
	points := []backup.Point{
		{ID: "late", CreatedAt: day(20), ScheduleType: backup.SchedulePolicy},
		{ID: "early", CreatedAt: day(10), ScheduleType: backup.SchedulePolicy},
	}
	two := int64(2)
	for zone, want := range map[string]int{"UTC": 1, "Asia/Tokyo": 2} {
		kept := keptBy(backup.Policy{Timezone: zone, Retention: &backup.Retention{Daily: &two}}, points, day(21))
		if len(kept) != want || !kept["late"] {
			t.Errorf("%s: kept %v", zone, kept)
		}
	}
}
