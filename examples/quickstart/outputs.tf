locals {
  points = [
    for p in data.serverbackup_points.demo.points :
    format("%-36s  %-12s  %12d  %-11s  %-13s  %s", p.id, coalesce(p.name, "-"), coalesce(p.size_bytes, 0), coalesce(p.type, "-"), coalesce(p.schedule_type, "-"), p.status)
  ]
  history = [
    for e in data.serverbackup_history.demo.entries :
    format("%-20s  %-8s  %-9s  %-36s  %12d", coalesce(e.finished_at, e.started_at), e.kind, e.status, coalesce(e.point_id, "-"), coalesce(e.size_bytes, 0))
  ]
  usage = [
    for s in data.serverbackup_space_usage.demo.servers :
    format("%-12s  %6d  %12d  %12d", s.server_name, s.points, s.size_bytes, coalesce(s.new_bytes, 0))
  ]
}

output "summary" {
  description = "What `make quickstart` ends with."
  value = join("\n", concat(
    ["Points, newest first", format("%-36s  %-12s  %12s  %-11s  %-13s  %s", "id", "name", "size (bytes)", "type", "schedule type", "status")],
    local.points,
    ["", "History", format("%-20s  %-8s  %-9s  %-36s  %12s", "finished", "kind", "status", "point", "size (bytes)")],
    local.history,
    ["", "Space usage", format("%-12s  %6s  %12s  %12s", "server", "points", "size (bytes)", "added (bytes)")],
    local.usage,
    ["", format("The repository takes up %d bytes on disk.", coalesce(data.serverbackup_space_usage.demo.stored_bytes, 0))],
  ))
}
