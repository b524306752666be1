# A schedule that was a line of cron until now: at 02:30, from Monday to Friday.
resource "serverbackup_policy" "weekdays" {
  name      = "weekdays"
  timezone  = "Europe/Berlin"
  schedules = [provider::serverbackup::cron_to_rrule("30 2 * * 1-5")]
  retention = { daily = 7 }
}
