package csbs

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

var namePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

// protect is POST …/resources/{server}/action (§2.5).
func (e *Emulator) protect(_ http.ResponseWriter, r *http.Request) (any, error) {
	var body struct {
		Protect *struct {
			Name         string `json:"backup_name"`
			Description  string `json:"description"`
			Incremental  *bool  `json:"incremental"`
			ResourceType string `json:"resource_type"`
			Tags         []tag  `json:"tags"`
			ExtraInfo    object `json:"extra_info"`
		} `json:"protect"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	p := body.Protect
	if p == nil || (p.Name != "" && !namePattern.MatchString(p.Name)) || len(p.Description) > 255 || strings.ContainsAny(p.Description, "<>") {
		return nil, invalid("The parameter is invalid.")
	}
	tags, err := readTags(p.Tags)
	if err != nil {
		return nil, err
	}
	server, err := e.server(r.PathValue("server"))
	if err != nil {
		return nil, err
	}
	if e.MaxBackups >= 0 && len(e.items) >= e.MaxBackups {
		return nil, refuse(http.StatusBadRequest, "CSBS.9006", "The quota of backups is exceeded.")
	}
	for _, it := range e.items {
		if it.server == server && (it.status == restoring || it.status == waitingRestore) {
			return nil, refuse(http.StatusBadRequest, "CSBS.6015", "The server is restoring.")
		}
		if it.server == server && it.status == protecting {
			return nil, refuse(http.StatusInternalServerError, "CSBS.1001", "A manual backup is in progress.")
		}
	}
	incremental := p.Incremental == nil || *p.Incremental
	it := e.backUp(server, uuid.NewString(), p.Name, p.Description, incremental, false, "", tags)
	return object{"checkpoint": object{
		"status": protecting, "created_at": stamp(it.created), "id": it.checkpoint, "resource_graph": nil,
		"project_id": e.IAM.Account.ProjectID, "extra_info": nil,
		"protection_plan": object{
			"id": "fake_" + uuid.NewString(), "name": "server protect plan for " + server.id,
			"resources": []object{{"id": server.id, "type": "OS::Nova::Server", "name": server.Name, "extra_info": "{}"}},
		},
	}}, nil
}

// deleteCheckpoint is DELETE …/checkpoints/{id} (§2.10): without checkpoint_items the whole run goes.
func (e *Emulator) deleteCheckpoint(_ http.ResponseWriter, r *http.Request) (any, error) {
	checkpoint := r.PathValue("checkpoint")
	var of []*item
	for _, it := range e.inOrder() {
		if it.checkpoint == checkpoint && it.status != deleted {
			of = append(of, it)
		}
	}
	if len(of) == 0 {
		return nil, noItem(checkpoint)
	}
	if wanted := r.URL.Query().Get("checkpoint_items"); wanted != "" {
		ids := strings.Split(wanted, ",")
		if e.Switches.SingleDeletion {
			ids = []string{wanted}
		}
		all := of
		of = nil
		for _, id := range ids {
			i := slices.IndexFunc(all, func(it *item) bool { return it.id == id })
			if i < 0 {
				return nil, noItem(id)
			}
			of = append(of, all[i])
		}
	}
	for _, it := range of {
		switch {
		case it.status != available && it.status != failed:
			status := http.StatusBadRequest
			if e.Switches.BusyConflict {
				status = http.StatusConflict
			}
			return nil, refuse(status, "CSBS.2003", "Checkpoint_item is busy.")
		case it.image:
			return nil, refuse(http.StatusBadRequest, "CSBS.8007", "The backup has an image and cannot be deleted.")
		}
	}
	for _, it := range of {
		it.spared, it.status = it.status, waitingDelete
	}
	e.startDeletions(e.Clock.Now())
	return object{}, nil
}

type restoreTarget struct {
	Server  string `json:"server_id"`
	ID      string `json:"resource_id"`
	Volumes []struct {
		Backup string `json:"backup_id"`
		Volume string `json:"volume_id"`
	} `json:"volumes"`
}

// restore is POST /restores (§2.11).
func (e *Emulator) restore(_ http.ResponseWriter, r *http.Request) (any, error) {
	var body struct {
		Restore struct {
			Provider   string `json:"provider_id"`
			Checkpoint string `json:"checkpoint_id"`
			Parameters struct {
				Item    string         `json:"checkpoint_item_id"`
				PowerOn *bool          `json:"power_on"`
				Targets *restoreTarget `json:"targets"`
			} `json:"parameters"`
		} `json:"restore"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	ask := body.Restore
	if ask.Provider != ProviderID || ask.Parameters.PowerOn == nil || ask.Parameters.Targets == nil {
		return nil, invalid("The parameter is invalid.")
	}
	it := e.items[ask.Parameters.Item]
	if it == nil || it.checkpoint != ask.Checkpoint {
		return nil, noItem(ask.Parameters.Item)
	}
	if err := e.restorable(it, ask.Parameters.Targets.Server, *ask.Parameters.Targets); err != nil {
		return nil, err
	}
	it.status = waitingRestore
	it.job = emulator.Job{Plan: e.Plans.Of("restore " + it.id), Started: e.Clock.Now()}
	it.updated = it.job.Started
	return object{"restore": object{
		"id": uuid.NewString(), "checkpoint_id": it.checkpoint, "project_id": e.IAM.Account.ProjectID, "provider_id": ProviderID,
		"parameters": ask.Parameters, "restore_target": nil, "status": "in_progress",
		"resources_status": "in_progress", "resources_reason": object{},
	}}, nil
}

// restorable says why a backup cannot be restored to a server (§2.11, §2.19).
func (e *Emulator) restorable(it *item, server string, target restoreTarget) error {
	bad := func(code, message string) error { return refuse(http.StatusBadRequest, code, message) }
	if it.status != available {
		return bad("CSBS.4000", "Checkpoint_item is not available.")
	}
	to, err := e.server(server)
	if err != nil {
		return err
	}
	mapped := map[string]bool{}
	for _, m := range target.Volumes {
		i := slices.IndexFunc(it.volumes, func(v volume) bool { return v.id == m.Backup })
		if i < 0 {
			return bad("CSBS.6017", "The disk backup does not belong to the backup.")
		}
		j := slices.IndexFunc(to.disks, func(d disk) bool { return d.id == m.Volume })
		switch {
		case j < 0:
			return bad("CSBS.6014", "The target disk does not belong to the server.")
		case to.disks[j].gb < it.volumes[i].disk.gb:
			return bad("CSBS.6024", "The target disk is too small.")
		case to.disks[j].system && !it.volumes[i].disk.system:
			return refuse(http.StatusInternalServerError, "CSBS.6023", "A data disk cannot be restored to a system disk.")
		}
		mapped[m.Backup] = true
	}
	if len(mapped) != len(it.volumes) {
		return bad("CSBS.6018", "Not all disks are mapped.")
	}
	return nil
}

// checkResources is POST …/resources/action (§2.3, §2.4). A refusal is an answer, not an error.
func (e *Emulator) checkResources(_ http.ResponseWriter, r *http.Request) (any, error) {
	var body struct {
		Protectable []struct {
			ID   string `json:"resource_id"`
			Type string `json:"resource_type"`
		} `json:"check_protectable"`
		Restorable []struct {
			Item   string        `json:"checkpoint_item_id"`
			Target restoreTarget `json:"target"`
		} `json:"check_restorable"`
	}
	if err := read(r, &body); err != nil {
		return nil, err
	}
	result := func(id string, err error) object {
		row := object{"resource_id": id, "resource_type": "OS::Nova::Server", "result": err == nil, "error_code": "", "error_msg": ""}
		if refused, ok := err.(*apiError); ok { //nolint:errorlint // made here
			row["error_code"], row["error_msg"] = refused.code, refused.message
		}
		return row
	}
	if len(body.Protectable) > 0 {
		rows := []object{}
		for _, res := range body.Protectable {
			_, err := e.server(res.ID)
			rows = append(rows, result(res.ID, err))
		}
		return object{"protectable": rows}, nil
	}
	rows := []object{}
	for _, res := range body.Restorable {
		it := e.items[res.Item]
		if it == nil {
			return nil, noItem(res.Item)
		}
		rows = append(rows, result(res.Target.ID, e.restorable(it, res.Target.ID, res.Target)))
	}
	return object{"restorable": rows}, nil
}

// quotas is GET /quotas (§2.15).
func (e *Emulator) quotas(http.ResponseWriter, *http.Request) (any, error) {
	var mb int
	for _, it := range e.items {
		for _, v := range it.volumes {
			mb += v.mb
		}
	}
	return object{"quotas": object{"resources": []object{
		{"type": "backup_capacity", "unit": "GB", "quota": -1, "used": (mb + 1023) / 1024},
		{"type": "backups", "quota": e.MaxBackups, "used": len(e.items)},
	}}}, nil
}

// operationLogs is the log of the service that this one is made of; not documented (§2.17).
func (e *Emulator) operationLogs(http.ResponseWriter, *http.Request) (any, error) {
	rows := []object{}
	for _, it := range e.inOrder() {
		rows = append(rows, object{
			"id": uuid.NewSHA1(uuid.Nil, []byte("log "+it.id)).String(), "operation_type": "protect", "checkpoint_id": it.checkpoint,
			"plan_id": it.policy, "provider_id": ProviderID, "status": "success",
			"started_at": stamp(it.created), "ended_at": stamp(it.finished),
		})
	}
	return object{"operation_logs": rows}, nil
}
