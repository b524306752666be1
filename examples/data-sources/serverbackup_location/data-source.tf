data "serverbackup_location" "main" {
  id = "main"
}

output "main" {
  value = {
    repository = data.serverbackup_location.main.local.repository
    used_gb    = data.serverbackup_location.main.used_gb
    servers    = data.serverbackup_location.main.server_count
  }
}
