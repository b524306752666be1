package backupcenter

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// point is a backup server point and its row in the history, which stays when the point is deleted.
type point struct {
	id          string
	server      *backupServer
	job         emulator.Job
	appears     time.Time
	incremental bool
	// cadences are what asked for the point; none for a manual one.
	cadences   []string
	policyID   string
	policyName string
	location   *location
	volumes    []volumePoint

	deletion  deletion
	deletedAt time.Time
	// goneAt is when a deleted point leaves the list of points, or when its deletion fails.
	goneAt time.Time
}

type volumePoint struct {
	id     string
	volume *volume
}

type deletion int

const (
	present deletion = iota
	softDeleted
	deleted
)

func (s *Server) backupNow(r *http.Request) (int, any, error) {
	var in struct{ BackendID, ProjectID string }
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if in.BackendID != s.backendID || in.ProjectID != s.projectID {
		return 0, nil, fail(http.StatusBadRequest, "missing_required_field")
	}
	srv := s.serverOf(r.PathValue("serverId"))
	if srv == nil {
		return 0, nil, notFound("serverId", r.PathValue("serverId"))
	}
	if s.running(srv) {
		return 0, nil, errBusy
	}
	s.Counts.BackupStarted(srv.instance.id)
	p := s.run(srv, nil, false)
	p.appears = p.job.Started.Add(s.options.PointAppearsAfter)
	return orElse(s.options.BackupNowStatus, http.StatusAccepted), nil, nil
}

// RunPolicy makes a point as a policy does, for one of its cadences, and returns its id. Every
// incrementalQuantity points another one is full.
func (s *Server) RunPolicy(backupServerID, cadence string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	srv, err := s.findServer(backupServerID)
	if err != nil {
		return ""
	}
	since := 0 // points after the last full one
	full := false
	for _, p := range srv.points {
		if len(p.cadences) > 0 && p.deletion == present {
			if since++; !p.incremental {
				since, full = 0, true
			}
		}
	}
	p, err := s.findPolicy(srv.policyID)
	if err != nil {
		return ""
	}
	config, _ := p.config[cadence+"Config"].(object)
	return s.run(srv, []string{cadence}, full && since < int(number(config, "incrementalQuantity"))).id
}

func (s *Server) running(srv *backupServer) bool {
	now := s.Clock.Now()
	return slices.ContainsFunc(srv.points, func(p *point) bool { return !p.job.Ended(now) })
}

// run starts a point. It fails if the quota of the location is used up.
func (s *Server) run(srv *backupServer, cadences []string, incremental bool) *point {
	now := s.Clock.Now()
	p := &point{
		id: newID("bk-ins-pt-"), server: srv, appears: now, cadences: cadences, incremental: incremental, policyID: srv.policyID,
		job: emulator.Job{Plan: s.Plans.Of(srv.instance.id), Started: now},
	}
	if policy, err := s.findPolicy(srv.policyID); err == nil {
		p.policyName = policy.name
	}
	for _, v := range srv.instance.volumes {
		if !srv.skipped[v.id] {
			p.volumes = append(p.volumes, volumePoint{newID("bk-vol-pt-"), v})
		}
	}
	if l, err := s.findLocation(srv.locationID); err == nil {
		p.location = l
		if quota := l.quota; !quota.Unlimited && float64(s.used(l)+p.usage()) > quota.MaxQuota*gib {
			p.job.Fail = "The quota of the backup location is exceeded"
		}
	}
	s.points, s.byID[p.id], srv.points = append(s.points, p), p, append(srv.points, p)
	return p
}

func (p *point) usage() (bytes int64) {
	for _, v := range p.volumes {
		bytes += v.volume.usage(p.incremental)
	}
	return bytes
}

func (p *point) size() (bytes int64) {
	for _, v := range p.volumes {
		bytes += v.volume.size
	}
	return bytes
}

// stored is what a point takes of its location: nothing while it runs or after it failed.
func (p *point) stored(now time.Time) int64 {
	if p.deletion == deleted || p.job.Fail != "" || !p.job.Ended(now) {
		return 0
	}
	return p.usage()
}

func (p *point) good(now time.Time) bool { return p.job.Ended(now) && p.job.Fail == "" }

// locked says whether the lock of its location holds a point.
func (p *point) locked(now time.Time) bool {
	return p.location != nil && p.location.lock.Enable &&
		now.Before(p.job.Started.Add(days(p.location.lock.MinRetention)))
}

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

func (s *Server) findPoint(id string) (*point, error) {
	if p := s.byID[id]; p != nil && !p.appears.After(s.Clock.Now()) && p.deletion == present {
		return p, nil
	}
	return nil, notFound("backupInstancePointId", id)
}

// remove deletes a point, into the bin if its location has one.
func (s *Server) remove(p *point, bin bool) {
	now := s.Clock.Now()
	p.deletion, p.deletedAt, p.goneAt = deleted, now, now.Add(s.options.DeletionTakes)
	if bin && p.location != nil && p.location.softDelete.Enable {
		p.deletion = softDeleted
	}
}

