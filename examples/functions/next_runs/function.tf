data "serverbackup_policy" "nightly" {
  name = "nightly"
}

# When the policy runs next, in its own time zone. plantimestamp() makes it another list in every plan.
output "next_runs" {
  value = provider::serverbackup::next_runs(
    data.serverbackup_policy.nightly.schedules,
    data.serverbackup_policy.nightly.timezone,
    "2026-03-28T12:00:00Z",
    3,
  )
}
