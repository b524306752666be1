package provider

import (
	"context"
	"reflect"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The framework's own conversion of structs compiles a regular expression for each field of each of them
// (https://github.com/hashicorp/terraform-plugin-framework/issues/725), which took half of the time of a list. What get and
// set do not understand they leave to the framework, which also says what is wrong with it.

// getter is a configuration, plan or state.
type getter interface {
	Get(ctx context.Context, model any) diag.Diagnostics
}

// get reads a configuration, plan or state into the model that model points to.
func get(ctx context.Context, from getter, model any) diag.Diagnostics {
	var object types.Object
	diags := from.Get(ctx, &object)
	if !diags.HasError() && !fill(reflect.ValueOf(model).Elem(), object.Attributes()) {
		return from.Get(ctx, model)
	}
	return diags
}

// as reads an object into the model that model points to.
func as(ctx context.Context, from types.Object, model any, options basetypes.ObjectAsOptions) diag.Diagnostics {
	if from.IsNull() || from.IsUnknown() || !fill(reflect.ValueOf(model).Elem(), from.Attributes()) {
		return from.As(ctx, model, options)
	}
	return nil
}

// fill sets all fields of a model, or says that it cannot.
func fill(model reflect.Value, values map[string]attr.Value) bool {
	fields := fieldsOf(model.Type())
	if len(fields) != len(values) {
		return false
	}
	for name, index := range fields {
		if !fillField(model.FieldByIndex(index), values[name]) {
			return false
		}
	}
	return true
}

// fillField sets a field of a model. A null leaves pointers and slices nil; what points to a model takes an object.
func fillField(field reflect.Value, from attr.Value) bool {
	if from == nil {
		return false
	}
	kind := field.Kind()
	if value := reflect.ValueOf(from); value.Type().AssignableTo(field.Type()) {
		field.Set(value)
		return true
	}
	if from.IsNull() && (kind == reflect.Pointer || kind == reflect.Slice) {
		field.SetZero()
		return true
	}
	object, ok := from.(types.Object)
	if !ok || object.IsUnknown() || kind != reflect.Pointer || field.Type().Elem().Kind() != reflect.Struct {
		return false
	}
	field.Set(reflect.New(field.Type().Elem()))
	return fill(field.Elem(), object.Attributes())
}

// set makes a model, or what a pointer to one points to, the state.
func set(ctx context.Context, state *tfsdk.State, model any) diag.Diagnostics {
	if value, ok := rawOf(ctx, reflect.ValueOf(model), state.Schema.Type().TerraformType(ctx)); ok {
		return state.Set(ctx, value)
	}
	return state.Set(ctx, model)
}

// rawOf is what Terraform is told of a model or of a part of it.
func rawOf(ctx context.Context, from reflect.Value, kind tftypes.Type) (tftypes.Value, bool) {
	if value, ok := from.Interface().(attr.Value); ok {
		raw, err := value.ToTerraformValue(ctx)
		return raw, err == nil && raw.Type().Equal(kind)
	}
	switch from.Kind() {
	case reflect.Pointer:
		if from.IsNil() {
			return tftypes.NewValue(kind, nil), true
		}
		return rawOf(ctx, from.Elem(), kind)
	case reflect.Slice:
		return rawList(ctx, from, kind)
	case reflect.Struct:
		return rawObject(ctx, from, kind)
	default:
		return tftypes.Value{}, false
	}
}

func rawList(ctx context.Context, from reflect.Value, kind tftypes.Type) (tftypes.Value, bool) {
	list, ok := kind.(tftypes.List)
	if !ok {
		return tftypes.Value{}, false
	}
	if from.IsNil() {
		return tftypes.NewValue(kind, nil), true
	}
	elements := make([]tftypes.Value, from.Len())
	for i := range elements {
		if elements[i], ok = rawOf(ctx, from.Index(i), list.ElementType); !ok {
			return tftypes.Value{}, false
		}
	}
	return tftypes.NewValue(kind, elements), true
}

func rawObject(ctx context.Context, from reflect.Value, kind tftypes.Type) (tftypes.Value, bool) {
	object, ok := kind.(tftypes.Object)
	fields := fieldsOf(from.Type())
	if !ok || len(fields) != len(object.AttributeTypes) {
		return tftypes.Value{}, false
	}
	attributes := make(map[string]tftypes.Value, len(fields))
	for name, index := range fields {
		attribute, ok := object.AttributeTypes[name]
		if !ok {
			return tftypes.Value{}, false
		}
		if attributes[name], ok = rawOf(ctx, from.FieldByIndex(index), attribute); !ok {
			return tftypes.Value{}, false
		}
	}
	return tftypes.NewValue(kind, attributes), true
}

// knownFields has the fields of each type that was asked for.
var knownFields sync.Map

// fieldsOf is where in a struct its attributes are, those of embedded structs among them.
func fieldsOf(t reflect.Type) map[string][]int {
	if fields, ok := knownFields.Load(t); ok {
		return fields.(map[string][]int) //nolint:forcetypeassert // nothing else is in it
	}
	fields := make(map[string][]int)
	for _, field := range reflect.VisibleFields(t) {
		if name, ok := field.Tag.Lookup("tfsdk"); ok {
			fields[name] = field.Index
		}
	}
	knownFields.Store(t, fields)
	return fields
}
