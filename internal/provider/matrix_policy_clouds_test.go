package provider

import (
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
)

// TestMatrixPolicyVNGCloud changes each attribute of a policy alone, on vngcloud.
func TestMatrixPolicyVNGCloud(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCenter(t)
	kept := func(cadence string, count any) settings { return settings{"retention." + cadence: count} }
	also := func(rule, cadence string) settings {
		return settings{"schedules": []any{dailyRule, rule}}.with(kept(cadence, 4))
	}
	const everySixHours = "FREQ=DAILY;BYHOUR=1,7,13,19;BYMINUTE=0"
	const counts = "vngcloud.incrementals_per_full"
	table{
		resource: "serverbackup_policy", open: c.open, base: policyBase(kept("daily", 7)),
		rows: append(timeoutRows("create", "update", "delete"), []row{
			{path: "name", second: "renamed"},
			{path: "schedules", second: []any{otherDaily}},
			row{path: "schedules", second: []any{otherDaily}, imports: updates}.needing(settings{counts + ".daily": 3}),
			{path: "timezone", first: "Europe/Berlin", second: "Asia/Tokyo", normal: "UTC"},
			{path: "enabled", first: true, set: nothing, change: fails("Pause the servers|enabled"), second: false, normal: true, remove: nothing},
			row{path: "retention", first: map[string]any{"daily": 7}, second: map[string]any{"daily": 8}, must: true, remove: fails("Missing Retention")}.
				needing(kept("daily", nil)),
			{path: "retention.daily", second: 8, must: true, remove: fails("Missing Retention|Empty Retention")},
			row{path: "retention.hourly", first: 4, second: 5, must: true, remove: fails("Missing Retention")}.needing(also(everySixHours, "hourly")),
			row{path: "retention.weekly", first: 4, second: 5, must: true, remove: fails("Missing Retention")}.needing(also(weeklyRule, "weekly")),
			row{path: "retention.monthly", first: 4, second: 5, must: true, remove: fails("Missing Retention")}.needing(also(monthlyRule, "monthly")),
			{path: "incrementals_per_full", first: 3, second: 4, normal: 0},
			{path: "default", first: false, set: nothing, second: true, remove: nothing, drift: fails("Default Policy Needed"), finish: func() {
				// The default policy cannot be deleted.
				other := c.policy("Default-vBackup-Policy", func(p *backup.Policy) { p.Default = new(true) })
				must[backup.Policy](t)(c.service().UpdatePolicy(t.Context(), other))
			}},
			{path: "vngcloud", first: map[string]any{"protect_server": true}, second: map[string]any{"email_on": []any{"ERROR"}}},
			{path: "vngcloud.email_on", first: []any{"ERROR"}, second: []any{"ERROR", "SUCCESS"}},
			{path: "vngcloud.protect_server", first: false, second: true, normal: false},
			{path: counts, first: map[string]any{"daily": 3}, second: map[string]any{"daily": 4}, imports: updates},
			{path: counts + ".daily", first: 3, second: 4, imports: updates},
			row{path: counts + ".hourly", first: 3, second: 4, imports: updates}.needing(also(everySixHours, "hourly")),
			row{path: counts + ".weekly", first: 3, second: 4, imports: updates}.needing(also(weeklyRule, "weekly")),
			row{path: counts + ".monthly", first: 3, second: 4, imports: updates}.needing(also(monthlyRule, "monthly")),
			refused("description", "for web", "does not support description|description"),
			refused("retention.latest", 3, `retention\.latest`),
			refused("retention.yearly", 3, `retention\.yearly`),
			refused("retention.days", 3, `retention\.days`),
			refused("tags", map[string]any{"env": "prod"}, "tags"),
		}...),
	}.run(t)
}

// TestMatrixPolicyCSBS changes each attribute of a policy alone, on csbs.
func TestMatrixPolicyCSBS(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCSBS(t)
	table{
		resource: "serverbackup_policy", open: c.open, base: policyBase(settings{"retention.latest": 7}),
		rows: append(timeoutRows("create", "update", "delete"), []row{
			{path: "name", second: "renamed"},
			{path: "description", first: "for web", second: "for all"},
			{path: "schedules", second: []any{weeklyRule}},
			{path: "timezone", first: "Europe/Berlin", second: "Asia/Tokyo", normal: "UTC", imports: updates},
			{path: "enabled", first: true, set: nothing, second: false, normal: true},
			row{path: "retention", first: map[string]any{"latest": 7}, second: map[string]any{"latest": 8}}.needing(settings{"retention.latest": nil}),
			{path: "retention.latest", second: 8},
			{path: "retention.daily", first: 3, second: 4, blind: true},
			{path: "retention.weekly", first: 3, second: 4, blind: true},
			{path: "retention.monthly", first: 3, second: 4, blind: true},
			{path: "retention.yearly", first: 3, second: 4, blind: true},
			{path: "retention.days", first: 3, second: 4},
			{path: "tags", first: map[string]any{"env": "prod"}, second: map[string]any{"env": "test", "team": "web"}},
			refused("retention.hourly", 3, `retention\.hourly`),
			refused("incrementals_per_full", 3, "does not support incrementals_per_full"),
			refused("default", true, "does not support default"),
			refused("vngcloud", map[string]any{"protect_server": true}, "configured for csbs, so vngcloud means nothing"),
		}...),
	}.run(t)
}

// TestMatrixPolicyCBR changes each attribute of a policy alone, on cbr.
func TestMatrixPolicyCBR(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	c := newMatrixCBR(t, emulatedcbr.Options{Huawei: true})
	table{
		resource: "serverbackup_policy", open: c.open, base: policyBase(settings{"retention.latest": 7}),
		rows: append(timeoutRows("create", "update", "delete"), []row{
			{path: "name", second: "renamed"},
			{path: "schedules", second: []any{otherDaily, weeklyRule}},
			{path: "timezone", first: "Europe/Berlin", second: "Asia/Tokyo", normal: "UTC", imports: updates},
			{path: "enabled", first: true, set: nothing, second: false, normal: true},
			row{path: "retention", first: map[string]any{"latest": 7}, second: map[string]any{"latest": 8}}.needing(settings{"retention.latest": nil}),
			{path: "retention.latest", second: 8},
			{path: "retention.daily", first: 3, second: 4},
			{path: "retention.weekly", first: 3, second: 4},
			{path: "retention.monthly", first: 3, second: 4},
			{path: "retention.yearly", first: 3, second: 4},
			row{path: "retention.days", first: 3, second: 4}.needing(settings{"retention.latest": nil}),
			{path: "incrementals_per_full", first: 3, second: 4},
			refused("description", "for web", "does not support description"),
			refused("tags", map[string]any{"env": "prod"}, `Set cbr\.tags`),
			refused("retention.hourly", 3, `retention\.hourly`),
			refused("default", true, "does not support default|default"),
			refused("vngcloud", map[string]any{"protect_server": true}, "configured for cbr, so vngcloud means nothing"),
		}...),
	}.run(t)
}
