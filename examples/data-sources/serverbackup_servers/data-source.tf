data "serverbackup_servers" "all" {}

# A run fails its check when a server has had no good point for 26 hours. try() also covers a server
# that never had one.
locals {
  stale = [
    for s in data.serverbackup_servers.all.servers : s.name
    if !try(timecmp(s.last_success_at, timeadd(plantimestamp(), "-26h")) > 0, false)
  ]
}

check "fresh" {
  assert {
    condition     = length(local.stale) == 0
    error_message = "No good point in 26 h: ${join(", ", local.stale)}."
  }
}
