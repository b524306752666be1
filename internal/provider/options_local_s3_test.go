package provider

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// s3Config is a provider block for a bucket, followed by the rest of a configuration.
func s3Config(local, s3, rest string) string {
	return fmt.Sprintf("provider \"serverbackup\" {\n  local = {\n    %s\n    s3 = {\n      %s\n    }\n  }\n}\n%s", local, s3, rest)
}

// TestAccProviderS3: the same resources on a bucket, and no key in the state.
func TestAccProviderS3(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	server := s3test.Start(t, s3test.Options{})
	server.Bucket(t, "backups", false)
	keys := fmt.Sprintf("endpoint = %q\n access_key = %q\n secret_key = %q", server.Endpoint, server.AccessKey, server.SecretKey)
	where := fmt.Sprintf("repository = \"s3://backups/team\"\n host = \"testhost\"\n password = %q", accPassword)
	managed := minPolicy + fmt.Sprintf(`
resource "serverbackup_server" "test" {
  name              = "web-1"
  policy_id         = serverbackup_policy.test.id
  points_on_destroy = "delete"
  local             = { sources = [%q] }
}
resource "serverbackup_point" "test" { server_id = serverbackup_server.test.id }
`, store.files)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: s3Config(where, keys, `data "serverbackup_servers" "all" {}`), Check: func(*terraform.State) error {
				if keys := server.Objects(t, "backups"); len(keys) > 0 {
					return fmt.Errorf("reading made %q", keys)
				}
				return nil
			}},
			{Config: s3Config(where, keys, managed), Check: resource.ComposeTestCheckFunc(
				resource.TestCheckResourceAttr("serverbackup_point.test", "status", "available"),
				func(s *terraform.State) error {
					for _, secret := range []string{server.SecretKey, accPassword} {
						if strings.Contains(fmt.Sprintf("%#v", s.RootModule()), secret) || strings.Contains(s.String(), secret) {
							return fmt.Errorf("the state has a secret")
						}
					}
					return nil
				},
			)},
			{
				Config:           s3Config(where+"\n cache_directory = "+fmt.Sprintf("%q", t.TempDir()), keys, managed),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{
				Config:      s3Config(where, strings.Replace(keys, server.SecretKey, "wrong", 1), managed),
				PlanOnly:    true,
				ExpectError: regexp.MustCompile(`(?s)does\s+not\s+accept\s+the\s+keys.*local\.s3`),
			},
			// The CLI destroys with the last configuration.
			{Config: s3Config(where, keys, managed)},
		},
	})
}

// TestAccProviderS3Missing: what a bucket needs and the configuration lacks is an error of the plan.
func TestAccProviderS3Missing(t *testing.T) {
	t.Parallel()
	newAccStore(t)
	const (
		good = "repository = \"s3://backups\"\n host = \"web-1\"\n password = \"x\""
		keys = "access_key = \"a\"\n secret_key = \"b\""
	)
	step := func(local, s3, says string) resource.TestStep {
		return resource.TestStep{
			Config: s3Config(local, s3, minPolicy), PlanOnly: true,
			ExpectError: regexp.MustCompile("(?s)" + strings.ReplaceAll(says, " ", `\s+`)),
		}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			step(strings.Replace(good, "password = \"x\"", "", 1), keys, `local\.password is not set`),
			step(strings.Replace(good, "host = \"web-1\"", "", 1), keys, `local\.host is not set`),
			step(strings.Replace(good, "s3://backups", "/srv", 1), keys, `local\.s3 is set`),
			step(good, "endpoint = \"minio:9000\"\n"+keys, `local\.s3\.endpoint`),
			step(good, "access_key = \"a\"", `secret_key`),
			step(good, "profile = \"ops\"\n"+keys, `(profile|access_key).*cannot be`),
			step(good, "session_token = \"t\"", `access_key`),
		},
	})
}

func TestS3Options(t *testing.T) {
	t.Parallel()
	if (*localS3Model)(nil).options() != nil {
		t.Error("nothing became something")
	}
	for name, attribute := range localS3Schema().Attributes {
		if strings.Contains(name, "secret") || strings.Contains(name, "token") {
			if !attribute.IsSensitive() {
				t.Errorf("local.s3.%s is not sensitive", name)
			}
		}
	}
}
