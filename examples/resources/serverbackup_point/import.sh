# By id, as data.serverbackup_points shows it.
terraform import serverbackup_point.before_release 4cf0f2a8-3ac5-4c42-bd1b-0b8f0c6a2f11
