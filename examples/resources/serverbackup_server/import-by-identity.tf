import {
  to = serverbackup_server.web
  identity = {
    id = "0b9d6a3e-54a1-4a0a-8c39-1f1ad3c9a7de"
  }
}
