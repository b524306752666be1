variable "sources" {
  description = "What to back up: absolute paths on the machine."
  type        = set(string)
  default     = ["/srv"]
}

variable "release" {
  description = "A change takes another point."
  type        = string
  default     = "2026.11"
}

resource "serverbackup_server" "web" {
  name  = "web-1"
  local = { sources = var.sources }
}

# A point before each release. Without create_before_destroy the old point would go first.
resource "serverbackup_point" "before_release" {
  server_id   = serverbackup_server.web.id
  name        = "before-${var.release}"
  description = "Taken before the release was rolled out"
  tags        = { reason = "release" }
  triggers    = { release = var.release }

  lifecycle {
    create_before_destroy = true
  }

  timeouts = {
    create = "2h"
  }
}
