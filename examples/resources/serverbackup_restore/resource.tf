variable "target" {
  description = "Directory to restore into; it is created."
  type        = string
  default     = "/srv/drill"
}

variable "drill" {
  description = "A change restores again."
  type        = string
  default     = "2026-11"
}

data "serverbackup_point" "last_good" {
  server_name = "web-1"
  most_recent = true
}

# A monthly drill. The target has the month in it, because nothing that exists is overwritten.
resource "serverbackup_restore" "drill" {
  point_id = data.serverbackup_point.last_good.id
  triggers = { drill = var.drill }

  local = {
    target = "${var.target}/${var.drill}"

    # Files belong to whoever runs Terraform: only root may give them to others.
    skip_owners = true
  }

  # The newest point is another one every day: without this, each would be restored.
  lifecycle {
    ignore_changes = [point_id]
  }
}

output "restored" {
  value = serverbackup_restore.drill.restored_id
}
