resource "serverbackup_policy" "daily" {
  name      = "daily"
  schedules = ["FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30"] # one rule, in UTC
  retention = { latest = 7, monthly = 3 }
  tags      = { env = "prod" } # copied to each point
}

resource "serverbackup_server" "web" {
  for_each          = var.ecs_ids
  instance_id       = each.value
  policy_id         = serverbackup_policy.daily.id
  points_on_destroy = "keep"
}
