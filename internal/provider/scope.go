package provider

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// scopeKey is where private state keeps whose object a resource is.
const scopeKey = "scope"

type privateGetter interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

type privateSetter interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// scopeRecord is a [backup.Scope] in private state.
type scopeRecord struct {
	Service string `json:"service"`
	ID      string `json:"id"`
	Name    string `json:"name"`
}

// identityModel is the identity of every managed object.
type identityModel struct {
	ID    types.String `tfsdk:"id"`
	Scope types.String `tfsdk:"scope"`
}

func identitySchema() identityschema.Schema {
	return identityschema.Schema{
		Attributes: map[string]identityschema.Attribute{
			"id": identityschema.StringAttribute{
				RequiredForImport: true,
				Description:       "Id of the object.",
			},
			"scope": identityschema.StringAttribute{
				OptionalForImport: true,
				Description:       "Store that the object belongs to, as service/id. An import checks it against the configured store.",
			},
		},
	}
}

func scopeString(s backup.Scope) string {
	return s.Service + "/" + s.ID
}

// claim records that an object belongs to the configured scope: in private state and in the identity.
// A nil identity is one that the CLI does not keep.
func (c *client) claim(ctx context.Context, id string, private privateSetter, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	var diags diag.Diagnostics
	scope, err := c.service.Scope(ctx)
	if err != nil {
		unable(&diags, "Identify the Backup Store", err)
		return diags
	}
	record, err := json.Marshal(scopeRecord(scope))
	if err != nil {
		unable(&diags, "Record the Backup Store", err)
		return diags
	}
	diags.Append(private.SetKey(ctx, scopeKey, record)...)
	if identity != nil {
		diags.Append(identity.Set(ctx, identityModel{ID: types.StringValue(id), Scope: types.StringValue(scopeString(scope))})...)
	}
	return diags
}

// recall sets the identity of an object from its own record, while there is no service to ask: a
// refresh without identity is an error of the framework. An identity that is already set stays.
func recall(ctx context.Context, id string, private privateGetter, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	if identity == nil || !identity.Raw.IsFullyNull() {
		return nil
	}
	value, diags := private.GetKey(ctx, scopeKey)
	if diags.HasError() {
		return diags
	}
	model := identityModel{ID: types.StringValue(id)}
	var record scopeRecord
	if json.Unmarshal(value, &record) == nil {
		model.Scope = types.StringValue(scopeString(backup.Scope(record)))
	}
	diags.Append(identity.Set(ctx, model)...)
	return diags
}

// guard fails when an object of the state belongs to another scope than the configured one: looked
// up there it would seem gone. An object without a record was just imported.
func (c *client) guard(ctx context.Context, kind, id string, private privateGetter) diag.Diagnostics {
	value, diags := private.GetKey(ctx, scopeKey)
	if diags.HasError() || len(value) == 0 {
		return diags
	}
	var want scopeRecord
	if err := json.Unmarshal(value, &want); err != nil {
		unable(&diags, "Read Private State", err)
		return diags
	}
	have, err := c.service.Scope(ctx)
	if err != nil {
		unable(&diags, "Identify the Backup Store", err)
		return diags
	}
	if want.Service == have.Service && want.ID == have.ID {
		return diags
	}
	diags.AddError("Wrong Backup Store", fmt.Sprintf(
		"The %s %s belongs to %s, but the provider is configured for %s. "+
			"Nothing was read or changed. Point the provider at the store that the state was made with, "+
			"or remove the object from the state with \"terraform state rm\" if that store is really gone.",
		kind, id, backup.Scope(want), have))
	return diags
}

// refreshable begins the Read of an object, and says whether there is something to ask the service. The identity
// is set before anything else: the framework demands it even of an object that is removed from the state.
func (c *client) refreshable(ctx context.Context, kind, id string, req resource.ReadRequest, resp *resource.ReadResponse) bool {
	resp.Deferred = c.deferral(req.ClientCapabilities.DeferralAllowed)
	if !c.ready() {
		resp.Diagnostics.Append(recall(ctx, id, req.Private, resp.Identity)...)
		return false
	}
	resp.Diagnostics.Append(c.guard(ctx, kind, id, req.Private)...)
	if resp.Diagnostics.HasError() {
		return false
	}
	resp.Diagnostics.Append(c.claim(ctx, id, resp.Private, resp.Identity)...)
	return !resp.Diagnostics.HasError()
}

// forget removes an object from the state that was deleted outside of Terraform. The title is its kind in title
// case, more what the last sentence ends with.
func forget(ctx context.Context, title, label, more string, resp *resource.ReadResponse) {
	resp.Diagnostics.AddWarning(title+" Not Found", fmt.Sprintf(
		"The %s was deleted outside of Terraform. The next apply creates it again, unless the configuration drops it%s.", label, more))
	resp.State.RemoveResource(ctx)
}

// importByIDOrIdentity takes an id, or an identity whose scope must be the configured one.
func (c *client) importByIDOrIdentity(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	resp.Deferred = c.deferral(req.ClientCapabilities.DeferralAllowed)
	// Without the scope, the identity would have to change later, which Terraform forbids.
	if resp.Deferred == nil && !c.demand(&resp.Diagnostics) {
		return
	}
	id := types.StringValue(req.ID)
	if req.ID == "" && req.Identity != nil {
		var identity identityModel
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		if resp.Diagnostics.HasError() {
			return
		}
		id = identity.ID
		if want := identity.Scope.ValueString(); want != "" && c.ready() {
			have, err := c.service.Scope(ctx)
			if err != nil {
				unable(&resp.Diagnostics, "Identify the Backup Store", err)
				return
			}
			if want != scopeString(have) {
				resp.Diagnostics.AddError("Wrong Backup Store", fmt.Sprintf(
					"The identity names the store %s, but the provider is configured for %s (%s). Import the object with a provider that is configured for its store.", want, scopeString(have), have.Name))
				return
			}
		}
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
	if resp.Identity != nil {
		resp.Diagnostics.Append(resp.Identity.SetAttribute(ctx, path.Root("id"), id)...)
	}
}
