package provider

import (
	"context"
	"io"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ resource.ResourceWithConfigure  = (*archiveResource)(nil)
	_ resource.ResourceWithModifyPlan = (*archiveResource)(nil)
)

// kindArchive is what messages call the object.
const kindArchive = "point archive"

// archiveResource is one file with the data of a point. It has no import and no identity: nothing proves
// of a file made elsewhere that it has the data of that point.
type archiveResource struct {
	withClient
}

func newArchiveResource() resource.Resource {
	return &archiveResource{}
}

func (r *archiveResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_point_archive"
}

// Create claims the archive before it writes it: once the file is there, nothing can fail any more.
func (r *archiveResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan archiveModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &plan)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	timeout, d := plan.Timeouts.Create(ctx, defaultArchiveTimeout)
	resp.Diagnostics.Append(d...)
	resp.Diagnostics.Append(r.claim(ctx, plan.Path.ValueString(), resp.Private, nil)...)
	if resp.Diagnostics.HasError() {
		return
	}
	record, ok := r.write(ctx, "Create Point Archive", plan, timeout, false, &resp.Diagnostics)
	if !ok {
		return
	}
	plan.written(record)
	resp.Diagnostics.Append(storeRecord(ctx, record, resp.Private)...)
	resp.Diagnostics.Append(set(ctx, &resp.State, &plan)...)
}

// write streams the data of the point to the file.
func (r *archiveResource) write(ctx context.Context, action string, m archiveModel, timeout time.Duration, replace bool, diags *diag.Diagnostics) (fileRecord, bool) {
	defer r.notices(diags)
	service, ok := capability[backup.Downloader](r.client, action, lacksDownloads, diags)
	if !ok {
		return fileRecord{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	file, err := m.file()
	if err == nil && !replace {
		// Not only when all is written.
		err = checkVacant(file)
	}
	if err != nil {
		unable(diags, action, err)
		return fileRecord{}, false
	}
	record, err := writeArchive(file, m.mode(), replace, func(w io.Writer) error {
		return service.Archive(ctx, m.toDomain(), w, logArchive(ctx, file))
	})
	if err != nil {
		unable(diags, action, err)
	}
	return record, err == nil
}

// lacksDownloads is what a service is that is no [backup.Downloader].
const lacksDownloads = "does not give the data of points out, so there are no archives of them"

func logArchive(ctx context.Context, file string) func(done, total int64) {
	tell := progress{what: "point archive " + file}
	return func(done, total int64) {
		tell.report(ctx, "writing", reach{done: done, total: total})
	}
}
