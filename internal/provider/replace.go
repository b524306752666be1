package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// input is an attribute that a plan may change.
type input struct {
	name        string
	state, plan attr.Value
}

// changedValues lists the inputs that get a value in place of another. What is set for the first time
// or no longer set is not among them.
func changedValues(inputs []input) path.Paths {
	var paths path.Paths
	for _, i := range inputs {
		if !i.state.IsNull() && !i.plan.IsNull() && !i.plan.Equal(i.state) {
			paths.Append(path.Root(i.name))
		}
	}
	return paths
}

// inProse names attributes in a sentence.
func inProse(paths path.Paths) string {
	names := make([]string, len(paths))
	for i, p := range paths {
		names[i] = p.String()
	}
	return strings.Join(names, " and ")
}
