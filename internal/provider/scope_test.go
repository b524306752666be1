package provider

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	tftest "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"
)

// TestImportByIdentity calls the provider as newer CLIs do; the CLI of the tests may be older.
func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	schema := identitySchema()
	null := tftypes.NewValue(schema.Type().TerraformType(t.Context()), nil)
	for name, c := range map[string]struct {
		id, problem string
		identity    *identityModel
		unready     bool
	}{
		"id":                {id: "p-1"},
		"identity":          {identity: &identityModel{ID: types.StringValue("p-1"), Scope: types.StringValue("cloud/region-1")}},
		"identity, id only": {identity: &identityModel{ID: types.StringValue("p-1")}},
		"other store": {
			identity: &identityModel{ID: types.StringValue("p-1"), Scope: types.StringValue("cloud/region-2")},
			problem:  "The identity names the store cloud/region-2, but the provider is configured for cloud/region-1",
		},
		"not known yet": {id: "p-1", unready: true, problem: "local.password of the provider configuration"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := policyConfig(t, nil)
			req := resource.ImportStateRequest{ID: c.id}
			resp := resource.ImportStateResponse{
				State:    tfsdk.State(config),
				Identity: &tfsdk.ResourceIdentity{Schema: schema, Raw: null.Copy()},
			}
			if c.identity != nil {
				req.Identity = &tfsdk.ResourceIdentity{Schema: schema, Raw: null.Copy()}
				if diags := req.Identity.Set(t.Context(), c.identity); diags.HasError() {
					t.Fatal(diags)
				}
			}
			owner := &client{service: newFakeCloud()}
			if c.unready {
				owner = &client{unknown: "local.password"}
			}
			owner.importByIDOrIdentity(t.Context(), req, &resp)
			if c.problem != "" {
				if len(resp.Diagnostics) != 1 || !strings.Contains(resp.Diagnostics[0].Detail(), c.problem) {
					t.Errorf("got %v", resp.Diagnostics)
				}
				return
			}
			var inState, inIdentity types.String
			resp.Diagnostics.Append(resp.State.GetAttribute(t.Context(), path.Root("id"), &inState)...)
			resp.Diagnostics.Append(resp.Identity.GetAttribute(t.Context(), path.Root("id"), &inIdentity)...)
			if resp.Diagnostics.HasError() || inState.ValueString() != "p-1" || inIdentity.ValueString() != "p-1" {
				t.Errorf("got %s, %s, %v", inState, inIdentity, resp.Diagnostics)
			}
		})
	}
}

// TestAccIdentity runs where the CLI keeps identities.
func TestAccIdentity(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	scope := regexp.MustCompile("^local/[0-9a-f]{64}$")
	tftest.Test(t, tftest.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		TerraformVersionChecks:   []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_12_0)},
		Steps: []tftest.TestStep{
			{
				Config: store.server("policy_id = serverbackup_policy.test.id") + minPolicy,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectIdentityValueMatchesState(policyAddress, tfjsonpath.New("id")),
					statecheck.ExpectIdentityValueMatchesState(serverAddress, tfjsonpath.New("id")),
					statecheck.ExpectIdentityValue(policyAddress, tfjsonpath.New("scope"), knownvalue.StringRegexp(scope)),
				},
			},
			// An update sets the identity, too, and it is the same.
			{Config: store.server("enabled = false") + minPolicy},
			{ResourceName: policyAddress, ImportState: true, ImportStateKind: tftest.ImportBlockWithResourceIdentity},
			{ResourceName: serverAddress, ImportState: true, ImportStateKind: tftest.ImportBlockWithResourceIdentity},
		},
	})
}
