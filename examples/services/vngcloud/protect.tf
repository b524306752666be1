# A full point each night, two of which are kept; and every six hours a point of which each fourth is full.
resource "serverbackup_policy" "six_hourly" {
  name      = "six-hourly"
  timezone  = "Asia/Ho_Chi_Minh"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0", "FREQ=DAILY;BYHOUR=1,7,13,19;BYMINUTE=0"]
  retention = { daily = 2, hourly = 1 } # full points, on this service

  vngcloud = {
    incrementals_per_full = { daily = 0, hourly = 3 }
    email_on              = ["ERROR"]
  }
}

# Points are held for a week, deleted ones can be recovered for another, and none gets older than a year. After
# three days the lock is permanent.
resource "serverbackup_location" "vault" {
  name        = "hcm04-vault"
  quota_gb    = 500
  soft_delete = { retention_days = 7 }
  lock        = { min_days = 7, max_days = 365, grace_days = 3 }
  vngcloud    = { region_id = "HCM04" }
}

resource "serverbackup_server" "web" {
  instance_id        = var.instance_id
  policy_id          = serverbackup_policy.six_hourly.id
  location_id        = serverbackup_location.vault.id
  exclude_volume_ids = [var.scratch_volume_id]
  points_on_destroy  = "keep" # a machine that is replaced is no reason to delete its backups
}
