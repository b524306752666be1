terraform {
  required_providers {
    serverbackup = {
      source = "serverbackup/serverbackup"
    }
  }
}

variable "repository" {
  description = "Directory that keeps the points, encrypted."
  type        = string
  default     = "/srv/backup"
}

provider "serverbackup" {
  local = {
    repository = var.repository
  }
}
