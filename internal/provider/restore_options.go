package provider

import (
	"context"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// restoreOption is what one service adds to serverbackup_restore: its nested attribute.
type restoreOption struct {
	name      string
	attribute func() schema.SingleNestedAttribute
	value     func(restoreModel) types.Object
	// toDomain gets an object that is neither null nor unknown, and fills in defaults: two objects that
	// mean the same become equal.
	toDomain func(context.Context, types.Object) (any, diag.Diagnostics)
}

// restoreOptions are the services that restore points.
func restoreOptions() []restoreOption {
	return []restoreOption{localRestoreOption(), vngcloudRestoreOption(), csbsRestoreOption(), cbrRestoreOption()}
}

// changes says whether the options of a service ask for another restore. To write down a default, or
// the same volumes in another order, does not.
func (o restoreOption) changes(ctx context.Context, state, plan types.Object) (bool, diag.Diagnostics) {
	if plan.Equal(state) {
		return false, nil
	}
	if state.IsNull() || plan.IsNull() || unknown(ctx, plan) {
		return true, nil
	}
	had, diags := o.toDomain(ctx, state)
	want, d := o.toDomain(ctx, plan)
	diags.Append(d...)
	return !reflect.DeepEqual(had, want), diags
}
