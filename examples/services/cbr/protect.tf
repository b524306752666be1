resource "serverbackup_policy" "nightly" {
  name      = "nightly"
  timezone  = "Europe/Berlin" # kept as 00:00 UTC all the year; the plan says so once
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention = { latest = 1, daily = 7, monthly = 6 }
}

# On cbr the policy of a server is that of its location, which the service calls a vault.
resource "serverbackup_location" "vault" {
  name     = "prod"
  quota_gb = 500

  cbr = {
    policy_id   = serverbackup_policy.nightly.id
    auto_expand = true
    tags        = { env = "prod" }
  }
}

resource "serverbackup_server" "web" {
  for_each    = var.ecs_ids
  instance_id = each.value
  location_id = serverbackup_location.vault.id
}
