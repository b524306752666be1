package provider

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// emptyState is a state of a resource in which nothing is set.
func emptyState(t *testing.T, r resource.Resource) tfsdk.State {
	t.Helper()
	var resp resource.SchemaResponse
	r.Schema(t.Context(), resource.SchemaRequest{}, &resp)
	object, ok := resp.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("a resource is no object")
	}
	return tfsdk.State{Schema: resp.Schema, Raw: tftypes.NewValue(object, nulls(object))}
}

// TestModels: a model is read and written as the framework would do it, and without its help.
func TestModels(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	policy, server, location, point := new(policyModel), new(serverModel), new(locationModel), new(pointModel)
	archive, restore := new(archiveModel), new(restoreModel)
	for name, c := range map[string]struct {
		resource resource.Resource
		model    any
		change   func()
	}{
		"policy":   {newPolicyResource(), policy, func() { policy.Name = types.StringValue("daily") }},
		"server":   {newServerResource(), server, func() { server.Enabled = types.BoolValue(true) }},
		"location": {newLocationResource(), location, func() { location.Name = types.StringUnknown() }},
		"point": {newPointResource(), point, func() {
			point.started(backup.Point{ID: "point-1", Status: backup.StatusAvailable, Volumes: []backup.VolumePoint{{ID: "volume-1", Name: "data"}}})
		}},
		"archive": {newArchiveResource(), archive, func() { archive.Path = types.StringValue("/a") }},
		"restore": {newRestoreResource(), restore, func() { restore.PointID = types.StringValue("point-1") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := emptyState(t, c.resource)
			theirs := reflect.New(reflect.TypeOf(c.model).Elem()).Interface()
			if diags := state.Get(ctx, theirs); diags.HasError() {
				t.Fatal(diags)
			}
			var object types.Object
			if diags := state.Get(ctx, &object); diags.HasError() || !fill(reflect.ValueOf(c.model).Elem(), object.Attributes()) {
				t.Fatalf("the framework has to read it: %v", diags)
			}
			if !reflect.DeepEqual(c.model, theirs) {
				t.Errorf("read:\n%+v\nthe framework:\n%+v", c.model, theirs)
			}
			c.change()
			sameAsFramework(ctx, t, state, c.model)
		})
	}
}

// sameAsFramework fails if a model is not written as the framework would do it.
func sameAsFramework(ctx context.Context, t *testing.T, state tfsdk.State, model any) {
	t.Helper()
	got, ok := rawOf(ctx, reflect.ValueOf(model), state.Schema.Type().TerraformType(ctx))
	if !ok {
		t.Fatal("the framework has to write it")
	}
	if diags := state.Set(ctx, model); diags.HasError() {
		t.Fatal(diags)
	}
	if !got.Equal(state.Raw) {
		t.Errorf("written:\n%s\nthe framework:\n%s", got, state.Raw)
	}
}

// TestModelOfObject: an object is read as the framework would do it, whether what is in it is null, known or unknown.
func TestModelOfObject(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	kinds := objectTypes(localLocationSchema())
	lock, ok := kinds["object_lock"].(types.ObjectType)
	if !ok {
		t.Fatal("object_lock is no object")
	}
	for name, c := range map[string]struct {
		lock attr.Value
		// framework says that it has to read the object.
		framework bool
	}{
		"null":    {types.ObjectNull(lock.AttrTypes), false},
		"known":   {types.ObjectValueMust(lock.AttrTypes, map[string]attr.Value{"mode": types.StringUnknown(), "days": types.Int64Value(7)}), false},
		"unknown": {types.ObjectUnknown(lock.AttrTypes), true},
	} {
		values := map[string]attr.Value{"object_lock": c.lock}
		for attribute, kind := range kinds {
			if attribute == "object_lock" {
				continue
			}
			null, err := kind.ValueFromTerraform(ctx, tftypes.NewValue(kind.TerraformType(ctx), nil))
			if err != nil {
				t.Fatal(err)
			}
			values[attribute] = null
		}
		object := types.ObjectValueMust(kinds, values)
		options := basetypes.ObjectAsOptions{UnhandledUnknownAsEmpty: true}
		got, want := localLocationModel{ObjectLock: &objectLockModel{}}, localLocationModel{}
		if diags := as(ctx, object, &got, options); diags.HasError() {
			t.Fatal(diags)
		}
		if diags := object.As(ctx, &want, options); diags.HasError() {
			t.Fatal(diags)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, the framework: %+v", name, got, want)
		}
		if filled := fill(reflect.ValueOf(&localLocationModel{}).Elem(), values); filled == c.framework {
			t.Errorf("%s: read without the framework: %t", name, filled)
		}
	}
}

// TestModelOfList: a list of models, of some with values that are missing, is written as the framework would do it.
func TestModelOfList(t *testing.T) {
	t.Parallel()
	var resp datasource.SchemaResponse
	newPointsDataSource().Schema(t.Context(), datasource.SchemaRequest{}, &resp)
	object, _ := resp.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	state := tfsdk.State{Schema: resp.Schema, Raw: tftypes.NewValue(object, nulls(object))}
	var model pointsModel
	if diags := state.Get(t.Context(), &model); diags.HasError() {
		t.Fatal(diags)
	}
	for _, points := range [][]pointElement{nil, {}, {
		pointElementOf(backup.Point{ID: "point-1"}),
		pointElementOf(backup.Point{
			ID: "point-2", Tags: map[string]string{"a": "b"}, CreatedAt: time.Unix(1, 0),
			Volumes: []backup.VolumePoint{{ID: "volume-1"}, {ID: "volume-2", Name: "data"}},
		}),
	}} {
		model.Points = points
		sameAsFramework(t.Context(), t, state, &model)
	}
}

// TestModelMismatch: what does not fit the schema is explained by the framework.
func TestModelMismatch(t *testing.T) {
	t.Parallel()
	state := emptyState(t, newPolicyResource())
	var wrong struct {
		Name types.Int64 `tfsdk:"name"`
	}
	if diags := get(t.Context(), state, &wrong); !diags.HasError() {
		t.Error("a model that does not fit was read")
	}
	if diags := set(t.Context(), &state, wrong); !diags.HasError() {
		t.Error("a model that does not fit was written")
	}
}
