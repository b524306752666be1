data "serverbackup_history" "week" {
  kind    = ["backup"]
  status  = ["failed", "skipped"]
  max_age = "168h"
}

output "failed" {
  value = { for entry in data.serverbackup_history.week.entries : entry.id => entry.error }
}

data "serverbackup_space_usage" "vault" {
  location_id = serverbackup_location.vault.id
  depends_on  = [serverbackup_point.pre]
}

output "used_bytes" {
  value = data.serverbackup_space_usage.vault.used_bytes # what the vault holds
}
