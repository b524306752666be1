data "serverbackup_regions" "all" {}

output "regions" {
  value = { for r in data.serverbackup_regions.all.regions : r.id => r.name }
}
