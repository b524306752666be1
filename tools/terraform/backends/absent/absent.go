// Package absent stands for the state backends that this build of Terraform leaves out. Terraform keeps
// each of them in a module of its own, which no module proxy has, and no test needs them.
package absent

import (
	"fmt"

	"github.com/hashicorp/terraform/internal/backend"
	"github.com/hashicorp/terraform/internal/configs/configschema"
	"github.com/hashicorp/terraform/internal/states/statemgr"
	"github.com/hashicorp/terraform/internal/tfdiags"
	"github.com/zclconf/go-cty/cty"
)

// New is a backend that nothing can be kept in.
func New(name string) backend.Backend {
	return absent{fmt.Errorf("this build of Terraform, for the tests of a provider, has no backend %q", name)}
}

type absent struct{ err error }

func (a absent) diagnostics() tfdiags.Diagnostics {
	return tfdiags.Diagnostics{}.Append(a.err)
}

func (a absent) ConfigSchema() *configschema.Block {
	return &configschema.Block{}
}

func (a absent) PrepareConfig(config cty.Value) (cty.Value, tfdiags.Diagnostics) {
	return config, a.diagnostics()
}

func (a absent) Configure(cty.Value) tfdiags.Diagnostics {
	return a.diagnostics()
}

func (a absent) StateMgr(string) (statemgr.Full, tfdiags.Diagnostics) {
	return nil, a.diagnostics()
}

func (a absent) DeleteWorkspace(string, bool) tfdiags.Diagnostics {
	return a.diagnostics()
}

func (a absent) Workspaces() ([]string, tfdiags.Diagnostics) {
	return nil, a.diagnostics()
}
