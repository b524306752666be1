# Runs the module on the local service: real points of the module's own files, in a repository that is
# made for the test below the module. `terraform test` destroys what it made; that directory stays.

variables {
  name              = "module-test"
  sources           = [abspath(".")]
  exclude           = [".terraform", "data"]
  points_on_destroy = "delete"
}

provider "serverbackup" {
  local = {
    repository = abspath("./data/repository")
    password   = "only for this test"
  }
}

run "first_point" {
  assert {
    condition     = output.point.status == "available" && output.point.type == "full"
    error_message = "The first point is ${output.point.status} and ${coalesce(output.point.type, "of no type")}."
  }

  assert {
    condition     = output.point.size_gb >= 0
    error_message = "The point has no size."
  }
}

run "same_again_changes_nothing" {
  assert {
    condition     = output.point.type == "full"
    error_message = "A second apply took another point: only the first one is full."
  }
}

run "a_release_takes_another_point" {
  variables {
    release = "2"
  }

  assert {
    condition     = output.point.type == "incremental"
    error_message = "Another release should take another point."
  }
}

run "relative_sources_are_refused" {
  command = plan

  variables {
    sources = ["srv"]
  }

  expect_failures = [var.sources]
}

run "too_large_is_reported" {
  command = plan

  variables {
    release     = "2"
    max_size_gb = -1
  }

  expect_failures = [check.size]
}
