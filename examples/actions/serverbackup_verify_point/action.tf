data "serverbackup_point" "last_good" {
  server_name = "web-1"
  most_recent = true
}

# By hand: terraform apply -invoke=action.serverbackup_verify_point.last_good
action "serverbackup_verify_point" "last_good" {
  config {
    point_id = data.serverbackup_point.last_good.id
  }
}

# And by itself, whenever an apply finds another newest point.
resource "terraform_data" "newest" {
  input = data.serverbackup_point.last_good.id

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.serverbackup_verify_point.last_good]
    }
  }
}
