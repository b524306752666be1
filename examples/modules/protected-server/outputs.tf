output "server_id" {
  description = "Id of the server."
  value       = serverbackup_server.this.id
}

output "policy_id" {
  description = "Id of the policy."
  value       = serverbackup_policy.this.id
}

output "point" {
  description = "The point on demand: its id, status, type and size."
  value = {
    id      = serverbackup_point.this.id
    status  = serverbackup_point.this.status
    type    = serverbackup_point.this.type
    size_gb = serverbackup_point.this.size_gb
  }
}
