package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// saying sends messages to the user. They are all that an action has to answer with: it has no result and no
// state, so the last one names what was made.
func saying(resp *action.InvokeResponse) func(format string, args ...any) {
	return func(format string, args ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
	}
}

// verbatim is for those who say a text as it is.
func verbatim(say func(format string, args ...any)) func(text string) {
	return func(text string) { say("%s", text) }
}

// pointInWords tells points apart for people: by id, server, time and size.
func pointInWords(p backup.Point) string {
	parts := []string{"point " + p.ID}
	if server := orElse(p.ServerName, p.ServerID); server != "" {
		parts[0] += fmt.Sprintf(" of server %q", server)
	}
	if !p.CreatedAt.IsZero() {
		parts = append(parts, "taken at "+timeOrNull(p.CreatedAt).ValueString())
	}
	if p.SizeBytes != nil {
		parts = append(parts, sizeInWords(float64(*p.SizeBytes)))
	}
	return strings.Join(parts, ", ")
}
