# Backs up a small directory tree that it makes itself. `make quickstart` runs it.

terraform {
  required_providers {
    serverbackup = {
      source = "serverbackup/serverbackup"
    }
  }
}

variable "release" {
  description = "Another value changes a file and takes another point."
  type        = string
  default     = "1"
}

provider "serverbackup" {
  local = {
    repository = "${path.module}/data/repository"
  }
}

# Something to protect. Its path comes from the output, so that nothing asks for the directory before
# it is there.
resource "terraform_data" "files" {
  input = abspath("${path.module}/data/files")

  provisioner "local-exec" {
    command     = <<-EOT
      mkdir -p "$FILES/notes" "$FILES/records"
      for day in 1 2 3 4 5; do echo "Day $day: nothing lost." > "$FILES/notes/day-$day.txt"; done
      head -c 1048576 /dev/urandom > "$FILES/records/records.bin"
    EOT
    environment = { FILES = self.input }
  }
}

# The file that changes from release to release.
resource "terraform_data" "release" {
  triggers_replace = [var.release, terraform_data.files.output]

  provisioner "local-exec" {
    command     = "echo \"release $RELEASE\" > \"$FILES/release.txt\""
    environment = { FILES = terraform_data.files.output, RELEASE = var.release }
  }
}

resource "serverbackup_policy" "nightly" {
  name      = "nightly"
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention = { daily = 7, weekly = 4, monthly = 12 }
}

resource "serverbackup_server" "demo" {
  name      = "demo"
  policy_id = serverbackup_policy.nightly.id

  # A trial cleans up after itself; the default refuses to destroy a server that still has points.
  points_on_destroy = "delete"

  local = {
    sources = [terraform_data.files.output]
  }
}

resource "serverbackup_point" "release" {
  server_id  = serverbackup_server.demo.id
  name       = "release-${var.release}"
  triggers   = { release = var.release }
  depends_on = [terraform_data.release]

  # The points of earlier releases stay.
  on_destroy = "keep"

  lifecycle {
    create_before_destroy = true
  }
}

data "serverbackup_points" "demo" {
  server_id  = serverbackup_server.demo.id
  depends_on = [serverbackup_point.release]
}

data "serverbackup_history" "demo" {
  server_id  = serverbackup_server.demo.id
  kind       = ["backup", "delete"]
  depends_on = [serverbackup_point.release]
}

data "serverbackup_space_usage" "demo" {
  server_ids = [serverbackup_server.demo.id]
  depends_on = [serverbackup_point.release]
}
