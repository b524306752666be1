package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// shownDamages is how many damages a message names.
const shownDamages = 20

// Invoke has no result but its messages: actions leave nothing in the state.
func (a *verifyAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var model verifyModel
	resp.Diagnostics.Append(get(ctx, req.Config, &model)...)
	if resp.Diagnostics.HasError() || !a.demand(&resp.Diagnostics) {
		return
	}
	defer a.notices(&resp.Diagnostics)
	service, ok := capability[backup.Verifier](a.client, "Verify Backup Point", lacksVerification, &resp.Diagnostics)
	timeout, d := model.Timeouts.Invoke(ctx, defaultVerifyTimeout)
	resp.Diagnostics.Append(d...)
	if !ok || resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	id := model.PointID.ValueString()
	say := saying(resp)
	tell := progress{what: "backup point " + id, say: verbatim(say)}
	found, err := service.VerifyPoint(ctx, id, func(done, total int64) {
		tell.report(ctx, "verifying", reach{done: done, total: total})
	})
	switch {
	case err != nil:
		unable(&resp.Diagnostics, "Verify Backup Point "+id, err)
	case len(found.Damages) > 0:
		reportDamages(id, found, &resp.Diagnostics)
	default:
		say("verified %d files, %d bytes of point %s: no damage", found.Files, found.Bytes, id)
	}
}

func reportDamages(id string, found backup.Verification, diags *diag.Diagnostics) {
	shown := found.Damages[:min(len(found.Damages), shownDamages)]
	text := fmt.Sprintf("The point %s has damages, %d in all, so it cannot be restored as a whole; %d files, %d bytes could be read:\n\n  %s",
		id, len(found.Damages), found.Files, found.Bytes, strings.Join(shown, "\n  "))
	if more := len(found.Damages) - len(shown); more > 0 {
		text += fmt.Sprintf("\n  and %d more", more)
	}
	diags.AddError("Backup Point Damaged", text+"\n\n"+
		"Points share what is the same in them, so others may be damaged too: verify them. A new point in the same repository shares the damage: while the sources are still there, take one into a new repository.")
}
