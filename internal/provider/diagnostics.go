package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// unable reports a failed action in the provider's one voice: action is in title case and names the
// kind of object ("Create Backup Policy"); the detail is what the service said and what can be done.
func unable(diags *diag.Diagnostics, action string, err error) {
	diags.AddError("Unable to "+action, explain(err))
}

// explain adds what the user can do, unless the error says so itself.
func explain(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return err.Error() + "\n\nThe time allowed in the timeouts block has passed. If the service only takes long, allow more there."
	case errors.Is(err, context.Canceled):
		return "The operation was interrupted."
	default:
		return err.Error()
	}
}

// attributeReader is a configuration, plan or state.
type attributeReader interface {
	GetAttribute(ctx context.Context, p path.Path, target any) diag.Diagnostics
}

// report turns problems into diagnostics on their attributes. Problems with attributes that are not
// known yet are left for the apply. Pass the configuration, not the plan: what a plan does not know may
// just be computed, and left out by the user.
func report(ctx context.Context, diags *diag.Diagnostics, from attributeReader, problems []backup.Problem) {
	for _, p := range problems {
		at, known := locate(ctx, from, p.Path)
		switch {
		case !known:
		case p.Warning:
			diags.AddAttributeWarning(at, p.Summary, p.Detail)
		default:
			diags.AddAttributeError(at, p.Summary, naming(at, p.Detail))
		}
	}
}

// naming ends a text that does not name its attribute with it: a CLI shows no line of the configuration for a query or
// an action.
func naming(at path.Path, text string) string {
	name := at.String()
	if name == "" || strings.Contains(text, name[strings.LastIndex(name, ".")+1:]) {
		return text
	}
	return text + " Look at " + name + "."
}

// locate returns the attribute path of names and whether all values on the way are known, and the
// last one through and through.
func locate(ctx context.Context, from attributeReader, names []string) (path.Path, bool) {
	at := path.Empty()
	var last attr.Value
	for _, name := range names {
		at = at.AtName(name)
		var v attr.Value
		if d := from.GetAttribute(ctx, at, &v); d.HasError() || v == nil {
			break
		}
		last = v
		if v.IsUnknown() || v.IsNull() {
			break
		}
	}
	return at, last == nil || !unknown(ctx, last)
}

// named is how messages name an object: by name where there is one, and always by id.
func named(kind, name, id string) string {
	if name == "" {
		return kind + " " + id
	}
	return fmt.Sprintf("%s %q (%s)", kind, name, id)
}

// orElse is for what a service may not say.
func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// sentence makes an error text one.
func sentence(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(r)) + text[size:]
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
