data "serverbackup_point" "last_good" {
  server_name = "web-1"
  most_recent = true
}

# By hand: terraform apply -invoke=action.serverbackup_restore_point.drill
action "serverbackup_restore_point" "drill" {
  config {
    point_id = data.serverbackup_point.last_good.id

    local = {
      target    = "/srv/drill"
      overwrite = "always"

      # Files belong to whoever runs Terraform: only root may give them to others.
      skip_owners = true
    }
  }
}
