package backupcenter

import (
	"fmt"
	"net/http"
	"slices"
	"time"
)

// location is a "backup destination" of the API, always a vault.
type location struct {
	id, name, product string
	region            region
	isDefault         bool
	quota             quota
	softDelete        softDelete
	lock              lock
	created, updated  time.Time
}

type region struct{ name, id string }

// quota is in GB.
type quota struct {
	Unlimited bool    `json:"unlimited"`
	MaxQuota  float64 `json:"maxQuota"`
}

type softDelete struct {
	Enable     bool `json:"enable"`
	RetainDays int  `json:"retainDays"`
	since      time.Time
}

type lock struct {
	Enable         bool `json:"enable"`
	ChangeDuration int  `json:"changeDuration"`
	MinRetention   int  `json:"minRetention"`
	MaxRetention   int  `json:"maxRetention"`
	since          time.Time
}

type locationEvent struct {
	id, locationID, locationName, action, problem string
	at                                            time.Time
}

// RegionIDs are the storage regions of locations by name.
func (s *Server) RegionIDs() map[string]string {
	ids := map[string]string{}
	for _, r := range s.regions {
		ids[r.name] = r.id
	}
	return ids
}

func (s *Server) listRegions(r *http.Request) (int, any, error) {
	product := orElse(r.URL.Query().Get("product"), "vServer")
	rows := []object{}
	for _, region := range s.regions {
		if product == "vServer" || product == "vDB" {
			rows = append(rows, object{"id": "vst-cf" + region.id, "name": region.name, "regionId": region.id, "product": product})
		}
	}
	return http.StatusOK, rows, nil
}

func (s *Server) listProducts(*http.Request) (int, any, error) {
	return http.StatusOK, []object{
		{"id": "prd-" + s.backendID, "product": "vServer", "enabled": true},
		{"id": "prd-" + s.projectID, "product": "vDB", "enabled": true},
	}, nil
}

func (s *Server) listTags(r *http.Request) (int, any, error) {
	return http.StatusOK, s.page(r, nil), nil
}

func (s *Server) findLocation(id string) (*location, error) {
	i := slices.IndexFunc(s.locations, func(l *location) bool { return l.id == id })
	if i < 0 {
		return nil, notFound("backupDestinationId", id)
	}
	return s.locations[i], nil
}

// used is what the points of a location take, those in the bin included.
func (s *Server) used(l *location) (bytes int64) {
	now := s.Clock.Now()
	for _, p := range s.points {
		if p.location == l {
			bytes += p.stored(now)
		}
	}
	return bytes
}

func (s *Server) serversIn(l *location) (list []*backupServer) {
	for _, srv := range s.servers {
		if srv.locationID == l.id {
			list = append(list, srv)
		}
	}
	return list
}

func (s *Server) locationRow(l *location) object {
	config := object{
		"vault":    object{"regionId": l.region.id, "regionName": l.region.name, "used": s.used(l), "total": 0, "traffic": 0},
		"vstorage": nil,
	}
	row := object{
		"id": l.id, "userId": userID, "backendId": nil, "projectId": nil, "name": l.name, "status": "ACTIVE", "isDefault": l.isDefault,
		"type": "VAULT", "product": l.product, "numberOfBackupInstances": len(s.serversIn(l)), "maxQuota": l.quota,
		"softDeleteConfig": nil, "vaultLock": nil, "config": config, "createdAt": timestamp(l.created), "updatedAt": timestamp(l.updated),
	}
	if l.softDelete.Enable {
		row["softDeleteConfig"] = object{"enable": true, "retainDays": float64(l.softDelete.RetainDays), "createdAt": timestamp(l.softDelete.since)}
	}
	if l.lock.Enable {
		row["vaultLock"] = object{
			"enable": true, "changeDuration": l.lock.ChangeDuration, "minRetention": l.lock.MinRetention,
			"maxRetention": l.lock.MaxRetention, "createdAt": timestamp(l.lock.since),
		}
	}
	if s.options.LocationConfigText {
		row["config"] = text(config)
	}
	return row
}

func (s *Server) listLocations(r *http.Request) (int, any, error) {
	var rows []object
	for _, l := range s.locations {
		if queryName(r, l.name) && query(r, "type", "VAULT") {
			rows = append(rows, s.locationRow(l))
		}
	}
	return http.StatusOK, s.page(r, rows), nil
}

