package provider

import (
	"context"
	"crypto/rand"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Invoke takes the same steps as the resource, and names the point as soon as its id is known: if the wait
// for it fails, that message is all that is left.
func (a *backupAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model backupModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !a.demand(&resp.Diagnostics) {
		return
	}
	defer a.notices(&resp.Diagnostics)
	a.checkWait(model.Wait, &resp.Diagnostics)
	timeout, d := model.Timeouts.Invoke(ctx, defaultPointCreateTimeout)
	resp.Diagnostics.Append(d...)
	if model.StallTimeout.IsNull() {
		model.StallTimeout = types.StringValue(defaultStallTimeout)
	}
	stall := durationOf("stall_timeout", model.StallTimeout, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	say := saying(resp)
	request := model.toDomain()
	if _, own := a.service.(backup.Canceler); !own {
		// A cloud would take a later invocation for a repetition of this one, whose answer got lost. One that this
		// provider runs itself is only taken up if the process that ran it is dead.
		request.Triggers = map[string]string{"invocation": rand.Text()}
	}
	point, err := startPoint(ctx, a.service, request)
	if err != nil {
		unable(&resp.Diagnostics, "Create Backup Point", err)
		return
	}
	say("%s: begun", pointInWords(point))
	if model.Wait.IsNull() || model.Wait.ValueBool() || point.Status.Stable() {
		w := pointWait{service: a.service, stall: stall, waiting: waiting{timeout: timeout, say: verbatim(say)}}
		point = w.follow(ctx, point, &resp.Diagnostics)
	}
	if !resp.Diagnostics.HasError() {
		say("%s: %s", pointInWords(point), point.Status)
	}
}
