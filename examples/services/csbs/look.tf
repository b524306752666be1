data "serverbackup_points" "tagged" {
  tags       = { ticket = "OPS-1" } # up to ten, and all must match
  status     = ["available"]
  depends_on = [serverbackup_point.pre]
}

data "serverbackup_space_usage" "all" {
  depends_on = [serverbackup_point.pre]
}

output "used_bytes" {
  value = data.serverbackup_space_usage.all.used_bytes # what counts for the quota of the project
}

# Points in error cannot be used, and are deleted by hand.
data "serverbackup_points" "broken" {
  status = ["error"]
}

output "broken" {
  value = [for point in data.serverbackup_points.broken.points : point.id]
}
