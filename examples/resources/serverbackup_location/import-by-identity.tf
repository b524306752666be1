import {
  to = serverbackup_location.offsite
  identity = {
    id = "5a2f3a52-3a9e-4c51-9f6b-6a2a7f0f9d41"
  }
}
