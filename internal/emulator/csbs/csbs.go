// Package csbs emulates Cloud Server Backup Service v1: its calls, its states, its errors and its
// oddities. Section numbers in comments are those of the wire reference. What the reference leaves open
// is a switch.
package csbs

import (
	"net/http"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

// ProviderID is the constant that stands for servers in paths (§2).
const ProviderID = "fc4d5750-22e7-4798-8a46-f48f62c4c1da"

// Limits of a project (§6.1).
const (
	maxPolicyServers = 64
	maxTags          = 10
	maxDeletions     = 5
	pageLimit        = 1000
)

// Switches choose among the answers that are possible where the reference does not know the real one.
// The zero value is the likeliest.
type Switches struct {
	// Reduced lists backups without created_at, tags and volume_backups (§2.2).
	Reduced bool
	// CumulativeSize adds the sizes of the earlier backups of a disk to that of a backup (§7.2, 2).
	CumulativeSize bool
	// IncrementalMeansEnhanced fills extend_info.incremental with what support_lld says (§7.2, 3).
	IncrementalMeansEnhanced bool
	// TimeFilter is what start_time and end_time are compared with: created_at (also if empty),
	// protected_at or finished_at (§7.2, 4).
	TimeFilter string
	// OperationLogs publishes the call of that name (§7.2, 5).
	OperationLogs bool
	// ExactTags takes the * in values of tags to the letter (§7.2, 8).
	ExactTags bool
	// SingleDeletion takes the list in checkpoint_items for one id (§7.2, 9).
	SingleDeletion bool
	// RestoreFailsAvailable leaves a backup available after a restore that failed (§7.2, 10).
	RestoreFailsAvailable bool
	// DeletionFailsSilently leaves a backup as it was before a deletion that failed, without a word (§7.2).
	DeletionFailsSilently bool
	// LocalHours runs BYHOUR in the timezone of the policy instead of UTC (§7.2, 11).
	LocalHours bool
	// Closed refuses everything: the project never used the service (§5, §7.2, 13).
	Closed bool
	// LimitErrors refuses a limit that is out of range instead of adjusting it (§7.2, 17).
	LimitErrors bool
	// BareTagRows answers tag queries with bare backups, as the example of the documentation (§2.14).
	BareTagRows bool
	// BusyConflict answers 409 to the deletion of a busy backup instead of 400 (§6.4, 3).
	BusyConflict bool
	// QuotedNumbers spells the retention of policies as the documentation does: in strings, and with what was
	// not sent (§2.1).
	QuotedNumbers bool
	// NextLinks adds the address of the next page to lists (§2.7).
	NextLinks bool
	// ShowDeleted shows deleted backups with status deleted instead of 404 (§2.18).
	ShowDeleted bool
}

// Emulator is the service with its identity service. It is safe for concurrent use; members can be
// changed before it serves.
type Emulator struct {
	*emulator.Emulator
	Switches Switches
	IAM      *iam.IAM
	// MaxPolicies and MaxBackups are the quotas of the project; below 0 is no limit.
	MaxPolicies, MaxBackups int

	mu       sync.Mutex
	known    map[string]Server
	servers  map[string]*instance
	items    map[string]*item
	policies map[string]*policy
	// ordered are the items as they were made; forgot says that some of them are gone since.
	ordered []*item
	forgot  bool
	// order numbers what is created, for a stable sort.
	order int64
	// scheduled is until when the schedules were run.
	scheduled time.Time
}

// New returns an emulator without any backup or policy.
func New(clock *emulator.Clock) *Emulator {
	base := emulator.New(clock)
	e := &Emulator{
		Emulator: base, IAM: iam.New(base, iam.DefaultAccount()), MaxPolicies: 32, MaxBackups: 600,
		servers: map[string]*instance{}, items: map[string]*item{}, policies: map[string]*policy{}, scheduled: clock.Now(),
	}
	e.IAM.Publish("csbs", "data-protect", "v1")
	return e
}

// Handler serves the API, its identity service and the control endpoint.
func (e *Emulator) Handler() http.Handler {
	mux := http.NewServeMux()
	e.IAM.Register(mux)
	e.Register(mux)
	mux.HandleFunc("/", iam.Unpublished)
	return e.Emulator.Handler(mux)
}

// Register adds the calls of the service to a mux.
func (e *Emulator) Register(mux *http.ServeMux) {
	handle := func(method, path string, h func(w http.ResponseWriter, r *http.Request) (any, error)) {
		mux.Handle(method+" /v1/{project}"+path, e.IAM.Gateway(e.call(h)))
	}
	handle("POST", "/providers/{provider}/resources/action", e.checkResources)
	handle("POST", "/providers/{provider}/resources/{server}/action", e.protect)
	handle("POST", "/providers/{provider}/checkpoints", e.runPolicy)
	handle("GET", "/checkpoint_items", e.listItems)
	handle("GET", "/checkpoint_items/count", e.countItems)
	handle("GET", "/checkpoint_items/{item}", e.showItem)
	handle("DELETE", "/providers/{provider}/checkpoints/{checkpoint}", e.deleteCheckpoint)
	handle("POST", "/restores", e.restore)
	handle("POST", "/policies", e.createPolicy)
	handle("GET", "/policies", e.listPolicies)
	handle("GET", "/policies/{policy}", e.showPolicy)
	handle("PUT", "/policies/{policy}", e.updatePolicy)
	handle("DELETE", "/policies/{policy}", e.deletePolicy)
	handle("GET", "/quotas", e.quotas)
	for _, kind := range []string{itemTags, policyTags} {
		path := "/" + kind
		handle("POST", path+"/resource_instances/action", e.queryTags(kind))
		handle("GET", path+"/tags", e.projectTags(kind))
		handle("GET", path+"/{id}/tags", e.showTags(kind))
		handle("POST", path+"/{id}/tags", e.addTag(kind))
		handle("POST", path+"/{id}/tags/action", e.changeTags(kind))
		handle("DELETE", path+"/{id}/tags/{key}", e.removeTag(kind))
	}
	if e.Switches.OperationLogs {
		handle("GET", "/operation_logs", e.operationLogs)
	}
}

// call runs a handler on a state that has caught up with the clock.
func (e *Emulator) call(h func(w http.ResponseWriter, r *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		e.settle()
		var (
			body any
			err  error
		)
		switch provider := r.PathValue("provider"); {
		case e.Switches.Closed:
			err = refuse(http.StatusBadRequest, "BackupService.4008", "new projects may not use old services")
		case provider != "" && provider != ProviderID:
			err = refuse(http.StatusBadRequest, "CSBS.9001", "The provider id is invalid.")
		default:
			body, err = h(w, r)
		}
		e.mu.Unlock()
		answer(w, body, err)
	})
}
