variable "release" {
  description = "Release that runs on the machine."
  type        = string
  default     = "1"
}

data "serverbackup_server" "web" {
  name = "web-1"
}

# By hand: terraform apply -invoke=action.serverbackup_backup_now.before_release
action "serverbackup_backup_now" "before_release" {
  config {
    server_id = data.serverbackup_server.web.id
    name      = "before-release"
  }
}

# And by itself before every release. If the point fails, so does the apply, and the release is not changed.
resource "terraform_data" "release" {
  input = var.release

  lifecycle {
    action_trigger {
      events  = [before_update]
      actions = [action.serverbackup_backup_now.before_release]
    }
  }
}
