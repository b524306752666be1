package provider

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// queryTest asks for lists as a CLI does that has "terraform query"; that of the tests may be older.
type queryTest struct {
	*actionTest
	lists   tfprotov6.ListResourceServer
	schemas *tfprotov6.GetProviderSchemaResponse
	kind    string
}

func newQueryTest(t *testing.T, kind string, service backup.Service) *queryTest {
	t.Helper()
	a := newActionTest(t, backupName, service)
	lists, ok := a.server.(tfprotov6.ListResourceServer)
	if !ok {
		t.Fatal("the provider has no list resources")
	}
	schemas, err := a.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return &queryTest{actionTest: a, lists: lists, schemas: schemas, kind: typeName + "_" + kind}
}

// list returns the results in lines, and what was said.
func (q *queryTest) list(values map[string]tftypes.Value, limit int64) (results []tfprotov6.ListResourceResult, names []string, said string) {
	q.t.Helper()
	block := objectType(q.t, q.schemas.ListResourceSchemas[q.kind])
	all := nulls(block)
	for name, value := range values {
		all[name] = value
	}
	config := q.dynamic(block, all)
	checked, err := q.lists.ValidateListResourceConfig(q.t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: q.kind, Config: config})
	if err != nil {
		q.t.Fatal(err)
	}
	if said := inLines(checked.Diagnostics); said != "" {
		return nil, nil, said
	}
	stream, err := q.lists.ListResource(q.t.Context(), &tfprotov6.ListResourceRequest{TypeName: q.kind, Config: config, IncludeResource: true, Limit: limit})
	if err != nil {
		q.t.Fatal(err)
	}
	for result := range stream.Results {
		said += inLines(result.Diagnostics)
		if result.Identity != nil {
			results, names = append(results, result), append(names, result.DisplayName)
		}
	}
	return results, names, said
}

// adopt imports what a query found, with the configuration that is generated of it, and wants an empty plan.
func (q *queryTest) adopt(found tfprotov6.ListResourceResult) {
	q.t.Helper()
	ctx, schema := q.t.Context(), q.schemas.ResourceSchemas[q.kind]
	object := objectType(q.t, schema)
	quiet := func(step string, diagnostics []*tfprotov6.Diagnostic, err error) {
		q.t.Helper()
		if err != nil {
			q.t.Fatal(step, err)
		}
		if said := inLines(diagnostics); said != "" {
			q.t.Errorf("%s: %s", step, said)
		}
	}
	generated, err := q.server.GenerateResourceConfig(ctx, &tfprotov6.GenerateResourceConfigRequest{TypeName: q.kind, State: found.Resource})
	quiet("generate", generated.Diagnostics, err)
	valid, err := q.server.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: q.kind, Config: generated.Config})
	quiet("validate", valid.Diagnostics, err)

	imported, err := q.server.ImportResourceState(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: q.kind, Identity: found.Identity})
	quiet("import", imported.Diagnostics, err)
	if len(imported.ImportedResources) != 1 {
		q.t.Fatalf("imported %v", imported.ImportedResources)
	}
	one := imported.ImportedResources[0]
	read, err := q.server.ReadResource(ctx, &tfprotov6.ReadResourceRequest{
		TypeName: q.kind, CurrentState: one.State, Private: one.Private, CurrentIdentity: one.Identity,
	})
	quiet("read", read.Diagnostics, err)
	state, err := read.NewState.Unmarshal(object)
	if err != nil {
		q.t.Fatal(err)
	}
	listed, err := found.Resource.Unmarshal(object)
	if err != nil {
		q.t.Fatal(err)
	}
	if diff, err := state.Diff(listed); err != nil || len(diff) > 0 {
		q.t.Errorf("%s: what is listed and what is imported differ: %v, %v", found.DisplayName, diff, err)
	}

	config, err := generated.Config.Unmarshal(object)
	if err != nil {
		q.t.Fatal(err)
	}
	proposed, err := tfprotov6.NewDynamicValue(object, proposed(q.t, schema.Block.Attributes, state, config))
	if err != nil {
		q.t.Fatal(err)
	}
	plan, err := q.server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
		TypeName: q.kind, PriorState: read.NewState, ProposedNewState: &proposed, Config: generated.Config,
		PriorPrivate: read.Private, PriorIdentity: read.NewIdentity,
	})
	quiet("plan", plan.Diagnostics, err)
	planned, err := plan.PlannedState.Unmarshal(object)
	if err != nil {
		q.t.Fatal(err)
	}
	if diff, err := planned.Diff(state); err != nil || len(diff) > 0 {
		q.t.Errorf("%s: the plan is not empty: %v, %v", found.DisplayName, diff, err)
	}
}

