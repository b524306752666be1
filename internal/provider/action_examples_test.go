package provider

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// actionEvents are what actions can be triggered by: Terraform 1.14 has the first four, 1.16 all.
var actionEvents = []string{"before_create", "after_create", "before_update", "after_update", "before_destroy", "after_destroy"}

// TestActionExamples: every action has an example, whose configuration fits its schema.
func TestActionExamples(t *testing.T) {
	t.Parallel()
	server := NewServer("test")
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for name, schema := range schemas.ActionSchemas {
		files, err := filepath.Glob(filepath.Join("../../examples/actions", name, "*.tf"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no example: %v", name, err)
		}
		for _, file := range files {
			shown := 0
			for _, block := range exampleBlocks(t, file) {
				if block.Type == "action" && block.Labels[0] == name {
					shown++
					expectConfig(t, file, block.Body.Blocks[0].Body, schema.Schema.Block.Attributes)
				}
				expectEventsOf(t, file, block.Body)
			}
			if shown == 0 {
				t.Errorf("%s does not show %s", file, name)
			}
		}
	}
}

func exampleBlocks(t *testing.T, file string) hclsyntax.Blocks {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parsed, diags := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	body, ok := parsed.Body.(*hclsyntax.Body)
	if !ok {
		t.Fatalf("%s is no native syntax", file)
	}
	return body.Blocks
}

// expectConfig wants all that is required and nothing that is not there.
func expectConfig(t *testing.T, file string, body *hclsyntax.Body, attributes []*tfprotov6.SchemaAttribute) {
	t.Helper()
	var known []string
	for _, a := range attributes {
		known = append(known, a.Name)
		if _, ok := body.Attributes[a.Name]; a.Required && !ok {
			t.Errorf("%s lacks %s", file, a.Name)
		}
	}
	for name, attribute := range body.Attributes {
		i := slices.Index(known, name)
		if i < 0 {
			t.Errorf("%s has %s, which the schema has not", file, name)
			continue
		}
		object, ok := attribute.Expr.(*hclsyntax.ObjectConsExpr)
		if !ok || attributes[i].NestedType == nil {
			continue
		}
		var members []string
		for _, member := range attributes[i].NestedType.Attributes {
			members = append(members, member.Name)
		}
		for _, item := range object.Items {
			if key := hcl.ExprAsKeyword(item.KeyExpr); !slices.Contains(members, key) {
				t.Errorf("%s has %s.%s, which the schema has not", file, name, key)
			}
		}
	}
}

func expectEventsOf(t *testing.T, file string, body *hclsyntax.Body) {
	t.Helper()
	for _, block := range body.Blocks {
		expectEventsOf(t, file, block.Body)
		if block.Type != "action_trigger" {
			continue
		}
		events, diags := hcl.ExprList(block.Body.Attributes["events"].Expr)
		if diags.HasErrors() {
			t.Error(diags)
		}
		for _, e := range events {
			if event := hcl.ExprAsKeyword(e); !slices.Contains(actionEvents, event) {
				t.Errorf("%s: there is no event %s", file, event)
			}
		}
	}
}

// TestAccActionExamples applies what is around the actions, which the CLI of the tests may not know.
func TestAccActionExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/actions/*/*.tf")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no examples: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			parsed, diags := hclwrite.ParseConfig(text, file, hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			withoutActions(parsed.Body())
			rest := parsed.Bytes()
			applyExampleText(t, rest)
		})
	}
}

func withoutActions(body *hclwrite.Body) {
	for _, block := range body.Blocks() {
		if slices.Contains([]string{"action", "action_trigger"}, block.Type()) {
			body.RemoveBlock(block)
			continue
		}
		withoutActions(block.Body())
	}
}
