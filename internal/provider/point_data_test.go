package provider

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

func onePoint(arguments string) string {
	return "data \"serverbackup_point\" \"x\" {\n" + arguments + "\n}\n"
}

func TestAccPointData(t *testing.T) {
	t.Parallel()
	var step resource.TestStep
	for arguments, id := range map[string]string{
		`id = "p-failed"`: "p-failed",
		`type = "full"`:   "p-old",
		"server_id = \"s-1\"\nmost_recent = true":            "p-new",
		`status = ["error"]`:                                 "p-failed",
		"status = [\"error\", \"available\"]\nname = \"up\"": "p-old",
	} {
		name := fmt.Sprintf("case-%d", len(step.ConfigStateChecks))
		step.Config += fmt.Sprintf("data \"serverbackup_point\" %q {\n%s\n}\n", name, arguments)
		for _, path := range []tfjsonpath.Path{tfjsonpath.New("id"), tfjsonpath.New("point").AtMapKey("id")} {
			step.ConfigStateChecks = append(step.ConfigStateChecks,
				statecheck.ExpectKnownValue("data.serverbackup_point."+name, path, knownvalue.StringExact(id)))
		}
	}
	step.Config += onePoint(`id = "p-old"`)
	step.ConfigStateChecks = append(step.ConfigStateChecks,
		statecheck.ExpectKnownValue("data.serverbackup_point.x", tfjsonpath.New("volumes"), knownvalue.ListExact([]knownvalue.Check{
			knownvalue.ObjectExact(map[string]knownvalue.Check{
				"id": knownvalue.StringExact("v-1"), "name": knownvalue.Null(), "source_id": knownvalue.StringExact("/etc"),
				"status": knownvalue.StringExact("available"), "size_bytes": knownvalue.Int64Exact(3 << 29), "source_size_bytes": knownvalue.Null(),
				"type": knownvalue.StringExact("full"), "bootable": knownvalue.Null(),
			}),
		})))
	newFakeTest(t, serviceWithPoints()).run(step)
}

func TestAccPointDataErrors(t *testing.T) {
	t.Parallel()
	var steps []resource.TestStep
	for arguments, message := range map[string]string{
		`server_id = "s-1"`:                   `(?s)Several Backup Points Found.*server_id = s-1.*p-new, p-old.*most_recent`,
		`server_id = "s-3"`:                   `(?s)Backup Point Not Found.*server_id = s-3,\s+status = available`,
		`ids = []`:                            `Backup Point Not Found`,
		`id = "p-none"`:                       `(?s)Unable to Read Backup Point p-none.*no point p-none`,
		"id = \"p-new\"\nserver_id = \"s-1\"": `(?s)"server_id" cannot be specified when\s+"id"|"id" cannot be`,
		"id = \"p-new\"\nmost_recent = true":  `cannot be`,
	} {
		steps = append(steps, resource.TestStep{Config: onePoint(arguments), PlanOnly: true, ExpectError: regexp.MustCompile(message)})
	}
	newFakeTest(t, serviceWithPoints()).run(steps...)
}
