variable "volume_mapping" {
  description = "Disks to overwrite, by the disks that were backed up; null writes each to itself."
  type        = map(string)
  default     = null
}

# The server is shut down, its disks are overwritten, and it is started again.
resource "serverbackup_restore" "back" {
  point_id                = serverbackup_point.pre.id
  overwrite_existing_data = true

  cbr = {
    server_id      = serverbackup_server.web[var.upgraded_id].instance_id
    volume_mapping = var.volume_mapping
  }
}
