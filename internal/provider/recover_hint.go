package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// recoverable says until when a soft-deleted point can be recovered, and how.
func (c *client) recoverable(p backup.Point) string {
	text := "The service can still recover it"
	if !p.RecoverUntil.IsZero() {
		text += " until " + timeOrNull(p.RecoverUntil).ValueString()
	}
	if _, ok := c.service.(backup.Recoverer); !ok {
		return text + "."
	}
	text += fmt.Sprintf(": invoke the action %s with point_id = %q (Terraform 1.14 or later)", recoverName, p.ID)
	if s, ok := c.service.(recoverCommander); ok {
		text += fmt.Sprintf(", or run %s", s.RecoverCommand(p.ID))
	}
	return text + "."
}

// recoverCommander is a service with a command that recovers a point: OpenTofu has no actions.
type recoverCommander interface {
	backup.Recoverer
	RecoverCommand(id string) string
}

// tellOfBin warns of a point that was just deleted and is in the bin, if the service says until when. One
// more look is worth it only where there are locations, and with them bins; should it fail, the point is
// deleted all the same.
func (c *client) tellOfBin(ctx context.Context, id, label string, diags *diag.Diagnostics) {
	if _, ok := c.service.(backup.Locator); !ok {
		return
	}
	p, err := c.service.Point(ctx, id, backup.Cached)
	if err == nil && p.DeletionStatus == backup.DeletionSoftDeleted && !p.RecoverUntil.IsZero() {
		diags.AddWarning("Backup Point in the Bin", fmt.Sprintf(
			"The %s is deleted, and kept in the bin of its location. %s Until then it takes up space.", label, c.recoverable(p)))
	}
}
