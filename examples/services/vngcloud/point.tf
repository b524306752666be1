# Backup now. That the location lets the point go after a year is no reason to take, and to restore, another one.
resource "serverbackup_point" "now" {
  server_id  = serverbackup_server.web.id
  on_missing = "error"
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
