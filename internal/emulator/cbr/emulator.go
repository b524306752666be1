// Package cbr emulates Cloud Backup and Recovery v3 of Open Telekom Cloud and Huawei Cloud: vaults,
// policies, checkpoints, backups, restores and operation logs, with their oddities and errors. Section
// numbers in comments are those of the wire reference. What the reference does not know is an [Options]
// member.
package cbr

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

// Options are the ways in which clouds differ, and what is not known of them. The zero Options are what
// is most likely on Open Telekom Cloud.
type Options struct {
	// Huawei serves the calls and members that only Huawei Cloud has.
	Huawei bool
	// ExactNames makes the filters name and resource_name compare whole names; else they look for parts.
	ExactNames bool
	// Numbers is how a checkpoint spells the numbers of its servers (§3.3).
	Numbers Numbers
	// NaiveTimes are microseconds without a zone, as in older captures (§3).
	NaiveTimes bool
	// NoTotals leaves count, limit and offset out of lists.
	NoTotals bool
	// Incremental is where a backup says whether it is incremental (§3.4).
	Incremental Incremental
	// IgnorePolicyOnCreate leaves backup_policy_id of a new vault out of account (§6.4).
	IgnorePolicyOnCreate bool
	// ReplacePolicy lets another policy be applied to a vault that has one; else that is refused.
	ReplacePolicy bool
	// NoVaultTags leaves the tag calls of vaults unpublished, as some clouds do (§6.4).
	NoVaultTags bool
	// LogsOldestFirst lists operation logs in order; the reference does not say in which one they are.
	LogsOldestFirst bool
	// ForgetLogs drops operation logs after 30 days, as the console does.
	ForgetLogs bool
	// Skipped is how a run is refused that has no server to back up (§3.3).
	Skipped Skipped
	// LateBackups is how long after its checkpoint a backup shows in lists.
	LateBackups time.Duration
	// NoEmptySchedule refuses policies without rules; the reference does not say whether there may be none.
	NoEmptySchedule bool
	// SurvivorsAvailable leaves what could not be deleted as it was before; else it is in error. The reference does
	// not say.
	SurvivorsAvailable bool
	// RestoreLogsTarget has the server that is written as the resource of a restore's operation log, not that of
	// the backup; the reference does not say which.
	RestoreLogsTarget bool
	// PeriodsNeedCount keeps every point of a policy that has periods, such as day_backups, and no
	// max_backups; the reference does not say whether they are enough (§3.5).
	PeriodsNeedCount bool
	// KnownServers refuses servers that [Emulator.AddServer] was not told of; else every UUID is one.
	KnownServers bool
}

// Numbers is a way to spell numbers.
type Numbers string

// The ways a checkpoint spells numbers.
const (
	NumbersAreText Numbers = ""
	NumbersAbsent  Numbers = "absent"
	NumbersPlain   Numbers = "plain"
)

// Incremental is where a backup says what it became.
type Incremental string

// The places of the type of a backup.
const (
	IncrementalInBackup Incremental = ""
	IncrementalInLog    Incremental = "log"
	IncrementalNowhere  Incremental = "nowhere"
)

// Skipped is how a run without any server is refused.
type Skipped string

// The forms of such a refusal.
const (
	SkippedNothing Skipped = ""
	SkippedReason  Skipped = "reason"
	SkippedListed  Skipped = "listed"
)

// Emulator is one region with its projects.
type Emulator struct {
	*emulator.Emulator
	options Options

	mu       sync.Mutex
	projects map[string]*project
	servers  map[string]Server
}

// New returns an empty region.
func New(base *emulator.Emulator, options Options) *Emulator {
	return &Emulator{Emulator: base, options: options, projects: map[string]*project{}, servers: map[string]Server{}}
}

// Handler serves the API below /v3/{project} behind the gateway of an identity service, and the identity
// service itself, whose catalog leads back here.
func (e *Emulator) Handler(identity *iam.IAM) http.Handler {
	mux := http.NewServeMux()
	identity.Publish("cbr", "cbr", "v3")
	identity.Register(mux)
	for pattern, do := range e.calls() {
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(method+" /v3/{project}"+path, identity.Gateway(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			e.serve(w, r, do)
		})))
	}
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		link := object{"href": "http://" + r.Host + "/v3", "rel": "self"}
		write(w, http.StatusMultipleChoices, object{"versions": []object{{"id": "v3", "status": "CURRENT", "links": []object{link}}}})
	})
	mux.HandleFunc("/", iam.Unpublished)
	return e.Emulator.Handler(mux)
}

// call is one call of the API, with the project locked and its jobs up to date.
type call func(p *project, r *http.Request) (status int, body any, err error)

func (e *Emulator) serve(w http.ResponseWriter, r *http.Request, do call) {
	if id := r.PathValue("id"); id != "" && !isUUID(id) {
		// §1.5: a malformed id looks like a login problem.
		write(w, http.StatusUnauthorized, object{"unauthorized": object{"code": "401", "message": "Malformed request url"}})
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.project(r.PathValue("project"))
	p.proceed(e.Clock.Now())
	status, body, err := do(p, r)
	if err != nil {
		fail(w, err)
		return
	}
	write(w, status, body)
}

func (e *Emulator) project(id string) *project {
	p := e.projects[id]
	if p == nil {
		p = &project{Emulator: e, id: id, scheduled: e.Clock.Now()}
		e.projects[id] = p
	}
	return p
}

func (e *Emulator) calls() map[string]call {
	calls := map[string]call{
		"POST /vaults":                       createVault,
		"GET /vaults":                        listVaults,
		"GET /vaults/{id}":                   showVault,
		"PUT /vaults/{id}":                   updateVault,
		"DELETE /vaults/{id}":                deleteVault,
		"POST /vaults/{id}/addresources":     addResources,
		"POST /vaults/{id}/removeresources":  removeResources,
		"POST /vaults/{id}/migrateresources": migrateResources,
		"POST /vaults/{id}/associatepolicy":  associatePolicy,
		"POST /vaults/{id}/dissociatepolicy": dissociatePolicy,
		"POST /policies":                     createPolicy,
		"GET /policies":                      listPolicies,
		"GET /policies/{id}":                 showPolicy,
		"PUT /policies/{id}":                 updatePolicy,
		"DELETE /policies/{id}":              deletePolicy,
		"POST /checkpoints":                  createCheckpoint,
		"GET /checkpoints/{id}":              showCheckpoint,
		"GET /backups":                       listBackups,
		"GET /backups/{id}":                  showBackup,
		"DELETE /backups/{id}":               deleteBackup,
		"POST /backups/{id}/restore":         restoreBackup,
		"GET /operation-logs":                listLogs,
		"GET /operation-logs/{id}":           showLog,
		"GET /protectables/server/instances": listProtectables,
		"GET /replication-capabilities":      replicationCapabilities,
	}
	if !e.options.NoVaultTags {
		calls["GET /vault/tags"] = listAllVaultTags
		calls["GET /vault/{id}/tags"] = listVaultTags
		calls["POST /vault/{id}/tags"] = setVaultTag
		calls["POST /vault/{id}/tags/action"] = changeVaultTags
		calls["DELETE /vault/{id}/tags/{key}"] = deleteVaultTag
	}
	if e.options.Huawei {
		calls["PUT /vaults/{id}/set-resources"] = setResources
		calls["PUT /backups/{id}"] = renameBackup
		calls["GET /storage_usage"] = storageUsage
		calls["GET /vaults/summary"] = vaultSummary
	}
	return calls
}
