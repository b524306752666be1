# Tests the logic of the module without any service: Terraform invents what the provider would compute.
# Give values to what the module compares; times must look like times.

mock_provider "serverbackup" {
  mock_resource "serverbackup_point" {
    defaults = {
      status     = "available"
      type       = "full"
      size_gb    = 1.5
      created_at = "2026-01-01T00:00:00Z"
    }
  }
  mock_data "serverbackup_server" {
    defaults = {
      last_success_at = "2026-01-01T00:00:00Z"
    }
  }
  mock_data "serverbackup_space_usage" {
    defaults = {
      total_gb = 12
    }
  }
}

variables {
  name    = "web-1"
  sources = ["/srv"]
}

run "points_stay_by_default" {
  variables {
    max_age_hours = 1000000
  }

  assert {
    condition     = serverbackup_server.this.points_on_destroy == "keep"
    error_message = "Destroying the module must not delete points unless that is asked for."
  }
}

run "an_old_point_is_reported" {
  expect_failures = [check.fresh]
}

run "usage_above_the_limit_is_reported" {
  variables {
    max_size_gb   = 10
    max_age_hours = 1000000
  }

  expect_failures = [check.size]
}
