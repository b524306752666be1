check "fresh" {
  data "serverbackup_server" "this" {
    id         = serverbackup_server.this.id
    depends_on = [serverbackup_point.this]
  }

  assert {
    # A server without a good point has no time to compare, which is no good sign either.
    condition = try(
      timecmp(data.serverbackup_server.this.last_success_at, timeadd(plantimestamp(), "-${var.max_age_hours}h")) > 0,
      false,
    )
    error_message = "The last good point of ${var.name} is older than ${var.max_age_hours} hours, or there is none."
  }
}

check "size" {
  data "serverbackup_space_usage" "this" {
    server_ids = [serverbackup_server.this.id]
    depends_on = [serverbackup_point.this]
  }

  assert {
    condition     = var.max_size_gb == null || try(data.serverbackup_space_usage.this.total_gb <= var.max_size_gb, false)
    error_message = "The points of ${var.name} take more than ${coalesce(var.max_size_gb, 0)} GB together."
  }
}