// proposed is what Terraform proposes to the provider: the configuration, and where that says nothing of a
// computed attribute, the state.
func proposed(t *testing.T, attributes []*tfprotov6.SchemaAttribute, prior, config tftypes.Value) tftypes.Value {
	t.Helper()
	if config.IsNull() || prior.IsNull() {
		return config
	}
	var had, want map[string]tftypes.Value
	if err := prior.As(&had); err != nil {
		t.Fatal(err)
	}
	if err := config.As(&want); err != nil {
		t.Fatal(err)
	}
	for _, a := range attributes {
		switch {
		case a.Computed && want[a.Name].IsNull():
			want[a.Name] = had[a.Name]
		case a.NestedType != nil && a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
			want[a.Name] = proposed(t, a.NestedType.Attributes, had[a.Name], want[a.Name])
		}
	}
	return tftypes.NewValue(config.Type(), want)
}

// expectFound compares display names.
func expectFound(t *testing.T, names []string, said string, want ...string) {
	t.Helper()
	if said != "" {
		t.Error(said)
	}
	if strings.Join(names, "\n") != strings.Join(want, "\n") {
		t.Errorf("found %q, want %q", names, want)
	}
}

// TestLocalQuery: everything on a real store is found, and adopted without a change.
func TestLocalQuery(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store := accStore{t: t, dir: dir + "/repository", files: dir + "/files"}
	writeFile(t, store.files+"/a.txt", "content of a")
	service := store.service()
	ctx := t.Context()
	seven := int64(7)
	for _, p := range []backup.Policy{
		{Name: "nightly", Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}, Timezone: "Europe/Berlin", Enabled: true, Retention: &backup.Retention{Daily: &seven}, IncrementalsPerFull: &seven},
		{Name: "by hand", Description: "nothing runs", Timezone: "UTC"},
	} {
		if _, err := service.CreatePolicy(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	quota := int64(5 << 30)
	location, err := service.CreateLocation(ctx, backup.Location{
		Name: "offsite", QuotaBytes: &quota, SoftDelete: &backup.SoftDelete{RetentionDays: 3}, Lock: &backup.LocationLock{MinDays: 1},
		Options: local.LocationOptions{Repository: dir + "/offsite", Password: "a password of its own"},
	})
	if err != nil {
		t.Fatal(err)
	}
	web := localServer(t, store, service)
	if _, err := service.CreateServer(ctx, backup.Server{
		Name: "far", LocationID: location.ID, Options: local.ServerOptions{Sources: []string{dir}, Exclude: []string{"*.tmp"}, OnUnreadable: local.UnreadableWarns},
	}); err != nil {
		t.Fatal(err)
	}
	point, err := service.StartPoint(ctx, backup.PointRequest{ServerID: web, Name: "first", Description: "the first one", Tags: map[string]string{"a": "b"}})
	if err != nil {
		t.Fatal(err)
	}
	point, err = backup.WaitPoint(ctx, service, point, backup.WaitOptions{Interval: ownPollInterval})
	if err != nil || point.Status != backup.StatusAvailable {
		t.Fatal(point, err)
	}
	shown := fmt.Sprintf("web first, %s, available", point.CreatedAt.UTC().Format(time.RFC3339))
	for kind, want := range map[string][]string{
		"policy": {"by hand", "nightly"}, "server": {"far", "web"}, "location": {"main", "offsite"}, "point": {shown},
	} {
		q := newQueryTest(t, kind, service)
		results, names, said := q.list(nil, 0)
		expectFound(t, names, said, want...)
		for _, result := range results {
			q.adopt(result)
		}
	}
}

// TestCloudQuery: what only clouds have is adopted without a change as well.
func TestCloudQuery(t *testing.T) {
	t.Parallel()
	service := newFakeLocator("cloud")
	ctx := t.Context()
	for _, name := range []string{"first", "second"} {
		if _, err := service.CreatePolicy(ctx, backup.Policy{Name: name, Timezone: "UTC", Tags: map[string]string{"a": "b"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := service.CreateServer(ctx, backup.Server{InstanceID: name, Enabled: true, ExcludeVolumeIDs: []string{"v-2", "v-1"}}); err != nil {
			t.Fatal(err)
		}
		isDefault := name == "second"
		if _, err := service.CreateLocation(ctx, backup.Location{Name: name, Region: "r-" + name, Default: &isDefault, SoftDelete: &backup.SoftDelete{RetentionDays: 7}}); err != nil {
			t.Fatal(err)
		}
	}
	full := []backup.Point{
		{ID: "p-1", ServerID: "s-1", Status: backup.StatusAvailable, CreatedAt: fakeStart},
		{ID: "p-2", ServerID: "s-1", ServerName: "web", Name: "n", Status: backup.StatusError, Error: "broken", CreatedAt: fakeStart, ScheduleType: backup.SchedulePolicy},
		{ID: "p-3", ServerID: "s-2", ServerName: "db", Status: backup.StatusAvailable, CreatedAt: time.Now(), Type: backup.TypeFull, Tags: map[string]string{"a": "b"}},
		{ID: "gone", ServerID: "s-2", Status: backup.StatusAvailable, DeletionStatus: backup.DeletionSoftDeleted},
	}
	service.points = full
	set := func(name, value string) map[string]tftypes.Value {
		return map[string]tftypes.Value{name: textOf(value)}
	}
	recent := fmt.Sprintf("db, %s, available", full[2].CreatedAt.UTC().Format(time.RFC3339))
	const broken = "web n, 2026-03-01T12:00:00Z, error"
	for _, c := range []struct {
		kind   string
		values map[string]tftypes.Value
		limit  int64
		want   []string
	}{
		{"policy", nil, 0, []string{"first", "second"}},
		{"policy", nil, 1, []string{"first"}},
		{"policy", set("name", "SECO"), 0, []string{"second"}},
		{"policy", map[string]tftypes.Value{"default": tftypes.NewValue(tftypes.Bool, true)}, 0, nil},
		{"server", nil, 0, []string{"vm first", "vm second"}},
		{"server", set("instance_id", "second"), 0, []string{"vm second"}},
		{"server", set("policy_id", "policy-default"), 0, []string{"vm first", "vm second"}},
		{"server", set("name", "third"), 0, nil},
		{"location", nil, 0, []string{"first", "second"}},
		{"location", set("region", "r-first"), 0, []string{"first"}},
		{"location", map[string]tftypes.Value{"default": tftypes.NewValue(tftypes.Bool, true)}, 0, []string{"second"}},
		{"point", nil, 0, []string{recent, broken, "s-1, 2026-03-01T12:00:00Z, available"}},
		{"point", nil, 2, []string{recent, broken}},
		{"point", set("server_id", "s-2"), 0, []string{recent}},
		{"point", set("server_name", "WEB"), 0, []string{broken}},
		{"point", set("schedule_type", "policy"), 0, []string{broken}},
		{"point", set("type", "full"), 0, []string{recent}},
		{"point", set("max_age", "1h"), 0, []string{recent}},
		{"point", map[string]tftypes.Value{"status": textsOf("error")}, 0, []string{broken}},
		{"point", map[string]tftypes.Value{"tags": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"a": textOf("b")})}, 0, []string{recent}},
	} {
		q := newQueryTest(t, c.kind, service)
		results, names, said := q.list(c.values, c.limit)
		expectFound(t, names, said, c.want...)
		for i, result := range results {
			// Another one is planned in the place of a point in error, whoever made the configuration.
			if names[i] != broken {
				q.adopt(result)
			}
		}
	}
}

func TestQueryRefused(t *testing.T) {
	t.Parallel()
	unidentified := newFakeCloud()
	unidentified.unidentified, unidentified.writes = true, 1
	unidentified.points = []backup.Point{{ID: "p-1"}}
	tags := tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"unsupported": textOf("b")})
	isDefault := map[string]tftypes.Value{"default": tftypes.NewValue(tftypes.Bool, true)}
	for _, c := range []struct {
		kind    string
		service backup.Service
		values  map[string]tftypes.Value
		want    string
	}{
		{"location", newFakeCloud(), nil, "ERROR: Unable to List Backup Locations: The configured backup service has no locations"},
		{"location", newFakeLocator("local"), isDefault, "ERROR: Attribute Not Supported: There is no default."},
		{"server", newFakeLocator("cloud"), map[string]tftypes.Value{"location_id": textOf("nosuch")}, "ERROR: Location Not Found: "},
		{"point", unidentified, nil, "ERROR: Unable to Identify the Backup Store: the token is stale"},
		{"point", newFakeService(), map[string]tftypes.Value{"tags": tags}, "ERROR: Unable to List Backup Points: Points of this service have no tags"},
		{"point", newFakeService(), map[string]tftypes.Value{"from": textOf("2026-01-02T00:00:00Z"), "to": textOf("2026-01-01T00:00:00Z")}, "ERROR: Invalid Time Window: "},
		{"point", newFakeService(), map[string]tftypes.Value{"status": textsOf("lost")}, "ERROR: Invalid Attribute Value Match: "},
		{"policy", newFakeCloud(), map[string]tftypes.Value{"name": textOf("")}, "ERROR: Invalid Attribute Value Length: "},
		{"policy", nil, nil, "ERROR: Provider Configuration Not Known Yet: "},
		{"server", nil, nil, "ERROR: Provider Configuration Not Known Yet: "},
		{"location", nil, nil, "ERROR: Provider Configuration Not Known Yet: "},
		{"point", nil, nil, "ERROR: Provider Configuration Not Known Yet: "},
	} {
		if results, _, said := newQueryTest(t, c.kind, c.service).list(c.values, 0); !strings.HasPrefix(said, c.want) || len(results) > 0 {
			t.Errorf("%s: said %q, want %s", c.kind, said, c.want)
		}
	}
}

// TestEveryIdentityCanBeListed: what can be adopted can be found.
func TestEveryIdentityCanBeListed(t *testing.T) {
	t.Parallel()
	q := newQueryTest(t, "policy", newFakeService())
	identities, err := q.server.GetResourceIdentitySchemas(t.Context(), &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name := range identities.IdentitySchemas {
		s := q.schemas.ListResourceSchemas[name]
		if s == nil {
			t.Errorf("%s cannot be listed", name)
			continue
		}
		if s.Block.Description == "" {
			t.Errorf("the list of %s has no description", name)
		}
		undescribed(t, "list of "+name, s.Block.Attributes)
	}
}
