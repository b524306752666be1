# Goes through the quickstart with real points, in a repository of its own. `terraform test` destroys what it made, the points
# among it; the directory stays.

provider "serverbackup" {
  local = {
    repository = abspath("./data/test-repository")
    password   = "only for this test"
  }
}

run "first_release" {
  assert {
    condition     = serverbackup_point.release.status == "available" && serverbackup_point.release.type == "full"
    error_message = "The first point is ${serverbackup_point.release.status} and ${coalesce(serverbackup_point.release.type, "of no type")}."
  }

  assert {
    condition     = data.serverbackup_points.demo.points[*].name == tolist(["release-1"])
    error_message = "The list has: ${join(", ", data.serverbackup_points.demo.points[*].name)}."
  }
}

run "same_again_changes_nothing" {
  assert {
    condition     = length(data.serverbackup_points.demo.points) == 1
    error_message = "A second apply took another point."
  }
}

run "second_release" {
  variables {
    release = "2"
  }

  assert {
    condition     = serverbackup_point.release.type == "incremental"
    error_message = "Another release should take a point that builds on the first."
  }

  assert {
    condition     = length(data.serverbackup_points.demo.points) == 2
    error_message = "The point of the first release is gone."
  }
}
