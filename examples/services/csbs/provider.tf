terraform {
  required_providers {
    serverbackup = {
      source = "serverbackup/serverbackup"
    }
  }
}

# Password or keys come from the environment: OS_PASSWORD, or OS_ACCESS_KEY and OS_SECRET_KEY.
provider "serverbackup" {
  csbs = {
    region      = "eu-de"
    domain_name = "OTC00000000001000000000"
    user_name   = "backup"
  }
}
