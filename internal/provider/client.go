package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// client is what Configure hands to resources of all kinds, data sources and actions.
type client struct {
	// service is nil while the provider configuration holds values that are not known yet.
	service backup.Service
	// unknown names the provider attribute that is not known yet.
	unknown string
}

// withClient is embedded in resources.
type withClient struct {
	*client
}

// Configure is called without data during validation.
func (w *withClient) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	w.set(req.ProviderData, &resp.Diagnostics)
}

// withDataClient is embedded in data sources.
type withDataClient struct {
	*client
}

// Configure is called without data during validation.
func (w *withDataClient) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	(*withClient)(w).set(req.ProviderData, &resp.Diagnostics)
}

// awaits is demand for data sources: a CLI that can read later is told to.
func (w *withDataClient) awaits(req datasource.ReadRequest, resp *datasource.ReadResponse) bool {
	if req.ClientCapabilities.DeferralAllowed && w.unconfigured() {
		resp.Deferred = &datasource.Deferred{Reason: datasource.DeferredReasonProviderConfigUnknown}
		return false
	}
	return w.demand(&resp.Diagnostics)
}

// withActionClient is embedded in actions.
type withActionClient struct {
	*client
}

// Configure is called without data during validation.
func (w *withActionClient) Configure(_ context.Context, req action.ConfigureRequest, resp *action.ConfigureResponse) {
	(*withClient)(w).set(req.ProviderData, &resp.Diagnostics)
}

// withEphemeralClient is embedded in ephemeral resources.
type withEphemeralClient struct {
	*client
}

// Configure is called without data during validation.
func (w *withEphemeralClient) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	(*withClient)(w).set(req.ProviderData, &resp.Diagnostics)
}

// awaits is demand for ephemeral resources: a CLI that can open them later is told to.
func (w *withEphemeralClient) awaits(req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) bool {
	if req.ClientCapabilities.DeferralAllowed && w.unconfigured() {
		resp.Deferred = &ephemeral.Deferred{Reason: ephemeral.DeferredReasonProviderConfigUnknown}
		return false
	}
	return w.demand(&resp.Diagnostics)
}

func (w *withClient) set(data any, diags *diag.Diagnostics) {
	if data == nil {
		return
	}
	c, ok := data.(*client)
	if !ok {
		diags.AddError("Unexpected Provider Data", fmt.Sprintf("This is a bug in the provider: got %T.", data))
		return
	}
	w.client = c
}

// ready says whether there is a service to ask: not during validation, and not while the provider
// configuration is unknown.
func (c *client) ready() bool {
	return c != nil && c.service != nil
}

// unconfigured says whether the provider configuration is not known yet.
func (c *client) unconfigured() bool {
	return c != nil && c.unknown != ""
}

// deferral tells a CLI that can plan, read or import later to do so while there is no service to ask, and is nil
// otherwise. That the provider as a whole is deferred would be shorter, but breaks actions and imports by identity.
func (c *client) deferral(allowed bool) *resource.Deferred {
	if !allowed || !c.unconfigured() {
		return nil
	}
	return &resource.Deferred{Reason: resource.DeferredReasonProviderConfigUnknown}
}

// demand is ready for those who cannot go on without a service: it says what is missing.
func (c *client) demand(diags *diag.Diagnostics) bool {
	if c.ready() {
		return true
	}
	if c == nil {
		diags.AddError("Provider Not Configured", "This is a bug in the provider: it was asked for data before it was configured.")
		return false
	}
	diags.AddError("Provider Configuration Not Known Yet", fmt.Sprintf(
		"%s of the provider configuration comes from something that does not exist yet, so there is no backup service to ask. "+
			"Apply that first, for example with \"terraform apply -target\", or write a value that is known at plan time. "+
			"A data source can also wait: with depends_on naming where the value comes from, it is read during apply.", c.unknown))
	return false
}

// capability is what only some services can do. Where the configured one cannot, the error says so in
// the words of lacks, which complete a sentence about it.
func capability[T any](c *client, action, lacks string, diags *diag.Diagnostics) (T, bool) {
	service, ok := c.service.(T)
	if !ok {
		unable(diags, action, backup.Errorf(backup.ErrUnsupported, "The configured backup service %s.", lacks))
	}
	return service, ok
}

// notices turns what the service has to say into warnings.
func (c *client) notices(diags *diag.Diagnostics) {
	if n, ok := c.service.(backup.Noticer); ok {
		for _, notice := range n.TakeNotices() {
			diags.AddWarning(notice.Summary, notice.Detail)
		}
	}
}
