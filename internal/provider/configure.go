package provider

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	// serviceEnv names the service when the configuration does not.
	serviceEnv = "SERVERBACKUP_SERVICE"
	// defaultReadCache is how long one listing answers reads.
	defaultReadCache = 30 * time.Second
)

type providerModel struct {
	Local       types.Object `tfsdk:"local"`
	VNGCloud    types.Object `tfsdk:"vngcloud"`
	CSBS        types.Object `tfsdk:"csbs"`
	CBR         types.Object `tfsdk:"cbr"`
	ReadCache   types.String `tfsdk:"read_cache"`
	MaxRequests types.Int64  `tfsdk:"max_concurrent_requests"`
}

// commonConfig is what every service takes from the provider block.
type commonConfig struct {
	readCache time.Duration
	// maxRequests 0 is the service's default.
	maxRequests int
	time        serviceTime
}

// serviceTime is how a service tells the time and waits. The zero value is real time; tests bring the clock
// of an emulator.
type serviceTime struct {
	now   func() time.Time
	sleep func(ctx context.Context, d time.Duration) error
	// poll is how often is looked at what a cloud does; 0 is the service's default.
	poll time.Duration
}

// orEnvironment is an attribute, or else an environment variable.
func orEnvironment(v types.String, name string) string {
	if !v.IsNull() {
		return v.ValueString()
	}
	return os.Getenv(name)
}

// serviceOption is one way to configure the provider: the word in the schema and what it opens.
type serviceOption struct {
	name      string
	attribute func() schema.SingleNestedAttribute
	value     func(providerModel) types.Object
	// open reads the nested attribute, which is null when only the environment names the service.
	open func(context.Context, types.Object, commonConfig) (backup.Service, diag.Diagnostics)
}

// serviceOptions are the services that this provider knows.
func serviceOptions() []serviceOption {
	return []serviceOption{localOption(), vngcloudOption(), csbsOption(), cbrOption()}
}

func (p *serverbackupProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"read_cache": schema.StringAttribute{
			Optional:   true,
			Validators: []validator.String{isDuration()},
			MarkdownDescription: "How long one listing of the service answers reads, as a Go duration such as `30s`; default `30s`. " +
				"Writes of the same run and waits never see a cached answer; `0s` switches the cache off.",
		},
		"max_concurrent_requests": schema.Int64Attribute{
			Optional:            true,
			Validators:          []validator.Int64{int64validator.Between(1, 100)},
			MarkdownDescription: "How many requests to a cloud are in flight at a time, 1 to 100; default 8. Means nothing on `local`.",
		},
	}
	for _, option := range serviceOptions() {
		attributes[option.name] = option.attribute()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Puts the backups of servers under infrastructure as code: which servers are protected, by which policy, " +
			"which points exist, what happened to them and what they cost in space.",
		Attributes: attributes,
	}
}

func (p *serverbackupProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	c := &client{unknown: firstUnknown(ctx, model)}
	if c.unknown == "" {
		c.service = p.open(ctx, model, &resp.Diagnostics)
		remember(c.service)
	}
	resp.ResourceData = c
	resp.DataSourceData = c
	resp.ActionData = c
	resp.EphemeralResourceData = c
	resp.ListResourceData = c
}

func openService(ctx context.Context, model providerModel, diags *diag.Diagnostics) backup.Service {
	return openServiceAt(ctx, model, serviceTime{}, diags)
}

func openServiceAt(ctx context.Context, model providerModel, at serviceTime, diags *diag.Diagnostics) backup.Service {
	common := commonConfig{readCache: defaultReadCache, time: at}
	if !model.ReadCache.IsNull() {
		common.readCache = durationOf("read_cache", model.ReadCache, diags)
	}
	common.maxRequests = int(model.MaxRequests.ValueInt64())
	option := chooseService(model, diags)
	if diags.HasError() {
		return nil
	}
	svc, d := option.open(ctx, option.value(model), common)
	diags.Append(d...)
	return svc
}

// chooseService finds the one service that is configured; there is no silent default.
func chooseService(model providerModel, diags *diag.Diagnostics) serviceOption {
	var (
		chosen []serviceOption
		names  []string
	)
	for _, option := range serviceOptions() {
		names = append(names, option.name)
		if !option.value(model).IsNull() {
			chosen = append(chosen, option)
		}
	}
	env := os.Getenv(serviceEnv)
	switch {
	case len(chosen) == 1:
		return chosen[0]
	case len(chosen) > 1:
		diags.AddError("Several Backup Services Configured", fmt.Sprintf(
			"The provider configuration has %s and %s; keep one. For several services, write several provider blocks with an alias.",
			chosen[0].name, chosen[1].name))
		return serviceOption{}
	case env == "":
		diags.AddError("No Backup Service Configured",
			"Write local = {} in the provider block to keep points on this machine, or configure one of "+strings.Join(names[1:], ", ")+". "+
				"The environment variable "+serviceEnv+" can name the service too.")
		return serviceOption{}
	}
	for _, option := range serviceOptions() {
		if option.name == env {
			return option
		}
	}
	diags.AddError("Unknown Backup Service", fmt.Sprintf(
		"The environment variable %s is %q, which is no service of this provider. Set it to one of %s, or write local = {} in the provider block.", serviceEnv, env, strings.Join(names, ", ")))
	return serviceOption{}
}

// firstUnknown names an attribute whose value is not known yet, such as one taken from a resource
// that does not exist.
func firstUnknown(ctx context.Context, model providerModel) string {
	if model.ReadCache.IsUnknown() {
		return "read_cache"
	}
	if model.MaxRequests.IsUnknown() {
		return "max_concurrent_requests"
	}
	for _, option := range serviceOptions() {
		value := option.value(model)
		if value.IsUnknown() {
			return option.name
		}
		for name, v := range value.Attributes() {
			if unknown(ctx, v) {
				return option.name + "." + name
			}
		}
	}
	return ""
}

// unknown looks inside collections and objects too.
func unknown(ctx context.Context, v attr.Value) bool {
	tv, err := v.ToTerraformValue(ctx)
	return err == nil && !tv.IsFullyKnown()
}
