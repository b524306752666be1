data "serverbackup_points" "broken" {
  status = ["error"]
}

# What could be deleted. Copy the ids from here: an action that followed this list by itself would delete what
# nobody has looked at.
output "broken" {
  value = { for p in data.serverbackup_points.broken.points : p.id => "${p.server_name}, ${p.created_at}: ${p.error}" }
}

# By hand: terraform apply -invoke=action.serverbackup_delete_points.broken
action "serverbackup_delete_points" "broken" {
  config {
    ids = [
      "7c0ad9a4-6f0c-4a3e-8f6f-0d5a5a0c1c7b",
      "b1d5f0c2-3c57-4e0e-9a38-2f1c0b8a9e11",
    ]
  }
}
