data "serverbackup_server" "web" {
  name = "web-1"
}

output "web" {
  value = {
    id           = data.serverbackup_server.web.id
    points       = data.serverbackup_server.web.point_count
    last_success = data.serverbackup_server.web.last_success_at
  }
}
