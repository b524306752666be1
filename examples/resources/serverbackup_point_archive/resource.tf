variable "archive" {
  description = "File to write, such as one on a disk that is carried away."
  type        = string
  default     = "/mnt/usb/web-1.tar.zst"
}

data "serverbackup_point" "last_good" {
  server_name = "web-1"
  most_recent = true
}

# Unpacks with any tar: tar --zstd -xf web-1.tar.zst
resource "serverbackup_point_archive" "offsite" {
  point_id = data.serverbackup_point.last_good.id
  path     = var.archive
}

output "checksum" {
  value = "${serverbackup_point_archive.offsite.sha256}  ${serverbackup_point_archive.offsite.path}"
}
