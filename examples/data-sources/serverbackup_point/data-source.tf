# The newest usable point of a server, with the part that each of its sources has in it.
data "serverbackup_point" "last_good" {
  server_name = "web-1"
  most_recent = true
}

output "last_good" {
  value = {
    id      = data.serverbackup_point.last_good.id
    taken   = data.serverbackup_point.last_good.point.created_at
    volumes = { for v in data.serverbackup_point.last_good.volumes : v.name => v.size_bytes }
  }
}
