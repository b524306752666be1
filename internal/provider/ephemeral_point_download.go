package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/ephemeral/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var (
	_ provider.ProviderWithEphemeralResources  = (*serverbackupProvider)(nil)
	_ ephemeral.EphemeralResourceWithConfigure = (*downloadEphemeral)(nil)
)

// lacksLinks is what a service does that is no [backup.Linker].
const lacksLinks = "gives no links to the data of a point out; the resource serverbackup_point_archive writes them to a file where the service can do that"

// EphemeralResources are what must not be in a state.
func (p *serverbackupProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newDownloadEphemeral}
}

// downloadEphemeral are the links to the data of a point. Whoever has one can read the data.
type downloadEphemeral struct {
	withEphemeralClient
}

type downloadModel struct {
	PointID  types.String     `tfsdk:"point_id"`
	VolumeID types.String     `tfsdk:"volume_id"`
	Volumes  []downloadVolume `tfsdk:"volumes"`
	Timeouts timeouts.Value   `tfsdk:"timeouts"`
}

type downloadVolume struct {
	ID        types.String `tfsdk:"id"`
	URLs      types.List   `tfsdk:"urls"`
	ExpiresAt types.String `tfsdk:"expires_at"`
}

func newDownloadEphemeral() ephemeral.EphemeralResource {
	return &downloadEphemeral{}
}

func (e *downloadEphemeral) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = typeName + "_point_download"
}

func (e *downloadEphemeral) Schema(ctx context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Links to the data of a point, made anew each time that they are needed, and never in a plan or a state. " +
			"Whoever has a link can read the data without further credentials until it expires. " +
			"Not available on services that give no links out, such as `local`, `csbs` and `cbr`. Ephemeral resources need Terraform 1.10, or OpenTofu 1.11, or later.",
		Attributes: map[string]schema.Attribute{
			"point_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Id of the point, whose status must be `available`.",
			},
			"volume_id": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Id of one volume of the point, from `volumes` of the data source `serverbackup_point`; default all volumes.",
			},
			"volumes": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The volumes with their links.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id": schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the volume."},
					"urls": schema.ListAttribute{
						Computed: true, Sensitive: true, ElementType: types.StringType,
						MarkdownDescription: "Links to the parts of the volume's data, in the order in which they are joined.",
					},
					"expires_at": schema.StringAttribute{
						Computed:            true,
						MarkdownDescription: "When the links stop working, RFC 3339 in UTC; null where the service does not say.",
					},
				}},
			},
			"timeouts": ephemeralTimeoutsAttribute(ctx, defaultTimeout),
		},
	}
}

// Open is called by the plan if the ids are known then, and by the apply in any case. What it returns is
// for the CLI alone: it is not logged and not kept in private data.
func (e *downloadEphemeral) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var model downloadModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !e.awaits(req, resp) {
		return
	}
	defer e.notices(&resp.Diagnostics)
	id := model.PointID.ValueString()
	service, ok := capability[backup.Linker](e.client, "Make Links to Backup Point "+id, lacksLinks, &resp.Diagnostics)
	timeout, d := model.Timeouts.Open(ctx, defaultTimeout)
	resp.Diagnostics.Append(d...)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	var links []backup.VolumeLinks
	err := whileBusy(ctx, func() (err error) {
		links, err = service.Links(ctx, id, model.VolumeID.ValueString())
		return err
	})
	if err != nil {
		unable(&resp.Diagnostics, "Make Links to Backup Point "+id, err)
		return
	}
	model.Volumes = make([]downloadVolume, len(links))
	for i, l := range links {
		model.Volumes[i] = downloadVolume{ID: stringOrNull(l.VolumeID), URLs: listOf(l.URLs), ExpiresAt: timeOrNull(l.ExpiresAt)}
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, &model)...)
}
