package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Create records the point as soon as its id is known and only then waits: whatever happens to the
// wait, the state knows what there is to delete. It records with a context of its own, since the
// wait may have ended because the context did.
func (r *pointResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var model pointModel
	resp.Diagnostics.Append(get(ctx, req.Plan, &model)...)
	if resp.Diagnostics.HasError() || !r.demand(&resp.Diagnostics) {
		return
	}
	defer r.notices(&resp.Diagnostics)
	timeout, d := model.Timeouts.Create(ctx, defaultPointCreateTimeout)
	resp.Diagnostics.Append(d...)
	stall := durationOf("stall_timeout", model.StallTimeout, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	waitCtx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	point, err := startPoint(waitCtx, r.service, model.toDomain())
	if err != nil {
		unable(&resp.Diagnostics, "Create Backup Point", err)
		return
	}
	recordCtx := context.WithoutCancel(ctx)
	model.started(point)
	resp.Diagnostics.Append(resp.State.Set(recordCtx, &model)...)
	resp.Diagnostics.Append(r.claim(recordCtx, point.ID, resp.Private, resp.Identity)...)
	if resp.Diagnostics.HasError() {
		return
	}

	if model.Wait.ValueBool() || point.Status.Stable() {
		w := pointWait{service: r.service, stall: stall, waiting: waiting{timeout: timeout, kept: true}}
		point = w.follow(waitCtx, point, &resp.Diagnostics)
		model.started(point)
		resp.Diagnostics.Append(resp.State.Set(recordCtx, &model)...)
	}
}

// startPoint asks for the point. A busy server has refused, so asking again starts no second backup.
func startPoint(ctx context.Context, service backup.PointService, request backup.PointRequest) (backup.Point, error) {
	var point backup.Point
	err := whileBusy(ctx, func() (err error) {
		point, err = service.StartPoint(ctx, request)
		return err
	})
	if errors.Is(err, backup.ErrNotFound) {
		err = fmt.Errorf("%w\n\nserver_id must be the id of a serverbackup_server that exists; it is %q", err, request.ServerID)
	}
	return point, err
}
