package provider

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*historyDataSource)(nil)

// historyDataSource lists jobs.
type historyDataSource struct {
	withDataClient
}

func newHistoryDataSource() datasource.DataSource {
	return &historyDataSource{}
}

// historyNoter is a service whose history does not reach back to the beginning.
type historyNoter interface {
	HistoryNote() string
}

func (d *historyDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_history"
}

func (d *historyDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model historyModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	defer d.notices(&resp.Diagnostics)
	service, ok := capability[backup.Historian](d.client, "List Backup History", "keeps no history", &resp.Diagnostics)
	if !ok {
		return
	}
	filter := model.toDomain(time.Now(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	entries, err := collect(&model.rowsModel, "jobs", 0, service.History(ctx, filter), historyElementOf, &resp.Diagnostics)
	if err != nil {
		unable(&resp.Diagnostics, "List Backup History", err)
		return
	}
	model.Entries = entries
	if noter, ok := service.(historyNoter); ok {
		model.RetentionNote = stringOrNull(noter.HistoryNote())
	}
	resp.Diagnostics.Append(set(ctx, &resp.State, &model)...)
}
