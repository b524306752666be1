package provider

import "testing"

const (
	dailyRule   = "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"
	otherDaily  = "FREQ=DAILY;BYHOUR=2;BYMINUTE=0"
	weeklyRule  = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0"
	monthlyRule = "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0"
)

// policyBase is the least that a policy needs on most services.
func policyBase(more settings) settings {
	return settings{"name": "nightly", "schedules": []any{dailyRule}}.with(more)
}

// TestMatrixPolicyLocal changes each attribute of a policy alone, on local.
func TestMatrixPolicyLocal(t *testing.T) { //nolint:tparallel // the rows share a service
	t.Parallel()
	store := newMatrixStore(t)
	table{
		resource: "serverbackup_policy", open: store.open, base: policyBase(nil),
		rows: append(timeoutRows("create", "update", "delete"), []row{
			{path: "name", second: "renamed"},
			{path: "description", first: "for web", second: "for all"},
			{path: "schedules", second: []any{otherDaily, weeklyRule}},
			{path: "timezone", first: "Europe/Berlin", second: "Asia/Tokyo", normal: "UTC"},
			{path: "enabled", first: true, set: nothing, second: false, normal: true},
			{path: "retention", first: map[string]any{"daily": 7}, second: map[string]any{"weekly": 4, "days": 30}},
			{path: "retention.latest", first: 3, second: 4},
			{path: "retention.hourly", first: 3, second: 4},
			{path: "retention.daily", first: 3, second: 4},
			{path: "retention.weekly", first: 3, second: 4},
			{path: "retention.monthly", first: 3, second: 4},
			{path: "retention.yearly", first: 3, second: 4},
			{path: "retention.days", first: 3, second: 4},
			{path: "incrementals_per_full", first: 6, second: 0},
			refused("default", true, "does not support default"),
			refused("tags", map[string]any{"env": "prod"}, "does not support tags"),
			refused("vngcloud", map[string]any{"protect_server": true}, "configured for local, so vngcloud means nothing"),
		}...),
	}.run(t)
}
