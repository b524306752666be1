data "serverbackup_policies" "all" {}
data "serverbackup_locations" "all" {}
data "serverbackup_servers" "all" {}

locals {
  found = concat(
    [for i, p in data.serverbackup_policies.all.policies : { to = "serverbackup_policy.p${i}", id = p.id, name = p.name }],
    [for i, l in data.serverbackup_locations.all.locations : { to = "serverbackup_location.l${i}", id = l.id, name = l.name }],
    [for i, s in data.serverbackup_servers.all.servers : { to = "serverbackup_server.s${i}", id = s.id, name = s.name }],
  )
}

output "imports" {
  description = "An import block for each policy, location and backup server."
  value       = join("\n", [for f in local.found : "# ${f.name}\nimport {\n  to = ${f.to}\n  id = \"${f.id}\"\n}\n"])
}
