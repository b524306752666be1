# All locations of the store: terraform query -generate-config-out=locations.tf
list "serverbackup_location" "all" {
  provider = serverbackup
}
