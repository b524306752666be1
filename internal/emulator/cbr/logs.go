package cbr

import (
	"net/http"
	"slices"
	"time"
)

const logLifetime = 30 * 24 * time.Hour // in the console (§3.6)

// removal is the task that takes a server out of a vault (§3.6).
const removal = "remove_resource"

// operationLog is a task (§3.6).
type operationLog struct {
	id, kind, status   string
	vault              *vault
	policy, checkpoint string
	server, target     Server
	excluded           []string
	backup             *backup
	created, ended     time.Time
	progress           int
	failure            string
	// total is how many backups go.
	total int
}

func (l *operationLog) finish(at time.Time, failure string) {
	l.ended, l.progress, l.status, l.failure = at, 100, "success", failure
	if failure != "" {
		l.status = "failed"
	}
}

func listLogs(p *project, r *http.Request) (int, any, error) {
	q := r.URL.Query()
	var rows []*operationLog
	for _, l := range p.logs {
		in, err := within(q, l.created)
		if err != nil {
			return 0, nil, err
		}
		old := p.options.ForgetLogs && p.Clock.Now().Sub(l.created) > logLifetime
		if in && !old && equal(q, "operation_type", l.kind) && equal(q, "status", l.status) &&
			equal(q, "resource_id", l.server.ID) && p.named(q, "resource_name", l.server.Name) &&
			equal(q, "vault_id", l.vault.id) && p.named(q, "vault_name", l.vault.name) && equal(q, "provider_id", l.vault.kind.provider) {
			rows = append(rows, l)
		}
	}
	if !p.options.LogsOldestFirst {
		slices.Reverse(rows)
	}
	return page(p, r, "operation_logs", rows, p.showLog)
}

func showLog(p *project, r *http.Request) (int, any, error) {
	l := find(p.logs, func(l *operationLog) bool { return l.id == r.PathValue("id") })
	if l == nil {
		return 0, nil, notFound("6500", "The operation log does not exist.")
	}
	return http.StatusOK, object{"operation_log": p.showLog(l)}, nil
}

func (p *project) showLog(l *operationLog) object {
	failure := object{"code": "", "message": ""}
	if l.failure != "" {
		failure = object{"code": "BackupService.2008", "message": l.failure}
	}
	extra := object{
		"common": object{"progress": l.progress, "request_id": "req-" + l.id, "task_id": l.id},
	}
	if l.server.ID != "" {
		extra["resource"] = object{
			"id": l.server.ID, "name": l.server.Name, "type": l.vault.kind.resource, "extra_info": object{"exclude_volumes": l.excluded},
		}
	}
	switch l.kind {
	case "backup":
		extra["backup"] = object{"backup_id": l.backup.id, "backup_name": l.backup.name}
		if p.options.Incremental != IncrementalNowhere {
			extra["backup"] = object{"backup_id": l.backup.id, "backup_name": l.backup.name, "incremental": text(l.backup.incremental)}
		}
	case "delete":
		extra["delete"] = object{"backup_id": l.backup.id, "backup_name": l.backup.name}
	case "restore":
		extra["restore"] = object{
			"backup_id": l.backup.id, "backup_name": l.backup.name,
			"target_resource_id": l.target.ID, "target_resource_name": l.target.Name,
		}
	case "vault_delete":
		extra["vault_delete"] = object{"fail_count": 0, "total_count": l.total, "fail_delete_count": 0, "total_delete_count": l.total}
	case removal:
		extra["remove_resources"] = object{"fail_count": 0, "total_count": l.total, "resources": []object{{"id": l.server.ID, "type": l.vault.kind.resource}}}
	}
	return object{
		"id": l.id, "project_id": p.id, "provider_id": l.vault.kind.provider, "checkpoint_id": l.checkpoint, "policy_id": l.policy,
		"vault_id": l.vault.id, "vault_name": l.vault.name, "operation_type": l.kind, "status": l.status,
		"created_at": p.stamp(l.created), "started_at": p.stamp(l.created), "updated_at": p.stamp(l.created), "ended_at": p.stamp(l.ended),
		"error_info": failure, "extra_info": extra,
	}
}
