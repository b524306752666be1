# A restore is a new server, which comes up stopped. It is billed, and stays when this resource is destroyed.
resource "serverbackup_restore" "clone" {
  point_id = serverbackup_point.now.id

  vngcloud = {
    server = {
      name              = "web-clone"
      flavor_id         = var.clone.flavor_id
      network_id        = var.clone.network_id
      subnet_id         = var.clone.subnet_id
      root_disk_type_id = var.clone.root_disk_type_id
    }
  }
}
