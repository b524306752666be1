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

// fleet has policies and servers whose names contain one another.
func (s accStore) fleet() string {
	return s.config(fmt.Sprintf(`
resource "serverbackup_policy" "web" {
  name        = "web"
  description = "Everything of web"
  schedules   = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention   = { daily = 7 }
}
resource "serverbackup_policy" "web2" {
  name      = "web-2"
  schedules = []
}
resource "serverbackup_server" "web" {
  name      = "Web"
  policy_id = serverbackup_policy.web.id
  local     = { sources = [%q] }
}
resource "serverbackup_server" "db" {
  name    = "web-db"
  enabled = false
  local   = { host = "elsewhere", sources = ["/var/lib/db"] }
}
`, s.files))
}

func TestAccPolicyDataSources(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	at := func(i int, name string) tfjsonpath.Path {
		return tfjsonpath.New("policies").AtSliceIndex(i).AtMapKey(name)
	}
	const (
		all  = "data.serverbackup_policies.all"
		some = "data.serverbackup_policies.some"
		none = "data.serverbackup_policies.none"
		byID = "data.serverbackup_policy.id"
		name = "data.serverbackup_policy.name"
		part = "data.serverbackup_policy.part"
	)
	text := knownvalue.StringExact
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.fleet()},
			{
				Config: store.fleet() + `
data "serverbackup_policies" "all" {}
data "serverbackup_policies" "some" {
  name = "EB-"
}
data "serverbackup_policies" "none" {
  name = "nothing"
}
data "serverbackup_policy" "id" {
  id = serverbackup_policy.web.id
}
data "serverbackup_policy" "name" {
  name = "web"
}
data "serverbackup_policy" "part" {
  name = "B-2"
}
`,
				ConfigStateChecks: []statecheck.StateCheck{
					has(all, "policies", knownvalue.ListSizeExact(2)),
					statecheck.ExpectKnownValue(all, at(0, "name"), text("web")),
					statecheck.ExpectKnownValue(all, at(0, "retention").AtMapKey("daily"), knownvalue.Int64Exact(7)),
					statecheck.ExpectKnownValue(all, at(0, "retention").AtMapKey("weekly"), knownvalue.Null()),
					statecheck.ExpectKnownValue(all, at(0, "server_ids"), knownvalue.ListSizeExact(1)),
					statecheck.ExpectKnownValue(all, at(0, "default"), knownvalue.Null()),
					statecheck.ExpectKnownValue(all, at(1, "retention"), knownvalue.Null()),
					statecheck.ExpectKnownValue(all, at(1, "schedules"), knownvalue.ListSizeExact(0)),
					has(some, "policies", knownvalue.ListSizeExact(1)),
					has(none, "policies", knownvalue.ListSizeExact(0)),
					has(byID, "name", text("web")),
					has(byID, "description", text("Everything of web")),
					has(byID, "timezone", text("UTC")),
					has(byID, "created_at", knownvalue.NotNull()),
					// Exactly the name goes before names that contain it.
					has(name, "name", text("web")),
					has(part, "name", text("web-2")),
				},
			},
			{
				Config:      store.fleet() + `data "serverbackup_policy" "x" { name = "eb" }`,
				ExpectError: regexp.MustCompile(`(?s)Several Backup Policies Found.*2 match name = "eb": "web" \(.*"web-2"`),
			},
			{
				Config:      store.fleet() + `data "serverbackup_policy" "x" { name = "nothing" }`,
				ExpectError: regexp.MustCompile(`(?s)No Backup Policy Found.*None matches name = "nothing".*"web".*"web-2"`),
			},
			{
				Config:      store.fleet() + `data "serverbackup_policy" "x" { id = "nosuch" }`,
				ExpectError: regexp.MustCompile(`(?s)Unable to Read Backup Policy.*nosuch`),
			},
			{
				Config: store.fleet() + `data "serverbackup_policy" "x" {
  id   = "x"
  name = "y"
}`,
				ExpectError: regexp.MustCompile(`Invalid Attribute Combination`),
			},
			{
				Config:      store.fleet() + `data "serverbackup_policies" "x" { default = false }`,
				ExpectError: regexp.MustCompile(`(?s)default = false.*does not\s+support\s+default`),
			},
		},
	})
}

func TestAccServerDataSources(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	var id string
	at := func(i int, name string) tfjsonpath.Path {
		return tfjsonpath.New("servers").AtSliceIndex(i).AtMapKey(name)
	}
	const (
		all    = "data.serverbackup_servers.all"
		policy = "data.serverbackup_servers.policy"
		name   = "data.serverbackup_server.name"
	)
	text := knownvalue.StringExact
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{Config: store.fleet(), Check: rememberID("serverbackup_server.web", &id)},
			{
				PreConfig: func() { createPoint(t, store, id) },
				Config: store.fleet() + `
data "serverbackup_servers" "all" {}
data "serverbackup_servers" "policy" {
  policy_id = serverbackup_policy.web.id
}
data "serverbackup_server" "name" {
  name        = "DB"
  location_id = "main"
}
`,
				ConfigStateChecks: []statecheck.StateCheck{
					has(all, "servers", knownvalue.ListSizeExact(2)),
					statecheck.ExpectKnownValue(all, at(0, "name"), text("Web")),
					statecheck.ExpectKnownValue(all, at(0, "point_count"), knownvalue.Int64Exact(1)),
					statecheck.ExpectKnownValue(all, at(0, "last_status"), text("available")),
					statecheck.ExpectKnownValue(all, at(0, "last_success_at"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(all, at(0, "last_point_at"), knownvalue.NotNull()),
					statecheck.ExpectKnownValue(all, at(0, "instance_deleted"), knownvalue.Null()),
					statecheck.ExpectKnownValue(all, at(1, "point_count"), knownvalue.Int64Exact(0)),
					statecheck.ExpectKnownValue(all, at(1, "last_status"), knownvalue.Null()),
					statecheck.ExpectKnownValue(all, at(1, "policy_id"), knownvalue.Null()),
					has(policy, "servers", knownvalue.ListSizeExact(1)),
					has(name, "name", text("web-db")),
					has(name, "enabled", knownvalue.Bool(false)),
				},
			},
			{
				Config:      store.fleet() + `data "serverbackup_server" "x" {}`,
				ExpectError: regexp.MustCompile(`(?s)Several Backup Servers Found.*2 match the data source.*"Web".*"web-db"`),
			},
			{
				Config:      store.fleet() + `data "serverbackup_server" "x" { instance_id = "i-1" }`,
				ExpectError: regexp.MustCompile(`(?s)does not\s+support\s+instance_id`),
			},
			{
				Config:      store.fleet() + `data "serverbackup_servers" "x" { location_id = "nosuch" }`,
				ExpectError: regexp.MustCompile(`(?s)Location Not Found`),
			},
			{
				PreConfig: func() { deletePoints(t, store) },
				Config:    store.fleet(),
			},
		},
	})
}

func TestAccEmptyStoreDataSources(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{
			{
				Config: store.config("data \"serverbackup_policies\" \"all\" {}\ndata \"serverbackup_servers\" \"all\" {}\n"),
				ConfigStateChecks: []statecheck.StateCheck{
					has("data.serverbackup_policies.all", "policies", knownvalue.ListSizeExact(0)),
					has("data.serverbackup_servers.all", "servers", knownvalue.ListSizeExact(0)),
				},
			},
			{
				Config:      store.config(`data "serverbackup_server" "x" { name = "x" }`),
				ExpectError: regexp.MustCompile(`(?s)No Backup Server Found.*There are no backup servers`),
			},
		},
	})
}
