resource "serverbackup_point" "pre" {
  server_id = serverbackup_server.web[var.upgraded_id].id
  name      = "before-upgrade"

  lifecycle {
    create_before_destroy = true
  }
}

data "serverbackup_point" "pre" {
  id = serverbackup_point.pre.id
}

output "disks" {
  description = "The slices of the point, by the disk that they are of."
  value       = { for v in data.serverbackup_point.pre.volumes : v.source_id => v.name }
}
