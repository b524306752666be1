data "serverbackup_policy" "nightly" {
  name = "nightly"
}

output "schedules" {
  value = data.serverbackup_policy.nightly.schedules
}
