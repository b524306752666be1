package backupcenter

import "net/http"

// The projection is what other products of the cloud see: other names, and bare arrays.

// projectServers is empty without a project.
func (s *Server) projectServers(r *http.Request) (int, any, error) {
	rows := []object{}
	for _, srv := range s.servers {
		if r.URL.Query().Get("projectId") == s.projectID && query(r, "backendId", s.backendID) {
			rows = append(rows, s.projectedServer(srv))
		}
	}
	return http.StatusOK, rows, nil
}

func (s *Server) projectedServer(srv *backupServer) object {
	row := object{
		"backupInstanceId": srv.id, "backupInstanceName": srv.name, "serverId": srv.instance.id, "createdAt": timestamp(srv.created),
		"latestRecord": timestamp(s.latest(srv)), "protectedVolumes": len(srv.instance.volumes), "products": []string{"vServer"},
	}
	if l, err := s.findLocation(srv.locationID); err == nil {
		row["backupDestination"] = object{
			"id": l.id, "name": l.name, "status": "ACTIVE", "isDefault": l.isDefault, "type": "VAULT", "config": s.locationRow(l)["config"],
		}
	}
	return row
}

func (s *Server) createDefaultServers(r *http.Request) (int, any, error) {
	var in struct {
		ProjectID string
		ServerIDs []string
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if in.ProjectID != s.projectID {
		return 0, nil, fail(http.StatusBadRequest, "missing_required_field")
	}
	var policyID, locationID string
	for _, p := range s.policies {
		if p.isDefault {
			policyID = p.id
		}
	}
	for _, l := range s.locations {
		if l.isDefault {
			locationID = l.id
		}
	}
	rows := []object{}
	for _, id := range in.ServerIDs {
		srv, err := s.addServer(id, policyID, locationID)
		if err != nil {
			return 0, nil, err
		}
		rows = append(rows, s.projectedServer(srv))
	}
	if s.options.CreateWithoutBody {
		return http.StatusOK, nil, nil
	}
	return http.StatusOK, rows, nil
}

func (s *Server) projectPoints(r *http.Request) (int, any, error) {
	srv, err := s.findServer(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	now := s.Clock.Now()
	rows := []object{}
	for _, p := range srv.points {
		if p.deletion != present || !p.good(now) {
			continue
		}
		row := object{
			"backupInstancePointId": p.id, "backupInstanceId": srv.id, "snapshotTime": timestamp(p.job.Started), "size": p.size(), "usage": p.usage(),
			"serverInfo": object{
				"name": srv.instance.name, "imageId": imageOf(srv.instance), "imageType": "Ubuntu", "imageVersion": "24.04", "encryptionVolume": false,
			},
		}
		if p.location != nil {
			row["backupDestination"] = s.locationRow(p.location)["config"]
		}
		rows = append(rows, row)
	}
	return http.StatusOK, rows, nil
}

func imageOf(i *instance) string { return "img-" + i.id[len("ins-"):] }

func (s *Server) projectVolumePoints(r *http.Request) (int, any, error) {
	p, err := s.findPoint(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	rows := []object{}
	for _, v := range p.volumes {
		rows = append(rows, projectedVolume(p, v))
	}
	return http.StatusOK, rows, nil
}

func projectedVolume(p *point, v volumePoint) object {
	boot := 1
	if v.volume.boot {
		boot = 0
	}
	return object{
		"backupVolumePointId": v.id, "name": v.volume.name, "size": v.volume.size, "bootIndex": boot, "volumeTypeId": "vtype-7f2c",
		"bootable": v.volume.boot, "multiAttach": false, "encryptionType": nil, "backupInstancePointId": p.id,
	}
}
