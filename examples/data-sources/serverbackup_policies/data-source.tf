data "serverbackup_policies" "all" {}

# Policies that protect nothing.
output "unused" {
  value = [for p in data.serverbackup_policies.all.policies : p.name if length(p.server_ids) == 0]
}
