package backupcenter

import (
	"net/http"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// restore is a row of the restore history, and the server or volume that it makes.
type restore struct {
	id            string
	point         *point
	volumePointID string
	volumeID      string // of the volume point
	instance      *instance
	newVolumeID   string
	job           emulator.Job
	appears       time.Time
	config        object
}

func (s *Server) listProjects(*http.Request) (int, any, error) {
	return http.StatusOK, object{"projects": []object{{"projectId": s.projectID, "userId": userID}}}, nil
}

func (s *Server) getInstance(r *http.Request) (int, any, error) {
	i, err := s.findInstance(r.PathValue("id"))
	if err != nil || r.PathValue("project") != s.projectID {
		return 0, nil, notFound("server", r.PathValue("id"))
	}
	return http.StatusOK, object{"data": s.instanceRow(i)}, nil
}

func (s *Server) instanceRow(i *instance) object {
	row := object{
		"uuid": i.id, "name": i.name, "status": "ACTIVE", "zoneId": "HCM03-1A", "encryptionVolume": false,
		"flavor": object{}, "image": object{"id": imageOf(i)}, "internalInterfaces": []object{}, "externalInterfaces": []object{},
		"bootVolumeId": i.volumes[0].id,
	}
	if i.job != nil {
		row["status"] = status(*i.job, s.Clock.Now(), "CREATING", "STOPPED", "ERROR")
	}
	return row
}

func status(job emulator.Job, now time.Time, running, good, bad string) string {
	switch {
	case !job.Ended(now):
		return running
	case job.Fail != "":
		return bad
	}
	return good
}

// restoreServer creates servers from points only.
func (s *Server) restoreServer(r *http.Request) (int, any, error) {
	var in object
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	for _, name := range []string{"encryptionVolume", "flavorId", "imageId", "name", "networkId", "rootDiskSize", "rootDiskTypeId", "subnetId", "backupInstancePointId"} {
		if in[name] == nil || in[name] == "" {
			return 0, nil, fail(http.StatusBadRequest, "missing_required_field")
		}
	}
	pointID, _ := in["backupInstancePointId"].(string)
	p, err := s.restorable(r, pointID)
	if err != nil {
		return 0, nil, err
	}
	name, _ := in["name"].(string)
	disk, _ := in["rootDiskSize"].(float64)
	switch {
	case len(name) < 5 || len(name) > 65:
		return 0, nil, fail(http.StatusBadRequest, "The name must have 5 to 65 characters")
	case disk < 20:
		return 0, nil, fail(http.StatusBadRequest, "The root disk is too small")
	}
	x := s.addRestore(p, in)
	x.instance = s.addInstance(newID("ins-"), name)
	x.instance.job = &x.job
	return http.StatusAccepted, object{"data": s.instanceRow(x.instance)}, nil
}

func (s *Server) restoreVolume(r *http.Request) (int, any, error) {
	var in object
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	id, _ := in["backupVolumePointId"].(string)
	name, _ := in["name"].(string)
	kind, _ := in["volumeTypeId"].(string)
	size, _ := in["size"].(float64)
	if name == "" || kind == "" || size < 1 {
		return 0, nil, fail(http.StatusBadRequest, "missing_required_field")
	}
	for _, p := range s.points {
		for _, v := range p.volumes {
			if v.id != id {
				continue
			}
			if _, err := s.restorable(r, p.id); err != nil {
				return 0, nil, err
			}
			x := s.addRestore(p, in)
			x.volumePointID, x.volumeID, x.newVolumeID = id, v.volume.id, newID("vol-")
			return http.StatusAccepted, object{"data": object{"uuid": x.newVolumeID, "name": name, "status": "CREATING"}}, nil
		}
	}
	return 0, nil, notFound("backupVolumePointId", id)
}

func (s *Server) restorable(r *http.Request, pointID string) (*point, error) {
	p, err := s.findPoint(pointID)
	switch {
	case err != nil || r.PathValue("project") != s.projectID:
		return nil, notFound("backupInstancePointId", pointID)
	case !p.good(s.Clock.Now()):
		return nil, fail(http.StatusBadRequest, "The backup point is not available")
	}
	return p, nil
}

func (s *Server) addRestore(p *point, config object) *restore {
	now := s.Clock.Now()
	x := &restore{
		id: newID(orElse(s.options.RestorePrefix, "rst-")), point: p, config: config, appears: now.Add(s.options.PointAppearsAfter),
		job: emulator.Job{Plan: s.Plans.Of(p.id), Started: now},
	}
	s.restores = append(s.restores, x)
	return x
}

// restoreRow leaves finishAt empty, as the service has been seen to do of a good restore.
func (s *Server) restoreRow(x *restore) object {
	now := s.Clock.Now()
	row := object{
		"id": x.id, "userId": userID, "type": "SERVER", "status": status(x.job, now, "RESTORING", orElse(s.options.RestoreSuccessWord, "SUCCESS"), "ERROR"),
		"backupInstanceId": x.point.server.id, "backupInstanceName": x.point.server.name, "backupInstancePointId": x.point.id,
		"backupVolumePointId": nil, "destinationServerId": nil, "destinationVolumeId": nil, "config": text(x.config), "finishAt": nil,
		"backendId": s.backendID, "projectId": s.projectID, "createdAt": timestamp(x.job.Started), "updatedAt": timestamp(x.job.Started),
	}
	if x.instance != nil {
		row["destinationServerId"] = x.instance.id
	} else {
		row["type"], row["backupVolumePointId"], row["destinationVolumeId"] = "VOLUME", x.volumePointID, x.newVolumeID
	}
	return row
}
