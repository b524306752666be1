# Usable points of one server of the last week, newest first.
data "serverbackup_points" "week" {
  server_name = "web-1"
  status      = ["available"]
  max_age     = "168h"
}

output "points" {
  value = [for p in data.serverbackup_points.week.points : "${p.created_at} ${p.type} ${p.size_gb} GB"]
}

# Points that need a look.
data "serverbackup_points" "broken" {
  status = ["error"]
}
