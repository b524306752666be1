package backupcenter

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

const gib = 1 << 30

// instance is a machine of vServer.
type instance struct {
	id, name string
	volumes  []*volume
	deleted  bool
	// job brings a restored instance up; it stays stopped.
	job *emulator.Job
}

type volume struct {
	id, name string
	size     int64
	boot     bool
}

// backupServer is a "backup instance" of the API.
type backupServer struct {
	id, name, description string
	instance              *instance
	enabled               bool
	skipped               map[string]bool // volumes that are not backed up
	policyID, locationID  string
	created, updated      time.Time
	// goneAt is when it is gone, or when its deletion fails: then it stays.
	goneAt time.Time
	stays  bool
	points []*point // in the order in which they were started
}

var instanceID = regexp.MustCompile(`^ins-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// AddInstance makes an instance with a boot volume of 20 GiB and a data volume of 40 GiB.
func (s *Server) AddInstance(name string) (id string, volumeIDs []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.addInstance(newID("ins-"), name)
	return i.id, []string{i.volumes[0].id, i.volumes[1].id}
}

// DeleteInstance deletes an instance; its backup server stays.
func (s *Server) DeleteInstance(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := s.instances[id]; i != nil {
		i.deleted = true
	}
}

func (s *Server) addInstance(id, name string) *instance {
	i := &instance{id: id, name: name, volumes: []*volume{
		{id: newID("vol-"), name: name + " boot_volume", size: 20 * gib, boot: true},
		{id: newID("vol-"), name: name + " data_volume", size: 40 * gib},
	}}
	s.instances[id] = i
	return i
}

// findInstance takes every well-formed id for that of an instance which exists.
func (s *Server) findInstance(id string) (*instance, error) {
	i := s.instances[id]
	if i == nil && instanceID.MatchString(id) {
		i = s.addInstance(id, "instance-"+id[4:12])
	}
	if i == nil || i.deleted {
		return nil, notFound("serverId", id)
	}
	return i, nil
}

func (s *Server) findServer(id string) (*backupServer, error) {
	i := slices.IndexFunc(s.servers, func(srv *backupServer) bool { return srv.id == id })
	if i < 0 {
		return nil, notFound("backupInstanceId", id)
	}
	return s.servers[i], nil
}

func (s *Server) serverRow(srv *backupServer) object {
	volumes := []object{}
	for _, v := range srv.instance.volumes {
		volumes = append(volumes, s.volumeRow(srv, v))
	}
	row := object{
		"id": srv.id, "name": srv.name, "description": srv.description, "serverId": srv.instance.id,
		"serverDeleted": srv.instance.deleted, "status": "ACTIVE", "backupEnabled": srv.enabled,
		"backendId": s.backendID, "projectId": s.projectID, "latestRecord": timestamp(s.latest(srv)),
		"createdAt": timestamp(srv.created), "updatedAt": timestamp(srv.updated), "volumes": volumes,
		"backupPolicyId": srv.policyID, "backupDestinationId": srv.locationID,
	}
	if srv.goneAt.After(s.Clock.Now()) && s.options.DeletingWord != "" {
		row["status"] = s.options.DeletingWord
	}
	if p, err := s.findPolicy(srv.policyID); err == nil {
		row["policy"] = object{"id": p.id, "name": p.name, "isDefault": p.isDefault, "config": p.config}
	}
	if l, err := s.findLocation(srv.locationID); err == nil {
		row["destination"] = object{"id": l.id, "name": l.name, "status": "ACTIVE", "isDefault": l.isDefault, "type": "VAULT"}
	}
	return row
}

func (s *Server) volumeRow(srv *backupServer, v *volume) object {
	return object{
		"volumeId": v.id, "volumeSize": v.size, "volumeUsage": float64(v.usage(false)),
		"backupEnabled": !srv.skipped[v.id], "latestRecord": timestamp(s.latest(srv)),
	}
}

// latest is when the last run of a backup server began.
func (s *Server) latest(srv *backupServer) (at time.Time) {
	now := s.Clock.Now()
	for _, p := range srv.points {
		if !p.appears.After(now) && p.job.Started.After(at) {
			at = p.job.Started
		}
	}
	return at
}

func (s *Server) listServers(r *http.Request) (int, any, error) {
	var rows []object
	for _, srv := range s.servers {
		if query(r, "backendId", s.backendID) && query(r, "projectId", s.projectID) && query(r, "id", srv.id) &&
			query(r, "serverId", srv.instance.id) && queryName(r, srv.name) {
			rows = append(rows, s.serverRow(srv))
		}
	}
	return http.StatusOK, s.page(r, rows), nil
}

func (s *Server) getServer(r *http.Request) (int, any, error) {
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.serverRow(srv), nil
}

func (s *Server) createServer(r *http.Request) (int, any, error) {
	var in struct {
		BackendID, ProjectID, Description   string
		BackupPolicyID, BackupDestinationID string
		BackupEnabled                       *bool
		ServerConfig                        []struct {
			ServerID string
			Volumes  []struct {
				VolumeID      string
				BackupEnabled bool
			}
		}
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if in.BackendID != s.backendID || in.ProjectID != s.projectID || len(in.ServerConfig) == 0 {
		return 0, nil, fail(http.StatusBadRequest, "missing_required_field")
	}
	var rows []object
	for _, config := range in.ServerConfig {
		srv, err := s.addServer(config.ServerID, in.BackupPolicyID, in.BackupDestinationID)
		if err != nil {
			return 0, nil, err
		}
		srv.description = in.Description
		srv.enabled = in.BackupEnabled == nil || *in.BackupEnabled
		for _, v := range config.Volumes {
			srv.skipped[v.VolumeID] = !v.BackupEnabled
		}
		rows = append(rows, s.serverRow(srv))
	}
	if s.options.CreateWithoutBody {
		return http.StatusCreated, nil, nil
	}
	return http.StatusCreated, rows, nil
}

func (s *Server) addServer(instanceID, policyID, locationID string) (*backupServer, error) {
	i, err := s.findInstance(instanceID)
	if err != nil {
		return nil, err
	}
	if _, err := s.findPolicy(policyID); err != nil {
		return nil, err
	}
	if _, err := s.findLocation(locationID); err != nil {
		return nil, err
	}
	if s.serverOf(instanceID) != nil {
		return nil, fail(http.StatusConflict, "The backup server for server "+instanceID+" already exists")
	}
	now := s.Clock.Now()
	id := newID("bk-ins-")
	srv := &backupServer{
		id: id, name: i.name + "-" + id[len("bk-ins-"):][:8], instance: i, enabled: true, skipped: map[string]bool{},
		policyID: policyID, locationID: locationID, created: now, updated: now,
	}
	s.servers = append(s.servers, srv)
	return srv, nil
}

// serverOf is the one backup server of an instance.
func (s *Server) serverOf(instanceID string) *backupServer {
	for _, srv := range s.servers {
		if srv.instance.id == instanceID {
			return srv
		}
	}
	return nil
}

func (s *Server) deleteServer(r *http.Request) (int, any, error) {
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	now := s.Clock.Now()
	for _, p := range srv.points {
		switch {
		case p.deletion != present:
		case !p.job.Ended(now):
			return 0, nil, errBusy
		case p.locked(now):
			return 0, nil, errLocked
		}
	}
	if srv.stays, srv.goneAt = s.deletionFails(srv.id); srv.stays {
		return http.StatusNoContent, nil, nil
	}
	for _, p := range srv.points {
		if p.deletion == present {
			s.remove(p, s.options.ServerDeletionSoft)
		}
	}
	srv.goneAt = now.Add(s.options.DeletionTakes)
	s.settle()
	return http.StatusNoContent, nil, nil
}

func (s *Server) enableServer(r *http.Request) (int, any, error) { return s.setEnabled(r, true) }

func (s *Server) disableServer(r *http.Request) (int, any, error) { return s.setEnabled(r, false) }

func (s *Server) setEnabled(r *http.Request, enabled bool) (int, any, error) {
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	srv.enabled, srv.updated = enabled, s.Clock.Now()
	return http.StatusOK, nil, nil
}

func (s *Server) putServerPolicy(r *http.Request) (int, any, error) {
	var in struct{ ID string }
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if _, err := s.findPolicy(in.ID); err != nil {
		return 0, nil, err
	}
	srv.policyID, srv.updated = in.ID, s.Clock.Now()
	return http.StatusOK, nil, nil
}

func (s *Server) putServerLocation(r *http.Request) (int, any, error) {
	var in struct{ BackupDestinationID string }
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if _, err := s.findLocation(in.BackupDestinationID); err != nil {
		return 0, nil, err
	}
	srv.locationID, srv.updated = in.BackupDestinationID, s.Clock.Now()
	return s.written(), nil, nil
}

func (s *Server) listServerVolumes(r *http.Request) (int, any, error) {
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	rows := []object{}
	for _, v := range srv.instance.volumes {
		if !srv.instance.deleted {
			rows = append(rows, s.volumeRow(srv, v))
		}
	}
	return http.StatusOK, rows, nil
}

func (s *Server) putServerVolume(r *http.Request) (int, any, error) {
	var in struct {
		VolumeID      string
		BackupEnabled bool
	}
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if !slices.ContainsFunc(srv.instance.volumes, func(v *volume) bool { return v.id == in.VolumeID }) {
		return 0, nil, notFound("volumeId", in.VolumeID)
	}
	srv.skipped[in.VolumeID], srv.updated = !in.BackupEnabled, s.Clock.Now()
	return http.StatusOK, nil, nil
}

func (s *Server) protectedServers(*http.Request) (int, any, error) {
	ids := []string{}
	for _, srv := range s.servers {
		if p, err := s.findPolicy(srv.policyID); err == nil && p.config["isProtectedServer"] == true {
			ids = append(ids, srv.instance.id)
		}
	}
	return http.StatusOK, object{"ids": ids}, nil
}

func (s *Server) volumeUsage(r *http.Request) (int, any, error) {
	var in struct {
		BackendID, ProjectID string
		VolumeIDs            []string
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if in.BackendID == "" || in.ProjectID == "" {
		return 0, nil, fail(http.StatusBadRequest, "Missing field")
	}
	known := map[string]*volume{}
	for _, i := range s.instances {
		for _, v := range i.volumes {
			if !i.deleted {
				known[v.id] = v
			}
		}
	}
	rows := []object{}
	for _, id := range in.VolumeIDs {
		v := known[id]
		if v == nil {
			return 0, nil, notFound("volumeId", id)
		}
		rows = append(rows, object{
			"volumeId": id, "volumeSize": v.size, "volumeUsage": float64(v.usage(false)),
			"backendId": s.backendID, "projectId": s.projectID,
		})
	}
	return http.StatusOK, rows, nil
}

// usage is what a backup of the volume takes.
func (v *volume) usage(incremental bool) int64 {
	var mix int64
	for _, c := range strings.TrimPrefix(v.id, "vol-") {
		mix = (mix*31 + int64(c)) % 1_000_003
	}
	used := v.size/8 + mix*1021
	if incremental {
		return used / 10
	}
	return used
}
