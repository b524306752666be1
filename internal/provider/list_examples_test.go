package provider

import (
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// TestListExamples: every list resource has an example, whose configuration fits its schema.
func TestListExamples(t *testing.T) {
	t.Parallel()
	q := newQueryTest(t, "policy", newFakeService())
	for name, schema := range q.schemas.ListResourceSchemas {
		// The documentation shows no file with another name.
		files, err := filepath.Glob(filepath.Join("../../examples/list-resources", name, "list-resource*.tfquery.hcl"))
		if err != nil || len(files) == 0 {
			t.Errorf("%s has no example: %v", name, err)
		}
		for _, file := range files {
			for _, block := range exampleBlocks(t, file) {
				if block.Type != "list" || block.Labels[0] != name {
					t.Errorf("%s has a block %s %q", file, block.Type, block.Labels)
				}
				if block.Body.Attributes["provider"] == nil {
					t.Errorf("%s names no provider", file)
				}
				config := &hclsyntax.Body{}
				for _, nested := range block.Body.Blocks {
					config = nested.Body
				}
				expectConfig(t, file, config, schema.Block.Attributes)
			}
		}
	}
}
