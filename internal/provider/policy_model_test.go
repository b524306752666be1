package provider

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// emptyPolicyModel is what an import begins with.
func emptyPolicyModel() policyModel {
	return policyModel{
		Schedules: types.ListNull(types.StringType),
		Tags:      types.MapNull(types.StringType),
		Retention: types.ObjectNull(objectTypes(retentionSchema())),
	}
}

func TestPolicyRoundTrip(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]backup.Policy{
		"min": {ID: "p", Name: "x", Timezone: "UTC"},
		"max": {
			ID: "p", Name: "x", Description: "d", Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
			Timezone: "Europe/Berlin", Enabled: true, IncrementalsPerFull: new(int64(0)), Default: new(false),
			Tags: map[string]string{"a": "b"},
			Retention: &backup.Retention{
				Latest: new(int64(1)), Hourly: new(int64(2)), Daily: new(int64(3)), Weekly: new(int64(4)),
				Monthly: new(int64(5)), Yearly: new(int64(6)), Days: new(int64(7)),
			},
		},
	} {
		m := emptyPolicyModel()
		m.ID = types.StringValue(p.ID)
		if diags := m.fromDomain(t.Context(), p, backup.Policy{}); diags.HasError() {
			t.Fatal(name, diags)
		}
		got, diags := m.toDomain(t.Context())
		if diags.HasError() {
			t.Fatal(name, diags)
		}
		if diff := cmp.Diff(p, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestPolicyImportedSchedules: an empty list, since the attribute is required.
func TestPolicyImportedSchedules(t *testing.T) {
	t.Parallel()
	m := emptyPolicyModel()
	if diags := m.fromDomain(t.Context(), backup.Policy{}, backup.Policy{}); diags.HasError() {
		t.Fatal(diags)
	}
	if !m.Schedules.Equal(listOf(nil)) {
		t.Errorf("got %s", m.Schedules)
	}
}

func TestPolicyReadKeepsSpelling(t *testing.T) {
	t.Parallel()
	const spelled, canonical = "freq=daily;byminute=0;byhour=1", "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"
	m := emptyPolicyModel()
	m.Name, m.Schedules = types.StringValue("x"), listOf([]string{spelled})
	for _, c := range []struct{ remote, want string }{{canonical, spelled}, {"FREQ=DAILY;BYHOUR=2;BYMINUTE=0", "FREQ=DAILY;BYHOUR=2;BYMINUTE=0"}} {
		if diags := m.fromDomain(t.Context(), backup.Policy{Schedules: []string{c.remote}}, backup.Policy{Schedules: []string{spelled}}); diags.HasError() {
			t.Fatal(diags)
		}
		if !m.Schedules.Equal(listOf([]string{c.want})) {
			t.Errorf("%s: got %s", c.remote, m.Schedules)
		}
	}
}

// TestPolicySettle: Terraform holds the provider to what was planned.
func TestPolicySettle(t *testing.T) {
	t.Parallel()
	m := emptyPolicyModel()
	m.Name = types.StringValue("planned")
	m.Default, m.CreatedAt = types.BoolUnknown(), types.StringUnknown()
	m.settle(backup.Policy{ID: "p", Name: "trimmed", Default: new(true), CreatedAt: time.Unix(0, 0)})
	if m.ID.ValueString() != "p" || m.Name.ValueString() != "planned" || !m.Default.ValueBool() || m.CreatedAt.ValueString() != "1970-01-01T00:00:00Z" {
		t.Errorf("got %+v", m)
	}
	m.settle(backup.Policy{ID: "p", Default: new(false), CreatedAt: time.Unix(9, 0)})
	if !m.Default.ValueBool() || m.CreatedAt.ValueString() != "1970-01-01T00:00:00Z" {
		t.Errorf("a planned value was changed: %+v", m)
	}
}

// TestPolicyPlanWithUnknowns: what is not known is not there, rather than zero.
func TestPolicyPlanWithUnknowns(t *testing.T) {
	t.Parallel()
	m := emptyPolicyModel()
	m.Name, m.IncrementalsPerFull = types.StringUnknown(), types.Int64Unknown()
	m.Schedules = types.ListUnknown(types.StringType)
	m.Retention = types.ObjectUnknown(objectTypes(retentionSchema()))
	got, diags := m.toDomain(t.Context())
	if diags.HasError() {
		t.Fatal(diags)
	}
	if diff := cmp.Diff(backup.Policy{}, got); diff != "" {
		t.Error(diff)
	}
	rules := newRetentionModel(&backup.Retention{Daily: new(int64(7))})
	rules.Weekly = types.Int64Unknown()
	m.Retention, diags = types.ObjectValueFrom(t.Context(), objectTypes(retentionSchema()), rules)
	if diags.HasError() {
		t.Fatal(diags)
	}
	got, diags = m.toDomain(t.Context())
	if diags.HasError() || got.Retention.Weekly != nil || *got.Retention.Daily != 7 {
		t.Errorf("got %+v, %v", got.Retention, diags)
	}
}
