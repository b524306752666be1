package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// volumeElement is the slice of a point for one disk or source.
type volumeElement struct {
	ID              types.String `tfsdk:"id"`
	Name            types.String `tfsdk:"name"`
	SourceID        types.String `tfsdk:"source_id"`
	Status          types.String `tfsdk:"status"`
	SizeBytes       types.Int64  `tfsdk:"size_bytes"`
	SourceSizeBytes types.Int64  `tfsdk:"source_size_bytes"`
	Type            types.String `tfsdk:"type"`
	Bootable        types.Bool   `tfsdk:"bootable"`
}

func volumeElementsOf(volumes []backup.VolumePoint) []volumeElement {
	out := make([]volumeElement, len(volumes))
	for i, v := range volumes {
		out[i] = volumeElement{
			ID:              stringOrNull(v.ID),
			Name:            stringOrNull(v.Name),
			SourceID:        stringOrNull(v.SourceID),
			Status:          stringOrNull(v.Status),
			SizeBytes:       types.Int64PointerValue(v.SizeBytes),
			SourceSizeBytes: types.Int64PointerValue(v.SourceSizeBytes),
			Type:            stringOrNull(v.Type),
			Bootable:        types.BoolPointerValue(v.Bootable),
		}
	}
	return out
}

func volumesAttribute() schema.ListNestedAttribute {
	return schema.ListNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The slices of the point, one for each disk or source.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id":                schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the slice."},
			"name":              schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the slice; null if it has none."},
			"source_id":         schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the disk, or path of the source."},
			"status":            schema.StringAttribute{Computed: true, MarkdownDescription: "State of the slice, in the words of the point's."},
			"size_bytes":        schema.Int64Attribute{Computed: true, MarkdownDescription: pointFactTexts["size_bytes"]},
			"source_size_bytes": schema.Int64Attribute{Computed: true, MarkdownDescription: pointFactTexts["source_size_bytes"]},
			"type":              schema.StringAttribute{Computed: true, MarkdownDescription: pointFactTexts["type"]},
			"bootable":          schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it is the disk that the instance boots from; null where the service does not say."},
		}},
	}
}
