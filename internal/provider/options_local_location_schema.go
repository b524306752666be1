package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// objectLockModes are those of S3.
var objectLockModes = []string{"GOVERNANCE", "COMPLIANCE"}

func localLocationSchema() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:      true,
		PlanModifiers: replaceUnknown(),
		MarkdownDescription: "The Kopia repository of the location on the `local` service, where it is required. " +
			"While `local` or `local.repository` of a location that exists is not known at plan time, the plan replaces the location, because nobody knows yet whether it will be another one. " +
			"Write a value that a plan knows, such as a variable or an attribute that is an input, or apply first, with `-target`, what the value comes from.",
		Attributes: map[string]schema.Attribute{
			"repository": schema.StringAttribute{
				Required:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(valueChanges, "A change replaces the location.", "A change replaces the location.")},
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Absolute path of a directory, or `s3://bucket/prefix`. A repository that is not there is created, one that is there is opened. " +
					"A change replaces the location.",
			},
			"password_wo": schema.StringAttribute{
				Optional:   true,
				WriteOnly:  true,
				Sensitive:  true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				MarkdownDescription: "Password of the repository; default that of the provider's. With it alone, the stock Kopia command line opens the location, so keep it elsewhere too. " +
					"It is written on creation and when `password_wo_version` changes, is kept encrypted in the repository of the provider, " +
					"and is never in a plan or state. " + writeOnlyNote,
			},
			"password_wo_version": schema.Int64Attribute{
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AlsoRequires(sibling("password_wo"))},
				MarkdownDescription: "Any number: a change writes `password_wo` again.",
			},
			"s3": localLocationS3Schema(),
			"object_lock": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "Makes the bucket itself refuse to delete what a repository in it wrote; default none. " +
					"The bucket must have been made with object lock enabled.",
				Attributes: map[string]schema.Attribute{
					"mode": schema.StringAttribute{
						Required:   true,
						Validators: []validator.String{stringvalidator.OneOf(objectLockModes...)},
						MarkdownDescription: "One of " + inCode(objectLockModes) + ". `GOVERNANCE` can be lifted by users with a right of their own for that, " +
							"`COMPLIANCE` by nobody before its end.",
					},
					"days": schema.Int64Attribute{
						Required:            true,
						Validators:          []validator.Int64{int64validator.AtLeast(3)},
						MarkdownDescription: "How many days each object is locked, 3 or more; maintenance extends that for what is still needed.",
					},
				},
			},
		},
	}
}

func localLocationS3Schema() schema.SingleNestedAttribute {
	text := func(description string, more ...validator.String) schema.StringAttribute {
		return schema.StringAttribute{
			Optional:            true,
			Validators:          append(more, stringvalidator.LengthAtLeast(1)),
			MarkdownDescription: description,
		}
	}
	secret := func(other, description string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional:  true,
			WriteOnly: true,
			Sensitive: true,
			Validators: []validator.String{
				stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(sibling(other)),
			},
			MarkdownDescription: description + " It is written on creation and when `credentials_wo_version` changes, is kept encrypted in the repository of the provider, " +
				"and is never in a plan or state. " + writeOnlyNote,
		}
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "How to reach the bucket of an `s3://` repository, which is as for `local.s3` of the provider: default Amazon's, " +
			"with the keys of the environment of whoever uses the location. Changed in place.",
		Attributes: map[string]schema.Attribute{
			"endpoint":      text("Address of the service, `https://host` or `https://host:port`, or `http://` without TLS; default Amazon's."),
			"region":        text("Region of the bucket. Default: with Amazon's endpoint `AWS_REGION` or `AWS_DEFAULT_REGION`; else the service is asked."),
			"ca_file":       text("File with the certificates, in PEM, to trust instead of the system's; every machine that uses the location needs it."),
			"profile":       text("Profile of the AWS credentials file of every machine that uses the location.", stringvalidator.ConflictsWith(sibling("access_key_wo"))),
			"access_key_wo": secret("secret_key_wo", "Access key id."),
			"secret_key_wo": secret("access_key_wo", "Secret access key."),
			"credentials_wo_version": schema.Int64Attribute{
				Optional:            true,
				Validators:          []validator.Int64{int64validator.AlsoRequires(sibling("access_key_wo"))},
				MarkdownDescription: "Any number: a change writes `access_key_wo` and `secret_key_wo` again.",
			},
		},
	}
}

// valueChanges says whether a value takes the place of another: what was left out and is written down
// is no other repository.
func valueChanges(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !req.StateValue.IsNull()
}

// replaceUnknown plans another location while nobody knows where it will be: a plan to change one in place cannot
// become that later. Modifiers of what is in an object are not asked about an object that is not known.
func replaceUnknown() []planmodifier.Object {
	const why = "Where the location will be is not known yet."
	return []planmodifier.Object{objectplanmodifier.RequiresReplaceIf(
		func(_ context.Context, req planmodifier.ObjectRequest, resp *objectplanmodifier.RequiresReplaceIfFuncResponse) {
			resp.RequiresReplace = req.PlanValue.IsUnknown() && !req.StateValue.IsNull()
		}, why, why)}
}

// writeOnlyNote says what a CLI has to know.
const writeOnlyNote = "Needs Terraform or OpenTofu 1.11 or later."

// sibling is an attribute of the same object.
func sibling(name string) path.Expression {
	return path.MatchRelative().AtParent().AtName(name)
}
