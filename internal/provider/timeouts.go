package provider

import (
	"context"
	"fmt"
	"time"

	actiontimeouts "github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	ephemeraltimeouts "github.com/hashicorp/terraform-plugin-framework-timeouts/ephemeral/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	actionschema "github.com/hashicorp/terraform-plugin-framework/action/schema"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// timeoutsAttribute is the timeouts of a resource; an operation with a default of zero has none.
func timeoutsAttribute(ctx context.Context, create, update, del time.Duration) schema.Attribute {
	attribute := timeouts.Attributes(ctx, timeouts.Opts{
		Create: create > 0, CreateDescription: timeoutText("create", create),
		Update: update > 0, UpdateDescription: timeoutText("update", update),
		Delete: del > 0, DeleteDescription: timeoutText("delete", del),
	})
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long operations may take before they give up."
		return nested
	}
	return attribute
}

// actionTimeoutsAttribute is the timeouts of an action.
func actionTimeoutsAttribute(ctx context.Context, invoke time.Duration) actionschema.Attribute {
	attribute := actiontimeouts.AttributesWithOpts(ctx, actiontimeouts.Opts{InvokeDescription: timeoutText("it", invoke)})
	if nested, ok := attribute.(actionschema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long the action may take before it gives up."
		return nested
	}
	return attribute
}

// ephemeralTimeoutsAttribute is the timeouts of an ephemeral resource.
func ephemeralTimeoutsAttribute(ctx context.Context, open time.Duration) ephemeralschema.Attribute {
	attribute := ephemeraltimeouts.AttributesWithOpts(ctx, ephemeraltimeouts.Opts{OpenDescription: timeoutText("it", open)})
	if nested, ok := attribute.(ephemeralschema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long it may take before it gives up."
		return nested
	}
	return attribute
}

func timeoutText(operation string, d time.Duration) string {
	amount, unit := d/time.Minute, "m"
	if d%time.Hour == 0 {
		amount, unit = d/time.Hour, "h"
	}
	return fmt.Sprintf("How long %s may take, as a Go duration such as 90m; default %d%s.", operation, amount, unit)
}
