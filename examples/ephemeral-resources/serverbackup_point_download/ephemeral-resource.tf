data "serverbackup_point" "last_good" {
  server_name = "web-1"
  most_recent = true
}

ephemeral "serverbackup_point_download" "last_good" {
  point_id = data.serverbackup_point.last_good.id
}

# An ephemeral value goes where no state is: into another provider's configuration, a write-only attribute,
# a provisioner, or an ephemeral local as here.
locals {
  links = { for v in ephemeral.serverbackup_point_download.last_good.volumes : v.id => v.urls }
}
