package backupcenter

import (
	"net/http"
	"slices"
	"time"
)

type policy struct {
	id, name         string
	isDefault        bool
	config           object
	created, updated time.Time
}

// hourlyIntervals and maxRetention are what /v1/configurations tells of.
var hourlyIntervals = []int{4, 6, 8, 12}

const maxRetention = 30000

// disabledHour is the one hour at which new policies cannot start.
const disabledHour = 23

func (s *Server) configurations(*http.Request) (int, any, error) {
	hours := make([]object, 24)
	for h := range hours {
		hours[h] = object{"key": h, "value": time.Time{}.Add(time.Duration(h) * time.Hour).Format("15:04"), "enable": h != disabledHour, "description": ""}
	}
	each := func(n int) object { return object{"hourly": n, "daily": n, "weekly": n, "monthly": n} }
	return http.StatusOK, object{"configs": object{
		"backup_policy_hourly_interval":   hourlyIntervals,
		"backup_policy_retention_limit":   each(maxRetention),
		"snapshot_policy_hourly_interval": []int{1, 2, 4, 6, 8, 12},
		"snapshot_policy_retention_limit": each(64),
		"allowed_backup_server_status":    "ACTIVE,STOPPED",
		"backup_policy_time_ranges":       hours,
	}}, nil
}

func (s *Server) listBackends(r *http.Request) (int, any, error) {
	rows := []object{{"id": s.backendID, "name": "HCM-03"}}
	if s.options.Region != "HCM-3" {
		rows = []object{{"id": s.backendID, "name": "HAN-01"}, {"id": newID(""), "name": "HCM-03"}}
	}
	rows = slices.DeleteFunc(rows, func(row object) bool { return !query(r, "backend", row["name"].(string)) }) //nolint:forcetypeassert // written above
	return http.StatusOK, s.page(r, rows), nil
}

func (s *Server) policyRow(p *policy) object {
	count := 0
	for _, srv := range s.servers {
		if srv.policyID == p.id {
			count++
		}
	}
	return object{
		"id": p.id, "userId": userID, "backendId": s.backendID, "projectId": s.projectID, "name": p.name,
		"isDefault": p.isDefault, "product": "vServer", "backupInstanceCount": count, "config": p.config,
		"createdAt": timestamp(p.created), "updatedAt": timestamp(p.updated),
	}
}

const userID = 1001

func (s *Server) findPolicy(id string) (*policy, error) {
	i := slices.IndexFunc(s.policies, func(p *policy) bool { return p.id == id })
	if i < 0 {
		return nil, notFound("backupPolicyId", id)
	}
	return s.policies[i], nil
}

func (s *Server) listPolicies(r *http.Request) (int, any, error) {
	var rows []object
	for _, p := range s.policies {
		if query(r, "backendId", s.backendID) && query(r, "projectId", s.projectID) && queryName(r, p.name) {
			rows = append(rows, s.policyRow(p))
		}
	}
	return http.StatusOK, s.page(r, rows), nil
}

