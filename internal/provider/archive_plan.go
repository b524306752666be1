package provider

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// ModifyPlan derives what follows from the path, and plans replacements, and the repair of an altered
// file. What is to be written is checked when it is planned as a creation, which a replacement is too,
// the second time it is planned.
func (r *archiveResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	resp.Deferred = r.deferral(req.ClientCapabilities.DeferralAllowed)
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan archiveModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(plan.derive(ctx, req.Config, r.archiveFormats())...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("id"), plan.ID)...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("format"), plan.Format)...)
	record, d := plan.recordOf(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		plan.checkPlace(ctx, record, &resp.Diagnostics)
		r.check(ctx, plan, req, resp)
		return
	}

	var state archiveModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if replaced := state.replacedBy(plan); len(replaced) > 0 {
		resp.RequiresReplace.Append(replaced...)
		if plan.Path.Equal(state.Path) && state.KeepOnDestroy.ValueBool() {
			resp.Diagnostics.AddAttributeError(path.Root("path"), "Archive Is Kept", fmt.Sprintf(
				"Because %s changes, another archive is written, but keep_on_destroy keeps the old one at %s. "+
					"Change path as well, or apply keep_on_destroy = false before.", inProse(replaced), state.Path.ValueString()))
		}
		return
	}
	if record.Altered {
		r.planRepair(ctx, plan, req, resp)
	}
}

// archiveFormats are those of the service; none if there is no service to ask, or it has no archives.
func (r *archiveResource) archiveFormats() []string {
	if r.ready() {
		if service, ok := r.service.(backup.Downloader); ok {
			return service.ArchiveFormats()
		}
	}
	return nil
}

// derive sets the id and, unless it is configured, the format: the only one of the service, or else what the
// name of the file ends in.
func (m *archiveModel) derive(ctx context.Context, config attributeReader, formats []string) diag.Diagnostics {
	m.ID = m.Path
	var configured types.String
	diags := config.GetAttribute(ctx, path.Root("format"), &configured)
	if diags.HasError() || !configured.IsNull() {
		return diags
	}
	named := formatOf(m.Path.ValueString())
	switch {
	case len(formats) == 0:
		// Stays what it was, or unknown.
	case len(formats) == 1:
		m.Format = types.StringValue(formats[0])
	case m.Path.IsUnknown():
		m.Format = types.StringUnknown()
	case named != "":
		m.Format = types.StringValue(named)
	default:
		diags.AddAttributeError(path.Root("format"), "Unknown Archive Format", fmt.Sprintf(
			"The name %q does not say in which format to write: let it end in .tar.gz, .tgz or .tar.zst, or set format to one of %s.",
			filepath.Base(m.Path.ValueString()), strings.Join(formats, ", ")))
	}
	return diags
}

func (m archiveModel) replacedBy(plan archiveModel) path.Paths {
	var paths path.Paths
	for _, i := range []struct {
		name        string
		state, plan attr.Value
	}{
		{"point_id", m.PointID, plan.PointID},
		{"volume_id", m.VolumeID, plan.VolumeID},
		{"path", m.Path, plan.Path},
		{"format", m.Format, plan.Format},
	} {
		if !i.plan.Equal(i.state) {
			paths.Append(path.Root(i.name))
		}
	}
	return paths
}

// checkPlace looks whether a file can be written. The old file of a replacement, which the record is
// of, goes first. Any other file is an obstacle only if it is still there when the archive is created:
// the same apply may remove it, and that of a tainted archive it does remove.
func (m archiveModel) checkPlace(ctx context.Context, record fileRecord, diags *diag.Diagnostics) {
	if m.Path.IsUnknown() {
		return
	}
	problem := func(summary string, err error) {
		diags.AddAttributeError(path.Root("path"), summary, sentence(explain(err)))
	}
	file, err := m.file()
	if err != nil {
		problem("Invalid Path", err)
		return
	}
	if info, err := os.Stat(filepath.Dir(file)); err != nil || !info.IsDir() {
		problem("Directory Not Found", fmt.Errorf(
			"there is no directory %s. Create it or mount its disk first; the provider does not, lest the archive ends up on another disk", filepath.Dir(file)))
		return
	}
	if info, err := os.Lstat(file); err == nil && record.SHA256 != "" {
		if found, err := record.compare(ctx, file, info); err == nil && !found.Altered {
			return
		}
	}
	if err := checkVacant(file); err != nil {
		diags.AddAttributeWarning(path.Root("path"), "File Exists", explain(err)+" While it is there, the apply fails.")
	}
}

// planRepair plans to write an altered file again, in place: the file is replaced in one step, and
// only when the new one is complete.
func (r *archiveResource) planRepair(ctx context.Context, plan archiveModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("sha256"), types.StringUnknown())...)
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("size_bytes"), types.Int64Unknown())...)
	resp.Diagnostics.AddAttributeWarning(path.Root("path"), "Point Archive Altered", fmt.Sprintf(
		"The %s was altered outside Terraform: its SHA-256 sum is not %s any more. "+
			"It is planned to be written again, and what is in the file now will be lost. Copy it elsewhere before you apply, if you want to keep it.",
		plan.label(), plan.SHA256.ValueString()))
	if r.ready() {
		resp.Diagnostics.Append(r.guard(ctx, kindArchive, plan.Path.ValueString(), req.Private)...)
	}
	r.check(ctx, plan, req, resp)
}

// check asks the service what it cannot do. What it says of a format that is only derived from a path
// that is not known yet is left for the apply.
func (r *archiveResource) check(ctx context.Context, plan archiveModel, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if resp.Diagnostics.HasError() || !r.ready() {
		return
	}
	service, ok := capability[backup.Downloader](r.client, "Create Point Archive", lacksDownloads, &resp.Diagnostics)
	if !ok {
		return
	}
	problems := service.CheckArchive(ctx, plan.toDomain())
	if plan.Format.IsUnknown() {
		problems = slices.DeleteFunc(problems, func(p backup.Problem) bool { return slices.Equal(p.Path, []string{"format"}) })
	}
	report(ctx, &resp.Diagnostics, req.Config, problems)
}
