package provider

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// serviceWithPoints has points that differ in everything that filters select by, oldest first.
func serviceWithPoints() *fakeService {
	service := newFakeService()
	files := int64(2)
	instant := true
	size := int64(3 << 29)
	service.points = []backup.Point{
		{
			ID: "p-old", ServerID: "s-1", ServerName: "Web-1", InstanceID: "i-1", Name: "Before Upgrade", LocationID: "l-1", LocationName: "vault",
			Status: backup.StatusAvailable, ServiceStatus: "OK", Type: backup.TypeFull, ScheduleType: backup.ScheduleManual,
			CreatedAt: fakeStart, FinishedAt: fakeStart.Add(time.Minute), Tags: map[string]string{"env": "prod", "team": "web"},
			SizeBytes: &size, SourceSizeBytes: &size, IncompleteFiles: &files, InstantRestore: &instant, DeletionStatus: backup.DeletionPresent,
			Volumes: []backup.VolumePoint{{ID: "v-1", SourceID: "/etc", Status: backup.StatusAvailable, Type: backup.TypeFull, SizeBytes: &size}},
		},
		{
			ID: "p-deleted", ServerID: "s-1", ServerName: "Web-1", Status: backup.StatusAvailable, CreatedAt: fakeStart.Add(24 * time.Hour),
			DeletionStatus: backup.DeletionSoftDeleted, RecoverUntil: fakeStart.Add(72 * time.Hour),
		},
		{
			ID: "p-failed", ServerID: "s-2", ServerName: "db", Status: backup.StatusError, Error: "disk on fire", PolicyID: "pol-1",
			ScheduleType: backup.SchedulePolicy, CreatedAt: fakeStart.Add(48 * time.Hour), Tags: map[string]string{"env": "prod"},
		},
		{
			ID: "p-new", ServerID: "s-1", ServerName: "Web-1", Status: backup.StatusAvailable, Type: backup.TypeIncremental, PolicyID: "pol-1",
			ScheduleType: backup.SchedulePolicy, CreatedAt: time.Now().Add(-time.Hour),
		},
	}
	return service
}

func points(arguments string) string {
	return "data \"serverbackup_points\" \"x\" {\n" + arguments + "\n}\n"
}

func pointsHave(attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue("data.serverbackup_points.x", tfjsonpath.New(attribute), value)
}

// filterCase is one use of a data source and the ids of what it finds.
type filterCase struct {
	arguments string
	ids       []string
}

// filterStep tries all cases at once: each command of the CLI takes its time.
func filterStep(dataSource, list, key string, cases []filterCase) resource.TestStep {
	var step resource.TestStep
	for i, c := range cases {
		name := fmt.Sprintf("case-%d", i)
		address := "data." + dataSource + "." + name
		step.Config += fmt.Sprintf("data %q %q {\n%s\n}\n", dataSource, name, c.arguments)
		step.ConfigStateChecks = append(step.ConfigStateChecks,
			statecheck.ExpectKnownValue(address, tfjsonpath.New(list), idsOf(key, c.ids...)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("total_count"), knownvalue.Int64Exact(int64(len(c.ids)))),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("truncated"), knownvalue.Bool(false)),
		)
	}
	return step
}

func idsOf(key string, ids ...string) knownvalue.Check {
	rows := make([]knownvalue.Check, len(ids))
	for i, id := range ids {
		rows[i] = knownvalue.ObjectPartial(map[string]knownvalue.Check{key: knownvalue.StringExact(id)})
	}
	return knownvalue.ListExact(rows)
}

func TestAccPointsFilters(t *testing.T) {
	t.Parallel()
	newFakeTest(t, serviceWithPoints()).run(filterStep("serverbackup_points", "points", "id", []filterCase{
		{``, []string{"p-new", "p-failed", "p-old"}},
		{`server_id = "s-1"`, []string{"p-new", "p-old"}},
		{`server_name = "WEB"`, []string{"p-new", "p-old"}},
		{`instance_id = "i-1"`, []string{"p-old"}},
		{`location_id = "l-1"`, []string{"p-old"}},
		{`ids = ["p-old", "p-new", "p-none"]`, []string{"p-new", "p-old"}},
		{`ids = []`, nil},
		{`name = "upgrade"`, []string{"p-old"}},
		{`status = ["error", "creating"]`, []string{"p-failed"}},
		{`type = "full"`, []string{"p-old"}},
		{`schedule_type = "policy"`, []string{"p-new", "p-failed"}},
		{`from = "2026-03-03T12:00:00Z"`, []string{"p-new", "p-failed"}},
		{`to = "2026-03-03T12:00:00Z"`, []string{"p-old"}},
		{"from = \"2026-03-01T13:00:00+01:00\"\nto = \"2026-03-02T00:00:00Z\"", []string{"p-old"}},
		{`max_age = "26h"`, []string{"p-new"}},
		{`tags = { env = "prod" }`, []string{"p-failed", "p-old"}},
		{`tags = { env = "prod", team = "web" }`, []string{"p-old"}},
		{"server_id = \"s-1\"\ninclude_deleted = true", []string{"p-new", "p-deleted", "p-old"}},
		{"server_id = \"s-1\"\nstatus = [\"error\"]", nil},
	}))
}