func (s *Server) getPolicy(r *http.Request) (int, any, error) {
	p, err := s.findPolicy(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.policyRow(p), nil
}

func (s *Server) createPolicy(r *http.Request) (int, any, error) {
	now := s.Clock.Now()
	p := &policy{id: newID("bk-pol-"), created: now}
	if err := s.setPolicy(r, p); err != nil {
		return 0, nil, err
	}
	s.policies = append(s.policies, p)
	return http.StatusCreated, s.policyRow(p), nil
}

func (s *Server) putPolicy(r *http.Request) (int, any, error) {
	p, err := s.findPolicy(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if err := s.setPolicy(r, p); err != nil {
		return 0, nil, err
	}
	return http.StatusOK, s.policyRow(p), nil
}

func (s *Server) setPolicy(r *http.Request, p *policy) error {
	var in struct {
		BackendID, ProjectID, Name string
		Config                     object
	}
	if err := read(r, &in); err != nil {
		return err
	}
	if in.BackendID != s.backendID || in.ProjectID != s.projectID || in.Name == "" || in.Config == nil {
		return fail(http.StatusBadRequest, "missing_required_field")
	}
	for _, other := range s.policies {
		if other != p && other.name == in.Name {
			return fail(http.StatusConflict, "The backup policy name already exists")
		}
	}
	config, err := replaceConfig(in.Config, p.config)
	if err != nil {
		return err
	}
	p.name, p.config, p.updated = in.Name, config, s.Clock.Now()
	return nil
}

// replaceConfig checks a config and fills in what it leaves out: a cadence that is not named is off.
func replaceConfig(in, old object) (object, error) {
	hour := number(in, "hour")
	if hour < 0 || hour > 23 || (old == nil && hour == disabledHour) {
		return nil, fail(http.StatusBadRequest, "The hour is not available")
	}
	zone, _ := in["timeZone"].(string)
	if _, err := time.LoadLocation(zone); err != nil || zone == "" {
		return nil, fail(http.StatusBadRequest, "missing_required_field")
	}
	protected, _ := in["isProtectedServer"].(bool)
	out := object{"hour": hour, "minute": number(in, "minute"), "timeZone": zone, "isProtectedServer": protected, "statusSendEmail": []any{}}
	if mails, ok := in["statusSendEmail"].([]any); ok {
		out["statusSendEmail"] = mails
	}
	for _, cadence := range []string{"hourly", "daily", "weekly", "monthly"} {
		enabled, _ := in[cadence+"Enabled"].(bool)
		config, _ := in[cadence+"Config"].(object)
		out[cadence+"Enabled"], out[cadence+"Config"] = enabled, object{}
		if !enabled {
			continue
		}
		if err := checkCadence(cadence, config); err != nil {
			return nil, err
		}
		out[cadence+"Config"] = config
	}
	return out, nil
}

func checkCadence(cadence string, config object) error {
	bad := fail(http.StatusBadRequest, "missing_required_field")
	kind, incrementals := config["backupType"], number(config, "incrementalQuantity")
	if n := number(config, "retention"); n < 1 || n > maxRetention {
		return bad
	}
	if (kind != "FULL" || incrementals != 0) && (kind != "INCREMENTAL" || incrementals < 1) {
		return bad
	}
	switch cadence {
	case "hourly":
		if !slices.Contains(hourlyIntervals, int(number(config, "interval"))) {
			return bad
		}
	case "weekly":
		if n := number(config, "dayOfWeek"); n < 1 || n > 7 {
			return bad
		}
	case "monthly":
		day, week, weekday := number(config, "dayOfMonth"), number(config, "weekOfMonth"), number(config, "dayOfWeek")
		if (config["type"] != "DAY_OF_MONTH" || day < 1 || day > 31) &&
			(config["type"] != "DAY_OF_WEEK" || week < 1 || week > 5 || weekday < 1 || weekday > 7) {
			return bad
		}
	}
	return nil
}

// number is a member as a float, which is what the service keeps; -1 if there is none, except for
// members with a default.
func number(o object, name string) float64 {
	switch v := o[name].(type) {
	case float64:
		return v
	case nil:
		if name == "minute" || name == "incrementalQuantity" {
			return 0
		}
	}
	return -1
}

func (s *Server) deletePolicy(r *http.Request) (int, any, error) {
	p, err := s.findPolicy(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if p.isDefault {
		return 0, nil, fail(http.StatusConflict, "The default backup policy can not be deleted")
	}
	for _, srv := range s.servers {
		if srv.policyID == p.id {
			return 0, nil, fail(http.StatusConflict, "The backup policy is being used")
		}
	}
	s.policies = slices.DeleteFunc(s.policies, func(other *policy) bool { return other == p })
	return http.StatusNoContent, nil, nil
}

func (s *Server) switchDefaultPolicy(r *http.Request) (int, any, error) {
	p, err := s.findPolicy(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	for _, other := range s.policies {
		other.isDefault = other == p
	}
	return http.StatusNoContent, nil, nil
}
