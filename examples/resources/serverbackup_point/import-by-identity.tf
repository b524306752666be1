import {
  to = serverbackup_point.before_release
  identity = {
    id = "4cf0f2a8-3ac5-4c42-bd1b-0b8f0c6a2f11"
  }
}
