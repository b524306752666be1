package provider

import (
	"context"
	"fmt"
	"os"
	"runtime"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// Read looks at the file and asks the service nothing but whose object it is. In the state stays what was
// written, by which Delete knows it again; that it was altered goes to the plan in private state.
func (r *archiveResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state archiveModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	record, d := state.recordOf(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	if r.ready() {
		resp.Diagnostics.Append(r.guard(ctx, kindArchive, state.Path.ValueString(), req.Private)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	file, err := state.file()
	if err != nil {
		unable(&resp.Diagnostics, "Read Point Archive", err)
		return
	}
	info, err := os.Stat(file)
	switch {
	case absent(err) || err == nil && !info.Mode().IsRegular():
		resp.State.RemoveResource(ctx)
		resp.Diagnostics.AddWarning("Point Archive Missing", fmt.Sprintf(
			"The %s is not there: it was moved or deleted outside Terraform, or its disk is not mounted.\n\n"+
				"If the configuration still has it, the next apply writes it again.", state.label()))
		return
	case err != nil:
		unable(&resp.Diagnostics, "Read Point Archive", err)
		return
	}
	found, err := record.compare(ctx, file, info)
	if err != nil {
		unable(&resp.Diagnostics, "Read Point Archive", err)
		return
	}
	if found != record {
		resp.Diagnostics.Append(storeRecord(ctx, found, resp.Private)...)
	}
	if runtime.GOOS != "windows" {
		state.watchMode(info.Mode())
	}
	resp.Diagnostics.Append(set(ctx, &resp.State, &state)...)
}
