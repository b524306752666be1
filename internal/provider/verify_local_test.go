package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

// A point that Terraform took is verified, before and after a pack of the repository is gone.
func TestAccLocalVerify(t *testing.T) {
	t.Parallel()
	s := newAccStore(t)
	verify := func(id string) ([]string, string) {
		a := newVerifyTest(t, s.service())
		config := a.configured(verifyConfig(id))
		if said := a.plan(config); said != "" {
			t.Error(said)
		}
		return a.invoke(config)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{{
			Config: localPoint(s, "", ""),
			Check: func(state *terraform.State) error {
				id := state.RootModule().Resources[pointAddress].Primary.ID
				events, said := verify(id)
				if said != "" || !strings.Contains(strings.Join(events, "\n"), "verified 1 files, 12 bytes of point "+id+": no damage") {
					t.Errorf("got %q, %s", events, said)
				}

				packs, err := filepath.Glob(filepath.Join(s.dir, "p*", "*", "*.f"))
				if err != nil || len(packs) == 0 {
					t.Fatal(err, packs)
				}
				for _, pack := range packs {
					if err := os.Rename(pack, pack+".away"); err != nil {
						t.Fatal(err)
					}
				}
				if _, said := verify(id); !strings.Contains(said, "ERROR: Backup Point Damaged: ") || !strings.Contains(said, "a.txt") {
					t.Errorf("no damage was found: %s", said)
				}
				for _, pack := range packs {
					if err := os.Rename(pack+".away", pack); err != nil {
						t.Fatal(err)
					}
				}
				return nil
			},
		}},
	})
}
