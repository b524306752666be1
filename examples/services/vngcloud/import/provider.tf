terraform {
  required_providers {
    serverbackup = {
      source = "serverbackup/serverbackup"
    }
  }
}

# VNGCLOUD_CLIENT_ID and VNGCLOUD_CLIENT_SECRET are those of a service account.
provider "serverbackup" {
  vngcloud = {
    region = "HCM-3"
  }
}
