terraform {
  # The checks use timecmp, and optional object attributes.
  required_version = ">= 1.7"

  required_providers {
    serverbackup = {
      source = "serverbackup/serverbackup"
    }
  }
}
