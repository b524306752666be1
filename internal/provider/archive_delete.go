package provider

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/durable"
)

// Delete deletes no file but the one that was written: somebody may have put something else in its
// place. It needs no service.
func (r *archiveResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state archiveModel
	resp.Diagnostics.Append(get(ctx, req.State, &state)...)
	record, d := state.recordOf(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	if resp.Diagnostics.HasError() || state.KeepOnDestroy.ValueBool() {
		return
	}
	file, err := state.file()
	if err != nil {
		unable(&resp.Diagnostics, "Delete Point Archive", err)
		return
	}
	info, err := os.Lstat(file)
	if absent(err) {
		return
	}
	if err == nil {
		record, err = record.compare(ctx, file, info)
	}
	if err == nil && !record.Altered {
		if err = os.Remove(file); err == nil {
			err = durable.SyncDirectory(filepath.Dir(file))
		}
	}
	switch {
	case err != nil && !absent(err):
		unable(&resp.Diagnostics, "Delete Point Archive", err)
	case err == nil && record.Altered:
		resp.Diagnostics.AddWarning("Point Archive Left in Place", fmt.Sprintf(
			"The %s was altered since it was written, so it is not deleted, only forgotten. Delete it by hand if nobody needs it.", state.label()))
	}
}
