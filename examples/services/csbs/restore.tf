# The server is shut down, its disks are overwritten, and it is started again.
resource "serverbackup_restore" "back" {
  point_id                = serverbackup_point.pre.id
  overwrite_existing_data = true

  csbs = {
    server_id = serverbackup_server.web[var.upgraded_id].instance_id
    power_on  = true
  }
}
