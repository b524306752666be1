package backupcenter

import (
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// historyWindow is what the history shows without from_date.
const historyWindow = 180 * 24 * time.Hour

// history ignores backendId, projectId, fromDate and to_date, and is in no order.
func (s *Server) history(r *http.Request) (int, any, error) {
	now := s.Clock.Now()
	from := now.Add(-historyWindow)
	if ms, err := strconv.ParseInt(r.URL.Query().Get("from_date"), 10, 64); err == nil {
		from = time.UnixMilli(ms)
	}
	points := s.points
	if id := r.URL.Query().Get("id"); id != "" {
		points = slices.DeleteFunc([]*point{s.byID[id]}, func(p *point) bool { return p == nil })
	}
	var rows []object
	for _, p := range points {
		if query(r, "id", p.id) && query(r, "serverId", p.server.instance.id) && query(r, "backupInstanceId", p.server.id) &&
			!p.appears.After(now) && !p.job.Started.Before(from) {
			rows = append(rows, s.historyRow(p))
		}
	}
	slices.SortFunc(rows, func(a, b object) int { return int(shuffle(a)) - int(shuffle(b)) })
	return http.StatusOK, s.page(r, rows), nil
}

// shuffle gives rows an order that means nothing and is always the same.
func shuffle(row object) uint16 {
	h := fnv.New32a()
	id, _ := row["id"].(string)
	_, _ = h.Write([]byte(id))
	return uint16(h.Sum32()) //nolint:gosec // any part of the hash will do
}

func (s *Server) historyRow(p *point) object {
	now := s.Clock.Now()
	row := object{
		"id": p.id, "userId": userID, "backendId": s.backendID, "projectId": s.projectID,
		"backupInstanceId": p.server.id, "backupInstanceName": p.server.name, "serverId": p.server.instance.id,
		"status": s.word(p, now), "deletionStatus": s.deletionWord(p), "errorMessage": nil,
		"snapshotTime": timestamp(p.job.Started), "finishTime": nil, "size": p.size(), "usage": float64(p.stored(now)),
		"policySnapshot": s.policySnapshot(p), "createdAt": timestamp(p.job.Started),
	}
	if len(p.cadences) > 0 || s.options.ManualHasPolicy {
		row["policyId"] = p.policyID
	}
	if p.location != nil {
		row["destinationId"] = p.location.id
		row["destinationSnapshot"] = text(object{"id": p.location.id, "name": p.location.name})
	}
	if p.job.Ended(now) {
		row["finishTime"] = timestamp(p.job.EndsAt())
		if p.job.Fail != "" {
			row["errorMessage"] = p.job.Fail
		} else {
			row["status"] = orElse(s.options.SuccessWord, "ACTIVE")
		}
	}
	return row
}

func (s *Server) restoreHistory(r *http.Request) (int, any, error) {
	now := s.Clock.Now()
	var rows []object
	for _, x := range slices.Backward(s.restores) {
		if x.appears.After(now) || !query(r, "id", x.id) || !query(r, "serverId", x.point.server.instance.id) ||
			!query(r, "backupInstanceId", x.point.server.id) || !query(r, "backupInstancePointId", x.point.id) ||
			!query(r, "volumeId", x.volumeID) || !query(r, "backupVolumePointId", x.volumePointID) {
			continue
		}
		rows = append(rows, s.restoreRow(x))
	}
	return http.StatusOK, s.page(r, rows), nil
}

// statistic counts no servers without a project.
func (s *Server) statistic(r *http.Request) (int, any, error) {
	now := s.Clock.Now()
	completed, failed, total := 0, 0, 0
	for _, p := range s.points {
		switch {
		case p.good(now):
			completed++
		case p.job.Ended(now):
			failed++
		}
	}
	if r.URL.Query().Get("projectId") != "" {
		total = len(s.instances)
	}
	return http.StatusOK, object{
		"totalBackupServers": len(s.servers), "totalProtectedServers": 0, "totalServers": total, "totalBackupCompleted": completed,
		"totalBackupFailed": failed, "totalRestoreCompleted": len(s.restores), "totalRestoreFailed": 0,
	}, nil
}
