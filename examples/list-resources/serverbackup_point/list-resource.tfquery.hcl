# The points that somebody took by hand in the last week: terraform query -generate-config-out=points.tf
list "serverbackup_point" "manual" {
  provider         = serverbackup
  include_resource = true
  limit            = 50

  config {
    server_name   = "web-1"
    schedule_type = "manual"
    status        = ["available"]
    max_age       = "168h"
  }
}