func TestAccPointsElement(t *testing.T) {
	t.Parallel()
	newFakeTest(t, serviceWithPoints()).run(resource.TestStep{
		Config: points(`include_deleted = true`),
		ConfigStateChecks: []statecheck.StateCheck{pointsHave("points", knownvalue.ListPartial(map[int]knownvalue.Check{
			1: knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"error": knownvalue.StringExact("disk on fire"), "policy_id": knownvalue.StringExact("pol-1"), "size_bytes": knownvalue.Null(), "size_gb": knownvalue.Null(),
			}),
			2: knownvalue.ObjectPartial(map[string]knownvalue.Check{
				"deletion_status": knownvalue.StringExact("soft_deleted"), "recover_until": knownvalue.StringExact("2026-03-04T12:00:00Z"),
				"tags": knownvalue.Null(), "type": knownvalue.Null(), "schedule_type": knownvalue.Null(),
			}),
			3: knownvalue.ObjectExact(map[string]knownvalue.Check{
				"id": knownvalue.StringExact("p-old"), "server_id": knownvalue.StringExact("s-1"), "server_name": knownvalue.StringExact("Web-1"),
				"instance_id": knownvalue.StringExact("i-1"), "name": knownvalue.StringExact("Before Upgrade"), "status": knownvalue.StringExact("available"),
				"service_status": knownvalue.StringExact("OK"), "type": knownvalue.StringExact("full"), "schedule_type": knownvalue.StringExact("manual"),
				"policy_id": knownvalue.Null(), "location_id": knownvalue.StringExact("l-1"), "location_name": knownvalue.StringExact("vault"),
				"created_at": knownvalue.StringExact("2026-03-01T12:00:00Z"), "finished_at": knownvalue.StringExact("2026-03-01T12:01:00Z"),
				"size_bytes": knownvalue.Int64Exact(3 << 29), "size_gb": knownvalue.Float64Exact(1.5), "source_size_bytes": knownvalue.Int64Exact(3 << 29),
				"tags":     knownvalue.MapExact(map[string]knownvalue.Check{"env": knownvalue.StringExact("prod"), "team": knownvalue.StringExact("web")}),
				"progress": knownvalue.Null(), "error": knownvalue.Null(), "instant_restore": knownvalue.Bool(true), "incomplete_files": knownvalue.Int64Exact(2),
				"deletion_status": knownvalue.StringExact("present"), "recover_until": knownvalue.Null(),
			}),
		}))},
	})
}

func TestAccPointsTruncated(t *testing.T) {
	t.Parallel()
	service := serviceWithPoints()
	test := newFakeTest(t, service)
	test.run(resource.TestStep{
		Config: points(`limit = 2`),
		Check:  test.saysNow(`WARNING: List Truncated: 3 points match, and the newest 2`),
		ConfigStateChecks: []statecheck.StateCheck{
			pointsHave("points", idsOf("id", "p-new", "p-failed")),
			pointsHave("total_count", knownvalue.Int64Exact(3)),
			pointsHave("truncated", knownvalue.Bool(true)),
		},
	})
}

func TestCollect(t *testing.T) {
	t.Parallel()
	read := 0
	count := func(yield func(int, error) bool) {
		for read = 1; read <= 1003; read++ {
			if !yield(read, nil) {
				return
			}
		}
	}
	same := func(i int) int { return i }
	var (
		model rowsModel
		diags diag.Diagnostics
	)
	rows, err := collect(&model, "rows", 0, count, same, &diags)
	if err != nil || len(rows) != 1000 || model.TotalCount.ValueInt64() != 1003 || !model.Truncated.ValueBool() || diags.WarningsCount() != 1 {
		t.Errorf("by default: %d rows, %+v, %v, %v", len(rows), model, diags, err)
	}
	diags = nil
	rows, err = collect(&model, "rows", 2, count, same, &diags)
	if err != nil || len(rows) != 2 || read != 2 || model.Truncated.ValueBool() || len(diags) != 0 {
		t.Errorf("with enough: %d rows of %d read, %+v, %v, %v", len(rows), read, model, diags, err)
	}
}

func TestAccPointsErrors(t *testing.T) {
	t.Parallel()
	var tags string
	for i := range 11 {
		tags += fmt.Sprintf("t%d = \"x\"\n", i)
	}
	test := newFakeTest(t, serviceWithPoints())
	var steps []resource.TestStep
	for arguments, message := range map[string]string{
		"tags = {\n" + tags + "}":                                        `(?s)Attribute tags map must\s+contain at most 10`,
		"from = \"2026-03-03T12:00:00Z\"\nmax_age = \"1h\"":              `(?s)"max_age" cannot be\s+specified when "from"`,
		"from = \"2026-03-03T12:00:00Z\"\nto = \"2026-03-03T12:00:00Z\"": "Invalid Time Window",
		`from = "yesterday"`:                                             `RFC\s+3339`,
		`max_age = "26 hours"`:                                           "Duration",
		`max_age = "-1h"`:                                                "must not be negative",
		`status = ["missing"]`:                                           `value must be one of`,
		`status = []`:                                                    `at least 1`,
		`type = "differential"`:                                          `value must be one of`,
		`schedule_type = "cron"`:                                         `value must be one of`,
		`limit = 0`:                                                      `at least 1`,
		`tags = { unsupported = "anything" }`:                            `(?s)Unable to List Backup Points.*remove the\s+filter tags`,
	} {
		steps = append(steps, resource.TestStep{Config: points(arguments), PlanOnly: true, ExpectError: regexp.MustCompile(message)})
	}
	test.run(steps...)
}
