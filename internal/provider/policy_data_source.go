package provider

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ datasource.DataSourceWithConfigure = (*policyDataSource)(nil)

type policyDataSource struct {
	withDataClient
}

func newPolicyDataSource() datasource.DataSource {
	return &policyDataSource{}
}

func (d *policyDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_policy"
}

func (d *policyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := policyDataAttributes()
	maps.Copy(attributes, map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Optional: true,
			Computed: true,
			Validators: []validator.String{
				stringvalidator.LengthAtLeast(1),
				stringvalidator.ConflictsWith(path.MatchRoot("name"), path.MatchRoot("default")),
			},
			MarkdownDescription: "Id of the policy. As an argument: the one policy with this id.",
		},
		"name": schema.StringAttribute{
			Optional:   true,
			Computed:   true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "Name of the policy. As an argument: the one policy whose name contains this text, in upper or lower case; " +
				"of several, the one whose name is exactly this.",
		},
		"default": schema.BoolAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "Whether servers that name no policy get this one; null where the service has no such thing. " +
				"As an argument: the one policy that is the default, or that is not. Only on `vngcloud`.",
		},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "One backup policy, found by its id or by filters. No match and several matches are errors that list what there is.",
		Attributes:          attributes,
	}
}

func (d *policyDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model policyData
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !d.awaits(req, resp) {
		return
	}
	var policy backup.Policy
	if id := model.ID.ValueString(); id != "" {
		var err error
		if policy, err = d.service.Policy(ctx, id); err != nil {
			unable(&resp.Diagnostics, "Read Backup Policy", err)
			return
		}
	} else {
		filter := policyFilter{Name: model.Name, Default: model.Default}
		report(ctx, &resp.Diagnostics, req.Config, filter.unsupported(ctx, d.service))
		if resp.Diagnostics.HasError() {
			return
		}
		found, all, err := policyLookup.sift(d.service.Policies(ctx), filter.match)
		if err != nil {
			unable(&resp.Diagnostics, "List Backup Policies", err)
			return
		}
		var ok bool
		if policy, ok = policyLookup.only(&resp.Diagnostics, filter.String(), model.Name.ValueString(), found, all); !ok {
			return
		}
	}
	data, diags := newPolicyData(ctx, policy)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(set(ctx, &resp.State, data)...)
}
