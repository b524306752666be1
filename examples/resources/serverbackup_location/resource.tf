variable "sources" {
  description = "What to back up: absolute paths on the machine."
  type        = set(string)
  default     = ["/etc", "/srv"]
}

variable "offsite" {
  description = "Directory of the second repository, on another disk."
  type        = string
  default     = "/mnt/usb/backup"
}

variable "offsite_password" {
  description = "Password of the second repository. It is in no plan and no state; keep it in a safe place."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "serverbackup_location" "offsite" {
  name     = "offsite"
  quota_gb = 500

  # A deleted point can be recovered for a week.
  soft_delete = { retention_days = 7 }

  local = {
    repository          = var.offsite
    password_wo         = var.offsite_password
    password_wo_version = 1
  }
}

resource "serverbackup_server" "web" {
  name              = "web-1"
  location_id       = serverbackup_location.offsite.id
  points_on_destroy = "keep"
  local             = { sources = var.sources }
}
