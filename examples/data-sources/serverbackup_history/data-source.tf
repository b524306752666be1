# What failed in the last 30 days, and why.
data "serverbackup_history" "failed" {
  status  = ["failed"]
  max_age = "720h"
}

output "failed" {
  value = [for e in data.serverbackup_history.failed.entries : "${e.started_at} ${e.server_name}: ${e.error}"]
}

# Deletions too: entries stay when their points are gone.
data "serverbackup_history" "all" {
  kind = ["backup", "delete"]
}
