# By id, as data.serverbackup_policies shows it.
terraform import serverbackup_policy.nightly 6f1c3a52-8d0e-4a57-9f0b-2f6f1f4f8a10
