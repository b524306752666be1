package provider

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// withoutSecrets is what a service returns of the options that it was given.
func withoutSecrets(options any) any {
	o, ok := options.(local.LocationOptions)
	if !ok {
		return options
	}
	o.Password = ""
	if o.S3 != nil {
		s3 := *o.S3
		s3.AccessKey, s3.SecretKey, s3.SessionToken = "", "", ""
		o.S3 = &s3
	}
	return o
}

// emptyLocationModel is what an import begins with.
func emptyLocationModel() locationModel {
	return locationModel{
		SoftDelete: types.ObjectNull(objectTypes(softDeleteSchema())),
		Lock:       types.ObjectNull(objectTypes(locationLockSchema())),
		Local:      types.ObjectNull(objectTypes(localLocationSchema())),
	}
}

func TestLocationRoundTrip(t *testing.T) {
	t.Parallel()
	number := func(n int64) *int64 { return &n }
	yes := true
	for name, l := range map[string]backup.Location{
		"no options": {ID: "l", Name: "x", Default: &yes},
		"min":        {ID: "l", Name: "x", Options: local.LocationOptions{Repository: "/mnt/backup"}},
		"max": {
			ID: "l", Name: "x", QuotaBytes: number(500 << 30), SoftDelete: &backup.SoftDelete{RetentionDays: 7},
			Lock: &backup.LocationLock{MinDays: 7, MaxDays: number(90), GraceDays: number(0)},
			Options: local.LocationOptions{
				Repository: "s3://bucket/prefix",
				S3:         &local.S3Options{Endpoint: "https://s3.example.com", Region: "eu", CAFile: "/ca.pem", Profile: "backup"},
				ObjectLock: &local.ObjectLock{Mode: "COMPLIANCE", Days: 14},
			},
		},
		"empty s3": {ID: "l", Name: "x", Options: local.LocationOptions{Repository: "s3://bucket", S3: &local.S3Options{}}},
	} {
		m := emptyLocationModel()
		m.ID = types.StringValue(l.ID)
		if diags := m.fromDomain(t.Context(), l); diags.HasError() {
			t.Fatal(name, diags)
		}
		if m.ForceDestroy.IsNull() || m.ForceDestroy.ValueBool() {
			t.Errorf("%s: an import begins with force_destroy = %s", name, m.ForceDestroy)
		}
		got, diags := m.toDomain(t.Context())
		if diags.HasError() {
			t.Fatal(name, diags)
		}
		if diff := cmp.Diff(l, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestLocationReadKeeps what the configuration says in its own way, and nothing else.
func TestLocationReadKeeps(t *testing.T) {
	t.Parallel()
	m := emptyLocationModel()
	part := int64(3<<30 + 1)
	l := backup.Location{Name: "x", QuotaBytes: &part, Options: local.LocationOptions{Repository: "/mnt/backup", S3: &local.S3Options{Region: "eu"}}}
	m.Local = objectOf(t, localLocationModel{
		Repository: types.StringValue("/mnt/backup/"), PasswordVersion: types.Int64Value(3),
		S3: &localLocationS3Model{Endpoint: types.StringValue(""), Region: types.StringValue("us"), CredentialsVersion: types.Int64Value(4)},
	})
	m.Name = types.StringValue("y")
	if diags := m.fromDomain(t.Context(), l); diags.HasError() {
		t.Fatal(diags)
	}
	want := objectOf(t, localLocationModel{
		Repository: types.StringValue("/mnt/backup/"), PasswordVersion: types.Int64Value(3),
		S3: &localLocationS3Model{Endpoint: types.StringValue(""), Region: types.StringValue("eu"), CredentialsVersion: types.Int64Value(4)},
	})
	if !m.Local.Equal(want) || m.QuotaGB.ValueInt64() != 4 || m.Name.ValueString() != "x" {
		t.Errorf("got %s, quota %s, name %s", m.Local, m.QuotaGB, m.Name)
	}

	// What the configuration left out stays left out, unless this is an import.
	m.Local = types.ObjectNull(objectTypes(localLocationSchema()))
	if diags := m.fromDomain(t.Context(), l); diags.HasError() || !m.Local.IsNull() {
		t.Errorf("got %s, %v", m.Local, diags)
	}
	m.Local, m.Name = objectOf(t, localLocationModel{Repository: types.StringValue("/elsewhere")}), types.StringValue("x")
	if diags := m.fromDomain(t.Context(), l); diags.HasError() || m.Local.Attributes()["repository"].Equal(types.StringValue("/elsewhere")) {
		t.Errorf("got %s, %v", m.Local, diags)
	}
}

func objectOf(t *testing.T, m localLocationModel) types.Object {
	t.Helper()
	v, diags := types.ObjectValueFrom(t.Context(), objectTypes(localLocationSchema()), m)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return v
}

// TestLocationSecrets: what is new to the service is given to it, and nothing else.
func TestLocationSecrets(t *testing.T) {
	t.Parallel()
	version := types.Int64Value
	text := types.StringValue
	model := func(password, credentials types.Int64, secret bool) localLocationModel {
		m := localLocationModel{Repository: text("s3://b"), PasswordVersion: password, S3: &localLocationS3Model{CredentialsVersion: credentials}}
		if secret {
			m.Password, m.S3.AccessKey, m.S3.SecretKey = text("pass"), text("access"), text("secret")
		}
		return m
	}
	null := types.ObjectNull(objectTypes(localLocationSchema()))
	none := types.Int64Null()
	for name, c := range map[string]struct {
		plan, state           types.Object
		password, credentials bool
	}{
		"created":             {objectOf(t, model(none, none, false)), null, true, true},
		"created, versions":   {objectOf(t, model(version(1), version(1), false)), null, true, true},
		"the same":            {objectOf(t, model(version(1), version(1), false)), objectOf(t, model(version(1), version(1), false)), false, false},
		"imported":            {objectOf(t, model(version(1), version(1), false)), objectOf(t, model(none, none, false)), true, true},
		"password":            {objectOf(t, model(version(2), version(1), false)), objectOf(t, model(version(1), version(1), false)), true, false},
		"credentials":         {objectOf(t, model(version(1), version(2), false)), objectOf(t, model(version(1), version(1), false)), false, true},
		"s3 is written down":  {objectOf(t, model(none, none, false)), objectOf(t, localLocationModel{Repository: text("s3://b")}), false, true},
		"no versions, as was": {objectOf(t, model(none, none, false)), objectOf(t, model(none, none, false)), false, false},
	} {
		options, diags := localLocationToDomain(t.Context(), c.plan)
		options, d := localLocationWithSecrets(t.Context(), options, objectOf(t, model(version(9), version(9), true)), c.plan, c.state)
		diags.Append(d...)
		o, ok := options.(local.LocationOptions)
		if diags.HasError() || !ok {
			t.Fatal(name, diags)
		}
		if (o.Password == "pass") != c.password || (o.S3.AccessKey == "access") != c.credentials || (o.S3.SecretKey == "secret") != c.credentials {
			t.Errorf("%s: got %q, %q, %q", name, o.Password, o.S3.AccessKey, o.S3.SecretKey)
		}
	}
}
