# Every night at one o'clock in Berlin. Seven daily, four weekly and twelve monthly points stay.
resource "serverbackup_policy" "nightly" {
  name      = "nightly"
  timezone  = "Europe/Berlin"
  schedules = ["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]
  retention = {
    daily   = 7
    weekly  = 4
    monthly = 12
  }
}

# Hourly on working days and once on Sunday; what is younger than two days stays. Eight incremental
# points follow each full one, which reads every byte again.
resource "serverbackup_policy" "office" {
  name        = "office"
  description = "Shared drives"
  schedules = [
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=8,9,10,11,12,13,14,15,16;BYMINUTE=30",
    "FREQ=WEEKLY;BYDAY=SU;BYHOUR=3;BYMINUTE=0",
  ]
  retention             = { days = 2 }
  incrementals_per_full = 8
}

# Nothing runs by itself. Points that people ask for stay until they delete them.
resource "serverbackup_policy" "on_demand" {
  name      = "on-demand"
  schedules = []
}
