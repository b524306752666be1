package provider

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// hclFence finds configurations in a page, also in a list, where they are indented.
var hclFence = regexp.MustCompile("(?ms)^([ \t]*)```(?:terraform|hcl)\n(.*?)^[ \t]*```$")

// pageBlock is a configuration in a page of the documentation.
type pageBlock struct {
	name string
	text []byte
	body *hclsyntax.Body
}

// pageBlocks are those of the guides, which no other test knows, and of the README.
func pageBlocks(t *testing.T) (blocks []pageBlock) {
	t.Helper()
	pages, err := filepath.Glob("../../docs/guides/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("there are no guides: %v", err)
	}
	for _, page := range append(pages, "../../README.md", "../../docs/index.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range hclFence.FindAllSubmatchIndex(text, -1) {
			indent, body := text[match[2]:match[3]], text[match[4]:match[5]]
			b := pageBlock{
				name: filepath.Base(page) + ":" + lineOf(text, match[4]),
				text: bytes.ReplaceAll(append([]byte("\n"), body...), append([]byte("\n"), indent...), []byte("\n")),
			}
			parsed, diags := hclsyntax.ParseConfig(b.text, b.name, hcl.InitialPos)
			if diags.HasErrors() {
				t.Errorf("%s: %s", b.name, diags)
				continue
			}
			var ok bool
			if b.body, ok = parsed.Body.(*hclsyntax.Body); !ok {
				t.Fatalf("%s is no native syntax", b.name)
			}
			blocks = append(blocks, b)
		}
	}
	return blocks
}

func lineOf(text []byte, at int) string {
	return strconv.Itoa(1 + bytes.Count(text[:at], []byte("\n")))
}

// TestGuides: what a page shows can be parsed, and has no attribute that the provider does not have.
func TestGuides(t *testing.T) {
	t.Parallel()
	server := NewServer("test")
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	attributes := guideSchemas(schemas)
	shown := 0
	for _, b := range pageBlocks(t) {
		for _, block := range allBlocks(b.body) {
			if len(block.Labels) == 0 || block.Type == "mock_provider" || !strings.HasPrefix(block.Labels[0], typeName) {
				continue
			}
			known, ok := attributes[block.Type+" "+block.Labels[0]]
			if !ok {
				t.Errorf("%s: there is no %s %q", b.name, block.Type, block.Labels[0])
				continue
			}
			shown++
			body := block.Body
			if block.Type == "action" || block.Type == "list" {
				body = &hclsyntax.Body{}
				for _, nested := range block.Body.Blocks {
					body = nested.Body
				}
			}
			expectConfig(t, b.name, withoutMeta(body), known)
		}
	}
	if shown == 0 {
		t.Error("no page shows anything of the provider")
	}
}

// guideSchemas are the attributes of everything, by kind of block and type.
func guideSchemas(s *tfprotov6.GetProviderSchemaResponse) map[string][]*tfprotov6.SchemaAttribute {
	all := map[string][]*tfprotov6.SchemaAttribute{"provider " + typeName: s.Provider.Block.Attributes}
	for name, schema := range s.ResourceSchemas {
		all["resource "+name] = schema.Block.Attributes
	}
	for name, schema := range s.DataSourceSchemas {
		all["data "+name] = schema.Block.Attributes
	}
	for name, schema := range s.EphemeralResourceSchemas {
		all["ephemeral "+name] = schema.Block.Attributes
	}
	for name, schema := range s.ListResourceSchemas {
		all["list "+name] = schema.Block.Attributes
	}
	for name, schema := range s.ActionSchemas {
		all["action "+name] = schema.Schema.Block.Attributes
	}
	return all
}

// allBlocks are the blocks of a body, and those inside checks.
func allBlocks(body *hclsyntax.Body) (all []*hclsyntax.Block) {
	for _, block := range body.Blocks {
		all = append(all, block)
		if block.Type == "check" {
			all = append(all, block.Body.Blocks...)
		}
	}
	return all
}

// withoutMeta leaves the attributes of the provider, and takes out those of Terraform.
func withoutMeta(body *hclsyntax.Body) *hclsyntax.Body {
	rest := &hclsyntax.Body{Attributes: hclsyntax.Attributes{}}
	for name, attribute := range body.Attributes {
		switch name {
		case "alias", "count", "depends_on", "for_each", "provider":
		default:
			rest.Attributes[name] = attribute
		}
	}
	return rest
}

// guideSources is what a page backs up, which need not exist here.
var guideSources = regexp.MustCompile(`sources(\s*)= \[[^\]]*\]`)

// TestAccGuides plans every page's configurations that are whole: those with a provider block for the local
// service and nothing of another. The repository of the test takes the place of theirs.
func TestAccGuides(t *testing.T) {
	t.Parallel()
	planned := 0
	for _, b := range pageBlocks(t) {
		if !wholeLocal(b.body) {
			continue
		}
		planned++
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			store := newAccStore(t)
			parsed, diags := hclwrite.ParseConfig(b.text, b.name, hcl.InitialPos)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			changes := false
			for _, block := range parsed.Body().Blocks() {
				switch block.Type() {
				case "terraform", "provider":
					parsed.Body().RemoveBlock(block)
				case "resource", "output":
					changes = true
				}
			}
			text := guideSources.ReplaceAllString(string(parsed.Bytes()), "sources$1= ["+strconv.Quote(store.files)+"]")
			fixture := exampleFixture(store)
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: protoV6ProviderFactories,
				Steps: []resource.TestStep{
					{Config: store.config(fixture)},
					{Config: store.config(fixture + text), PlanOnly: true, ExpectNonEmptyPlan: changes},
				},
			})
		})
	}
	if planned == 0 {
		t.Error("no page has a whole configuration")
	}
}

// wholeLocal says whether a configuration has one provider block, of the local service, and something to do.
func wholeLocal(body *hclsyntax.Body) bool {
	providers, others := 0, 0
	for _, block := range body.Blocks {
		switch block.Type {
		case "provider":
			providers++
			if block.Labels[0] != typeName || block.Body.Attributes["local"] == nil {
				return false
			}
		case "resource", "data":
			others++
			if !strings.HasPrefix(block.Labels[0], typeName) {
				return false // A plan of it asks for other providers.
			}
		}
	}
	return providers == 1 && others > 0
}
