data "serverbackup_locations" "all" {}

# A run fails its check when a location has less than a tenth of its quota left. One without a quota has
# no such limit.
locals {
  full = [
    for l in data.serverbackup_locations.all.locations : l.name
    if try(l.used_gb > l.quota_gb * 0.9, false)
  ]
}

check "room" {
  assert {
    condition     = length(local.full) == 0
    error_message = "Almost full: ${join(", ", local.full)}."
  }
}