// settle does what time does: bins lapse, locked locations drop what is too old, and deleted backup
// servers vanish.
func (s *Server) settle() {
	now := s.Clock.Now()
	for _, p := range s.points {
		l := p.location
		switch {
		case l == nil || p.deletion == deleted || (!l.lock.Enable && p.deletion == present):
		case p.deletion == softDeleted && !now.Before(p.deletedAt.Add(days(l.softDelete.RetainDays))):
			p.deletion = deleted
		case p.deletion == present && l.lock.Enable && p.job.Ended(now) && !now.Before(p.job.Started.Add(days(l.lock.MaxRetention))):
			s.remove(p, false)
		}
	}
	s.servers = slices.DeleteFunc(s.servers, func(srv *backupServer) bool {
		return !srv.goneAt.IsZero() && !srv.stays && !srv.goneAt.After(now)
	})
}

func (s *Server) deletePoint(r *http.Request) (int, any, error) {
	p, err := s.findPoint(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	switch now := s.Clock.Now(); {
	case !p.job.Ended(now):
		return 0, nil, errBusy
	case p.locked(now):
		return 0, nil, errLocked
	}
	if fails, at := s.deletionFails(p.id); fails {
		p.goneAt = at
		return s.written(), nil, nil
	}
	s.remove(p, true)
	return s.written(), nil, nil
}

// deletionFails says whether what was asked to be deleted stays, and when it is as before again. The plan for it
// has the subject "delete " with the id.
func (s *Server) deletionFails(id string) (fails bool, at time.Time) {
	plan := s.Plans.Of("delete " + id)
	return plan.Fail != "", s.Clock.Now().Add(plan.Duration)
}

// written is the status of writes that the contract does not tell of.
func (s *Server) written() int { return orElse(s.options.WriteStatus, http.StatusNoContent) }

// listPoints is in the order that the console shows: newest first.
func (s *Server) listPoints(r *http.Request) (int, any, error) {
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	now := s.Clock.Now()
	rows := []object{}
	for _, p := range slices.Backward(srv.points) {
		listed := p.deletion == present || p.goneAt.After(now) || (p.deletion == softDeleted && s.options.SoftDeletedListed)
		if !p.appears.After(now) && listed {
			rows = append(rows, s.pointRow(p))
		}
	}
	if s.options.PointsEnvelope {
		return http.StatusOK, s.page(r, rows), nil
	}
	return http.StatusOK, rows, nil
}

func (s *Server) pointRow(p *point) object {
	now := s.Clock.Now()
	row := object{
		"id": p.id, "userId": userID, "backendId": s.backendID, "projectId": s.projectID,
		"backupInstanceId": p.server.id, "serverId": p.server.instance.id, "status": s.word(p, now),
		"snapshotTime": timestamp(p.job.Started), "finishTime": nil, "size": p.size(), "usage": p.stored(now),
		"createdAt": timestamp(p.job.Started), "policySnapshot": s.policySnapshot(p),
	}
	if p.job.Ended(now) {
		row["finishTime"] = timestamp(p.job.EndsAt())
	}
	if p.location != nil {
		if s.options.FlatDestination {
			row["destinationId"] = p.location.id
		} else {
			row["destination"] = object{"id": p.location.id, "name": p.location.name}
		}
	}
	if p.deletion == softDeleted {
		row["deletionStatus"] = s.deletionWord(p)
	}
	volumes := []object{}
	for _, v := range p.volumes {
		if s.options.VolumePointsProjected {
			volumes = append(volumes, projectedVolume(p, v))
			continue
		}
		volumes = append(volumes, object{
			"id": v.id, "volumeId": v.volume.id, "parentId": p.id, "name": v.volume.name, "volumeSize": v.volume.size,
			"volumeUsage": v.volume.usage(p.incremental), "status": row["status"], "snapshotTime": row["snapshotTime"], "finishTime": row["finishTime"],
		})
	}
	row["backupVolumePoints"] = volumes
	return row
}

// word is the status of a point.
func (s *Server) word(p *point, now time.Time) string {
	switch {
	case p.goneAt.After(now) && s.options.DeletingWord != "":
		return s.options.DeletingWord
	case !p.job.Ended(now) && p.job.Progress(now) < 50:
		return "BACKING_UP"
	case !p.job.Ended(now):
		return "UPLOADING"
	case p.job.Fail != "":
		return orElse(s.options.FailureWord, "ERROR")
	}
	return "ACTIVE"
}

func (s *Server) deletionWord(p *point) any {
	switch p.deletion {
	case softDeleted:
		return orElse(s.options.SoftDeletedWord, "SOFT_DELETED")
	case deleted:
		return orElse(s.options.DeletedWord, "DELETED")
	default:
		return nil
	}
}

func (s *Server) policySnapshot(p *point) any {
	snapshot := object{"id": p.policyID, "name": p.policyName}
	if !s.options.SnapshotNameOnly {
		kind := "FULL"
		if p.incremental {
			kind = "INCREMENTAL"
		}
		snapshot["modes"], snapshot["backupType"], snapshot["detailModes"] = p.cadences, kind, []string{}
		if len(p.cadences) == 0 {
			snapshot["modes"], snapshot["backupType"] = []string{"manual"}, "MANUAL_FULL"
		}
	}
	if s.options.SnapshotObject {
		return snapshot
	}
	return text(snapshot)
}

// text is JSON in a string.
func text(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}
