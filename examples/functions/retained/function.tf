data "serverbackup_points" "web" {
  server_name = "web-1"
  status      = ["available"]
}

# What a policy with this retention would leave of the points of web-1 at the end of the year.
output "retained" {
  value = provider::serverbackup::retained(
    data.serverbackup_points.web.points,
    { daily = 7, weekly = 4 },
    "Europe/Berlin",
    "2026-12-31T00:00:00Z",
  )
}
