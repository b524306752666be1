variable "sources" {
  description = "What to back up: absolute paths on the machine."
  type        = set(string)
  default     = ["/etc", "/srv"]
}

resource "serverbackup_policy" "nightly" {
  name      = "nightly"
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention = { daily = 7, weekly = 4 }
}

resource "serverbackup_server" "web" {
  name      = "web-1"
  policy_id = serverbackup_policy.nightly.id

  # The points outlive the configuration of the server.
  points_on_destroy = "keep"

  local = {
    sources = var.sources
    exclude = ["*.tmp", "node_modules/"]
  }
}
