package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ action.ActionWithConfigure      = (*deletePointsAction)(nil)
	_ action.ActionWithModifyPlan     = (*deletePointsAction)(nil)
	_ action.ActionWithValidateConfig = (*deletePointsAction)(nil)
)

// defaultMaxDeletions is how many points go at most, unless the configuration says otherwise.
const defaultMaxDeletions = 10

// deletePointsAction deletes points by their ids. It has no filters: nobody would see in a plan what they
// select when it is applied.
type deletePointsAction struct {
	withActionClient
}

type deletePointsModel struct {
	IDs      types.Set      `tfsdk:"ids"`
	Max      types.Int64    `tfsdk:"max"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

func newDeletePointsAction() action.Action {
	return &deletePointsAction{}
}

func (a *deletePointsAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = typeName + "_delete_points"
}

func (a *deletePointsAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Deletes points, for example those in error that no state knows. The plan names every one of them. " +
			"One that is gone already is no error; one that a lock holds, or that cannot be deleted, is, after the others are deleted. " +
			"A point that is a resource comes back with the next apply: remove the resource instead. Actions need Terraform 1.14 or later.",
		Attributes: map[string]schema.Attribute{
			"ids": schema.SetAttribute{
				ElementType: types.StringType,
				Required:    true,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
				},
				MarkdownDescription: "Ids of the points, at least one and at most `max`.",
			},
			"max": schema.Int64Attribute{
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
				MarkdownDescription: fmt.Sprintf("How many points may be deleted at once, 1 or more; default %d. With more ids nothing is deleted.", defaultMaxDeletions),
			},
			"timeouts": actionTimeoutsAttribute(ctx, defaultPointDeleteTimeout),
		},
	}
}

// check refuses more points than may go.
func (m deletePointsModel) check(ctx context.Context, diags *diag.Diagnostics) {
	if unknown(ctx, m.IDs) || m.Max.IsUnknown() {
		return
	}
	limit := int64(defaultMaxDeletions)
	if !m.Max.IsNull() {
		limit = m.Max.ValueInt64()
	}
	if n := len(m.IDs.Elements()); int64(n) > limit {
		diags.AddAttributeError(path.Root("ids"), "Too Many Backup Points", fmt.Sprintf(
			"ids has %d points, and max allows %d. Nothing is deleted. If all of them are meant, set max = %d.", n, limit, n))
	}
}

func (a *deletePointsAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var model deletePointsModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if !resp.Diagnostics.HasError() {
		model.check(ctx, &resp.Diagnostics)
	}
}

// ModifyPlan names what goes.
func (a *deletePointsAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var model deletePointsModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	model.check(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || !a.ready() {
		return
	}
	var found, gone []string
	for _, id := range slices.Sorted(slices.Values(stringsOf(model.IDs))) {
		p, err := a.service.Point(ctx, id, backup.Cached)
		switch {
		case errors.Is(err, backup.ErrNotFound):
			gone = append(gone, id)
		case err != nil:
			unable(&resp.Diagnostics, "Read Backup Point "+id, err)
			return
		default:
			found = append(found, pointInWords(p)+", "+string(p.Status))
		}
	}
	if len(found) > 0 {
		resp.Diagnostics.AddAttributeWarning(path.Root("ids"), "Backup Points Will Be Deleted", fmt.Sprintf(
			"When the action is invoked, it deletes:\n\n  %s", strings.Join(found, "\n  ")))
	}
	if len(gone) > 0 {
		resp.Diagnostics.AddAttributeWarning(path.Root("ids"), "Backup Points Not Found", fmt.Sprintf(
			"There is nothing to delete with the id %s: gone already, or never there.", strings.Join(gone, ", ")))
	}
}

// Invoke deletes one after the other, and goes on after one that cannot be deleted.
func (a *deletePointsAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model deletePointsModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !a.demand(&resp.Diagnostics) {
		return
	}
	defer a.notices(&resp.Diagnostics)
	model.check(ctx, &resp.Diagnostics)
	timeout, d := model.Timeouts.Invoke(ctx, defaultPointDeleteTimeout)
	resp.Diagnostics.Append(d...)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	say := saying(resp)
	ids := slices.Sorted(slices.Values(stringsOf(model.IDs)))
	var deleted []string
	for _, id := range ids {
		if a.delete(ctx, id, say, &resp.Diagnostics) {
			deleted = append(deleted, id)
		}
		if ctx.Err() != nil {
			break
		}
	}
	say("deleted %d of %d points: %s", len(deleted), len(ids), orElse(strings.Join(deleted, ", "), "none"))
}

// delete says what becomes of one point. Gone before is as good as deleted.
func (a *deletePointsAction) delete(ctx context.Context, id string, say func(string, ...any), diags *diag.Diagnostics) bool {
	point, err := a.service.Point(ctx, id, backup.Cached)
	if errors.Is(err, backup.ErrNotFound) {
		say("point %s: gone already", id)
		return true
	}
	if err == nil {
		err = whileBusy(ctx, func() error { return a.service.DeletePoint(ctx, id) })
	}
	if err != nil && !errors.Is(err, backup.ErrNotFound) {
		unable(diags, "Delete Backup Point "+id, err)
		return false
	}
	say("%s: deleted", pointInWords(point))
	a.tellOfBin(ctx, id, pointInWords(point), diags)
	return true
}
