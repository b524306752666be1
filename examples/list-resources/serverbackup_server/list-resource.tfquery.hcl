# Servers that nobody manages yet: terraform query -generate-config-out=servers.tf
list "serverbackup_server" "web" {
  provider = serverbackup

  config {
    name = "web"
  }
}
