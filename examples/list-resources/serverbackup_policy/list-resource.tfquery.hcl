# All policies of the store: terraform query -generate-config-out=policies.tf
list "serverbackup_policy" "all" {
  provider = serverbackup
}
