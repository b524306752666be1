package provider

import (
	"context"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

const (
	defaultFileMode = "0600"
	// All data of a point go through this process, at the pace of its disks and lines.
	defaultArchiveTimeout = 24 * time.Hour
)

var octalMode = stringvalidator.RegexMatches(regexp.MustCompile(`^0?[0-7]{3}$`), "must be three octal digits such as 0600")

func (r *archiveResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The data of a point, or of one of its volumes, in one file on the machine that runs Terraform: to take away, or to unpack without this provider. " +
			"A plan looks at the size and the time of the file and reads it only if they differ from what was written. " +
			"A file that is missing or altered is written again. " +
			"The resource cannot be imported, because nothing proves that a file made elsewhere has the data of the point.",
		Attributes: archiveAttributes(ctx),
	}
}

func archiveAttributes(ctx context.Context) map[string]schema.Attribute {
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	notEmpty := []validator.String{stringvalidator.LengthAtLeast(1)}
	return map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       keep,
			MarkdownDescription: "The `path`.",
		},
		"point_id": schema.StringAttribute{
			Required:            true,
			Validators:          notEmpty,
			MarkdownDescription: "Id of the point, whose status must be `available`. A change replaces the file.",
		},
		"volume_id": schema.StringAttribute{
			Optional:   true,
			Validators: notEmpty,
			MarkdownDescription: "Id of one volume of the point, from `volumes` of the data source `serverbackup_point`; default all of them in one file. " +
				"On `vngcloud` an archive has one volume, so it is required if the point has several. " +
				"A change replaces the file.",
		},
		"path": schema.StringAttribute{
			Required:   true,
			Validators: notEmpty,
			MarkdownDescription: "Path of the file. Its directory must exist, and nothing may have that name: no file is overwritten that this resource has not written. " +
				"A relative path starts at the directory that Terraform runs in. " +
				"A change writes a new file and deletes the old one.",
		},
		"format": schema.StringAttribute{
			Optional:      true,
			Computed:      true,
			PlanModifiers: keep,
			Validators:    []validator.String{stringvalidator.OneOf(archiveFormats...)},
			MarkdownDescription: "Format of the file: " + inCode(archiveFormats) + ". On `local` the default is what the name in `path` ends in, which must then be `.tar.gz`, `.tgz` or `.tar.zst`. " +
				"On `vngcloud` it is always `raw`: the data as the service gives them out, in a format that it does not document. " +
				"A change replaces the file.",
		},
		"file_mode": schema.StringAttribute{
			Optional:   true,
			Computed:   true,
			Default:    stringdefault.StaticString(defaultFileMode),
			Validators: []validator.String{octalMode},
			MarkdownDescription: "Permissions of the file as an octal number; default `" + defaultFileMode + "`. " +
				"The file has them from its first byte on. Changed in place. Means nothing on Windows.",
		},
		"keep_on_destroy": schema.BoolAttribute{
			Optional: true,
			Computed: true,
			Default:  booldefault.StaticBool(false),
			MarkdownDescription: "Whether the file stays when the resource is destroyed or replaced; default `false`. " +
				"What counts is the value of the last apply. A file that was altered stays in any case.",
		},
		"size_bytes": schema.Int64Attribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.Int64{int64planmodifier.UseStateForUnknown()},
			MarkdownDescription: "Size of the file in bytes.",
		},
		"sha256": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       keep,
			MarkdownDescription: "SHA-256 sum of the file in hexadecimal digits, as `sha256sum` prints it. The same version of the provider writes the same bytes for a point each time.",
		},
		"timeouts": timeoutsAttribute(ctx, defaultArchiveTimeout, defaultArchiveTimeout, 0),
	}
}
