variable "sources" {
  description = "Directories and files to back up."
  type        = set(string)
  default     = ["/etc"]
}

resource "serverbackup_server" "web" {
  name = "web-2"

  # Or the last point would stand in the way of destroying the server, or go with it.
  points_on_destroy = "keep"

  local = {
    sources = var.sources
  }
}

action "serverbackup_backup_now" "final" {
  config {
    server_id = serverbackup_server.web.id
    name      = "final"
  }
}

# Stands for the machine. A last point is taken before it is destroyed or replaced, and if that fails, the machine
# stays. before_destroy needs Terraform 1.16 or later.
resource "terraform_data" "machine" {
  input = "web-2"

  lifecycle {
    action_trigger {
      events  = [before_destroy]
      actions = [action.serverbackup_backup_now.final]
    }
  }
}
