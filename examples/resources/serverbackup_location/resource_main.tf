# The repository of the provider is a location, too. It is imported, not created.
import {
  to = serverbackup_location.main
  id = "main"
}

resource "serverbackup_location" "main" {
  name        = "main"
  quota_gb    = 200
  soft_delete = { retention_days = 14 }
}
