data "serverbackup_space_usage" "all" {}

# What each server's points hold, and what all of them take up where they are stored.
output "usage" {
  value = {
    servers = { for s in data.serverbackup_space_usage.all.servers : s.server_name => "${s.points} points, ${s.size_gb} GB" }
    stored  = try(format("%.3f GB", data.serverbackup_space_usage.all.stored_bytes / pow(2, 30)), null)
  }
}
