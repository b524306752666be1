package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// policyConfig is a configuration of a policy in which what is not mentioned is null.
func policyConfig(t *testing.T, set map[string]tftypes.Value) tfsdk.Config {
	t.Helper()
	var resp resource.SchemaResponse
	newPolicyResource().Schema(t.Context(), resource.SchemaRequest{}, &resp)
	object, ok := resp.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	values := make(map[string]tftypes.Value)
	for name, typ := range object.AttributeTypes {
		values[name] = tftypes.NewValue(typ, nil)
	}
	for name, v := range set {
		values[name] = v
	}
	return tfsdk.Config{Schema: resp.Schema, Raw: tftypes.NewValue(object, values)}
}

func TestReport(t *testing.T) {
	t.Parallel()
	unknownRule := tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{
		tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
	})
	config := policyConfig(t, map[string]tftypes.Value{
		"name":      tftypes.NewValue(tftypes.String, "x"),
		"timezone":  tftypes.NewValue(tftypes.String, tftypes.UnknownValue),
		"schedules": unknownRule,
	})
	for _, c := range []struct {
		path []string
		at   string
	}{
		{[]string{"name"}, "name"},
		{[]string{"description"}, "description"},
		{[]string{"timezone"}, ""},
		{[]string{"schedules"}, ""},
		// As deep as the configuration goes.
		{[]string{"retention", "daily"}, "retention"},
		{nil, "the resource"},
	} {
		var diags diag.Diagnostics
		report(t.Context(), &diags, config, []backup.Problem{{Path: c.path, Summary: "S", Detail: "D"}})
		got := ""
		for _, d := range diags {
			got = "the resource"
			if at, ok := d.(diag.DiagnosticWithPath); ok && !at.Path().Equal(path.Empty()) {
				got = at.Path().String()
			}
		}
		if got != c.at {
			t.Errorf("%s: reported at %q, want %q", strings.Join(c.path, "."), got, c.at)
		}
	}
	var diags diag.Diagnostics
	report(t.Context(), &diags, config, []backup.Problem{{Path: []string{"name"}, Summary: "S", Detail: "D", Warning: true}})
	if diags.HasError() || len(diags) != 1 {
		t.Errorf("a warning became %v", diags)
	}
}

func TestExplain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("reading: %w", context.DeadlineExceeded), "timeouts"},
		{context.Canceled, "interrupted"},
		{&backup.ServiceError{Message: "no", HTTPStatus: 403, RequestID: "r"}, "no (HTTP 403, request r)"},
		{errors.New("plain"), "plain"},
	} {
		if got := explain(c.err); !strings.Contains(got, c.want) {
			t.Errorf("%v: got %q", c.err, got)
		}
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	if got := named(kindPolicy, "", "id-1"); got != "backup policy id-1" {
		t.Error(got)
	}
	if got := named(kindPolicy, `a"b`, "id-1"); got != `backup policy "a\"b" (id-1)` {
		t.Error(got)
	}
}
