package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// localLocationData has no secrets, nor what only tells where they are.
type localLocationData struct {
	Repository types.String         `tfsdk:"repository"`
	S3         *localLocationS3Data `tfsdk:"s3"`
	ObjectLock *objectLockModel     `tfsdk:"object_lock"`
}

type localLocationS3Data struct {
	Endpoint types.String `tfsdk:"endpoint"`
	Region   types.String `tfsdk:"region"`
	CAFile   types.String `tfsdk:"ca_file"`
	Profile  types.String `tfsdk:"profile"`
}

func localLocationDataSchema() schema.SingleNestedAttribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return schema.SingleNestedAttribute{
		Computed:            true,
		MarkdownDescription: "The Kopia repository of the location; null on other services than `local`.",
		Attributes: map[string]schema.Attribute{
			"repository": text("Directory, or `s3://bucket/prefix`."),
			"s3": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "How the bucket is reached; null if that is not set on the location.",
				Attributes: map[string]schema.Attribute{
					"endpoint": text("URL of the server; null: Amazon's."),
					"region":   text("Region of the bucket; null if that is not set."),
					"ca_file":  text("File with certificates that are trusted instead of those of the system; null: none."),
					"profile":  text("Profile of the AWS credentials file; null if that is not set."),
				},
			},
			"object_lock": schema.SingleNestedAttribute{
				Computed:            true,
				MarkdownDescription: "How the bucket locks what is written to it; null if it does not.",
				Attributes: map[string]schema.Attribute{
					"mode": text("One of " + inCode(objectLockModes) + "."),
					"days": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many days each object is locked."},
				},
			},
		},
	}
}

func localLocationToData(ctx context.Context, options any) (types.Object, diag.Diagnostics) {
	attributes := localLocationDataTypes()
	o, ok := options.(local.LocationOptions)
	if !ok {
		return types.ObjectNull(attributes), nil
	}
	data := localLocationData{Repository: stringOrNull(o.Repository), ObjectLock: newObjectLockModel(o.ObjectLock)}
	if o.S3 != nil {
		data.S3 = &localLocationS3Data{
			Endpoint: stringOrNull(o.S3.Endpoint),
			Region:   stringOrNull(o.S3.Region),
			CAFile:   stringOrNull(o.S3.CAFile),
			Profile:  stringOrNull(o.S3.Profile),
		}
	}
	return types.ObjectValueFrom(ctx, attributes, data)
}

func localLocationDataTypes() map[string]attr.Type {
	members := make(map[string]attr.Type)
	for name, member := range localLocationDataSchema().Attributes {
		members[name] = member.GetType()
	}
	return members
}
