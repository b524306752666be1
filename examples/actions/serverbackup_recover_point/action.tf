variable "deleted_point_id" {
  description = "Id of a point in the bin, as output deleted shows it."
  type        = string
  default     = "7c0ad9a4-6f0c-4a3e-8f6f-0d5a5a0c1c7b"
}

data "serverbackup_points" "all" {
  server_name     = "web-1"
  include_deleted = true
}

output "deleted" {
  value = {
    for p in data.serverbackup_points.all.points : p.id => "of ${p.created_at}, until ${p.recover_until}"
    if p.deletion_status == "soft_deleted"
  }
}

# By hand: terraform apply -invoke=action.serverbackup_recover_point.back
action "serverbackup_recover_point" "back" {
  config {
    point_id = var.deleted_point_id
  }
}
