# Backup now.
resource "serverbackup_point" "now" {
  server_id = serverbackup_server.web.id
}

# What failed in the last 30 days.
data "serverbackup_history" "failed" {
  server_id = serverbackup_server.web.id
  status    = ["failed"]
  max_age   = "720h"
}

data "serverbackup_point" "now" {
  id = serverbackup_point.now.id
}

output "failed" {
  value = [for e in data.serverbackup_history.failed.entries : "${e.started_at}: ${e.error}"]
}

output "volumes" {
  description = "The slices of the point, by the volume that they are of."
  value       = { for v in data.serverbackup_point.now.volumes : v.source_id => v.id }
}
