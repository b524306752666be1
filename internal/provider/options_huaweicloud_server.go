package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

// fateLimit is what a service cannot do with the points of a server that is destroyed.
type fateLimit struct {
	refused backup.PointsOnDestroy
	// why is a sentence about the service.
	why string
	// left is what the user can write beside fail.
	left backup.PointsOnDestroy
}

// fateLimits are the services that have no choice.
func fateLimits() map[string]fateLimit {
	return map[string]fateLimit{
		csbs.ServiceName: {
			refused: backup.PointsDelete, left: backup.PointsKeep,
			why: "The service csbs leaves the points of a server where they are when it is taken off its policy; those that should go are deleted on their own.",
		},
		cbr.ServiceName: {
			refused: backup.PointsKeep, left: backup.PointsDelete,
			why: "The service cbr deletes the points of a server when it is taken out of its location.",
		},
	}
}

// checkFate refuses a points_on_destroy that the service cannot honour, long before the destroy.
func checkFate(ctx context.Context, service string, config attributeReader, diags *diag.Diagnostics) {
	limit, ok := fateLimits()[service]
	if !ok {
		return
	}
	var fate types.String
	at := path.Root("points_on_destroy")
	diags.Append(config.GetAttribute(ctx, at, &fate)...)
	if fate.ValueString() == string(limit.refused) {
		diags.AddAttributeError(at, "Attribute Value Not Supported", fmt.Sprintf(
			"points_on_destroy is %q. %s Write %q or %q.", limit.refused, limit.why, backup.PointsFail, limit.left))
	}
}

// fateAdvice says what to do about a server that is not destroyed because it has points.
func fateAdvice(service string) string {
	advice := "points_on_destroy of this server is \"fail\". Set it to \"keep\" to leave the points in the store, or to \"delete\" to delete them with the server."
	if limit, ok := fateLimits()[service]; ok {
		advice = fmt.Sprintf("points_on_destroy of this server is \"fail\". %s Set it to %q if that is meant.", limit.why, limit.left)
	}
	return advice + " Apply that first: a destroy or replacement goes by what was applied last."
}
