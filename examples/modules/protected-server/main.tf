# A server with its policy and a first point, and checks that every plan makes.

resource "serverbackup_policy" "this" {
  name      = var.name
  timezone  = var.timezone
  schedules = var.schedules
  retention = var.retention
}

resource "serverbackup_server" "this" {
  name              = var.name
  policy_id         = serverbackup_policy.this.id
  points_on_destroy = var.points_on_destroy

  local = {
    sources = var.sources
    exclude = var.exclude
  }
}

# The first point proves that the sources can be read, long before the first night.
resource "serverbackup_point" "this" {
  server_id = serverbackup_server.this.id
  name      = "release-${var.release}"
  triggers  = { release = var.release }

  lifecycle {
    create_before_destroy = true
  }
}
