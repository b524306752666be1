# One file for each volume. for_each wants ids that are known before the point exists, and those of the volumes are.
resource "serverbackup_point_archive" "disk" {
  for_each  = var.download_volume_ids
  point_id  = serverbackup_point.now.id
  volume_id = each.key
  path      = "${var.download_directory}/${each.key}.bin"
}
