# By id, as data.serverbackup_servers shows it.
terraform import serverbackup_server.web 0b9d6a3e-54a1-4a0a-8c39-1f1ad3c9a7de