func (s *Server) getLocation(r *http.Request) (int, any, error) {
	l, err := s.findLocation(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.locationRow(l), nil
}

func (s *Server) listLocationServers(r *http.Request) (int, any, error) {
	l, err := s.findLocation(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	rows := []object{}
	for _, srv := range s.serversIn(l) {
		if queryName(r, srv.name) {
			rows = append(rows, s.serverRow(srv))
		}
	}
	return http.StatusOK, s.page(r, rows), nil
}

// createLocation takes a missing isDefault for true.
func (s *Server) createLocation(r *http.Request) (int, any, error) {
	var in struct {
		Name, RegionID, Product string
		MaxQuota                *quota
		SoftDeleteConfig        *softDelete
		VaultLock               *lock
		IsDefault               *bool
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if in.Name == "" || in.MaxQuota == nil || in.SoftDeleteConfig == nil || in.VaultLock == nil {
		return 0, nil, fail(http.StatusBadRequest, "missing_required_field")
	}
	if in.IsDefault == nil || *in.IsDefault {
		return 0, nil, fail(http.StatusBadRequest, "Limit the number of default backup locations to 1 for product "+in.Product)
	}
	at := slices.IndexFunc(s.regions, func(r region) bool { return r.id == in.RegionID })
	if at < 0 || (in.Product != "vServer" && in.Product != "vDB") {
		return 0, nil, notFound("regionId", in.RegionID)
	}
	if err := in.VaultLock.check(); err != nil {
		return 0, nil, err
	}
	now := s.Clock.Now()
	l := &location{
		id: newID("bk-des-"), name: in.Name, product: in.Product, region: s.regions[at], quota: *in.MaxQuota,
		softDelete: *in.SoftDeleteConfig, lock: *in.VaultLock, created: now, updated: now,
	}
	l.softDelete.since, l.lock.since = now, now
	s.locations = append(s.locations, l)
	s.log(l, "CREATE", "")
	return http.StatusOK, s.locationRow(l), nil
}

func (l lock) check() error {
	switch {
	case !l.Enable:
		return nil
	case l.ChangeDuration < 0 || l.ChangeDuration > 7:
		return fail(http.StatusBadRequest, fmt.Sprintf("The value '%d' of the field 'changeDuration' must be between 0 and 7.", l.ChangeDuration))
	case l.MinRetention > l.MaxRetention:
		return fail(http.StatusBadRequest, "vault_locked_invalid")
	}
	return nil
}

func (s *Server) log(l *location, action, problem string) {
	s.locLog = append(s.locLog, locationEvent{newID("bk-des-his-"), l.id, l.name, action, problem, s.Clock.Now()})
}

// change decodes into a value and applies it to a location.
func change[T any](s *Server, r *http.Request, action string, apply func(l *location, in T) error) (int, any, error) {
	var in T
	l, err := s.findLocation(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	if err := apply(l, in); err != nil {
		s.log(l, action, err.Error())
		return 0, nil, err
	}
	l.updated = s.Clock.Now()
	s.log(l, action, "")
	return s.written(), nil, nil
}

func (s *Server) putLocationName(r *http.Request) (int, any, error) {
	return change(s, r, "RENAME", func(l *location, in struct{ Name string }) error {
		if in.Name == "" {
			return fail(http.StatusBadRequest, "missing_required_field")
		}
		l.name = in.Name
		return nil
	})
}

func (s *Server) putLocationQuota(r *http.Request) (int, any, error) {
	return change(s, r, "EDIT_MAX_QUOTA", func(l *location, in struct{ MaxQuota *quota }) error {
		if in.MaxQuota == nil {
			return fail(http.StatusBadRequest, "missing_required_field")
		}
		l.quota = *in.MaxQuota
		return nil
	})
}

func (s *Server) putLocationSoftDelete(r *http.Request) (int, any, error) {
	return change(s, r, "EDIT_SOFT_DELETED", func(l *location, in softDelete) error {
		for _, p := range s.points {
			if p.location == l && p.deletion == softDeleted && !in.Enable && !s.options.SoftDeleteOffKeeps {
				p.deletion = deleted
			}
		}
		in.since = s.Clock.Now()
		if !in.Enable {
			in.RetainDays = l.softDelete.RetainDays // what is left in the bin lapses on its date
		}
		l.softDelete = in
		return nil
	})
}

func (s *Server) putLocationLock(r *http.Request) (int, any, error) {
	return change(s, r, "ENABLE_VAULT_LOCK", func(l *location, in lock) error {
		now := s.Clock.Now()
		in.since = now
		if l.lock.Enable {
			if !now.Before(l.lock.since.Add(days(l.lock.ChangeDuration))) {
				return fail(http.StatusBadRequest, "Cannot edit vault lock")
			}
			in.since = l.lock.since
		}
		if err := in.check(); err != nil {
			return err
		}
		l.lock = in
		return nil
	})
}

func (s *Server) deleteLocation(r *http.Request) (int, any, error) {
	l, err := s.findLocation(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if l.isDefault || len(s.serversIn(l)) > 0 || s.used(l) > 0 {
		s.log(l, "DELETE", "backup_location_is_being_used")
		return 0, nil, fail(http.StatusConflict, "backup_location_is_being_used")
	}
	s.log(l, "DELETE", "")
	s.locations = slices.DeleteFunc(s.locations, func(other *location) bool { return other == l })
	return s.written(), nil, nil
}

func (s *Server) locationHistory(r *http.Request) (int, any, error) {
	var rows []object
	id := r.PathValue("id")
	for _, e := range slices.Backward(s.locLog) {
		if id != "" && id != e.locationID {
			continue
		}
		row := object{
			"id": e.id, "backupDestinationId": e.locationID, "backupDestinationName": e.locationName, "action": e.action,
			"status": "SUCCESS", "errorMessage": nil, "description": "", "createdAt": timestamp(e.at),
		}
		if e.problem != "" {
			row["status"], row["errorMessage"] = "ERROR", e.problem
		}
		rows = append(rows, row)
	}
	return http.StatusOK, s.page(r, rows), nil
}
