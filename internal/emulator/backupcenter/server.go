// Package backupcenter emulates VNG Cloud (GreenNode) Backup Center: the token endpoints of IAM, the
// vBackup gateway, the two calls of the vServer gateway that restore, and the storage that links point
// to. It speaks as the service is known to speak, oddities included; where that is not known,
// [Switches] choose. The vDB half, the snapshot product and retention by policy are left out.
package backupcenter

import (
	"net/http"
	"sync"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// The prefixes of the hosts that one address stands for.
const (
	IAMPath     = "/accounts-api"
	BackupPath  = "/vbackup-gateway"
	VServerPath = "/vserver/vserver-gateway"
	storagePath = "/storage"
)

// Options are what an emulator starts with.
type Options struct {
	Switches
	// Clock is the time; nil stands still at a day in 2026.
	Clock *emulator.Clock
	// Region is HCM-3 or HAN; empty is HCM-3.
	Region string
	// ClientID and ClientSecret are the service account; empty is "emulator".
	ClientID, ClientSecret string
}

// Server is an emulated Backup Center of one region and one project.
type Server struct {
	*emulator.Emulator
	options Options
	handler http.Handler

	// mu guards what follows.
	mu        sync.Mutex
	backendID string
	projectID string
	regions   []region
	instances map[string]*instance
	policies  []*policy
	servers   []*backupServer
	points    []*point // also deleted ones: they are the history
	byID      map[string]*point
	restores  []*restore
	locations []*location
	locLog    []locationEvent
	links     map[string]link
}

// New returns a Backup Center with a default policy, a default location and nothing else.
func New(o Options) *Server {
	if o.Clock == nil {
		o.Clock = emulator.NewClock(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	}
	if o.Region == "" {
		o.Region = "HCM-3"
	}
	if o.ClientID == "" {
		o.ClientID, o.ClientSecret = "emulator", "emulator"
	}
	s := &Server{
		Emulator:  emulator.New(o.Clock),
		options:   o,
		backendID: newID(""),
		projectID: newID("pro-"),
		regions:   []region{{"HCM04", newID("")}, {"HAN02", newID("")}},
		instances: map[string]*instance{},
		links:     map[string]link{},
		byID:      map[string]*point{},
	}
	s.Plans.Set("", emulator.Plan{Duration: 4 * time.Second})
	now := s.Clock.Now()
	s.policies = []*policy{{
		id: newID("bk-pol-"), name: "Default-vBackup-Policy", isDefault: true, created: now, updated: now,
		config: object{
			"hour": 1.0, "minute": 0.0, "timeZone": "Asia/Ho_Chi_Minh",
			"hourlyEnabled": false, "hourlyConfig": object{},
			"dailyEnabled": true, "dailyConfig": object{"retention": 7.0, "backupType": "FULL", "incrementalQuantity": 0.0},
			"weeklyEnabled": false, "weeklyConfig": object{},
			"monthlyEnabled": false, "monthlyConfig": object{},
			"isProtectedServer": false, "statusSendEmail": []string{},
		},
	}}
	s.locations = []*location{{
		id: newID("bk-des-"), name: "Default-Location", region: s.regions[0], isDefault: true,
		product: "vServer", quota: quota{Unlimited: true}, created: now, updated: now,
	}}
	s.handler = s.Handler(s.routes())
	return s
}

// ServeHTTP serves every host of the service below its own path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// ProjectID is the one project.
func (s *Server) ProjectID() string { return s.projectID }

// BackendID is the one backend of the region.
func (s *Server) BackendID() string { return s.backendID }

// routes has a line for each operation.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+IAMPath+"/v2/auth/token", s.tokenV2)
	mux.HandleFunc("POST "+IAMPath+"/v1/auth/token", s.tokenV1)
	mux.HandleFunc("GET "+storagePath+"/{key}", s.download)

	backup := func(pattern string, h handler) { s.route(mux, BackupPath, pattern, h) }
	backup("GET /v1/backends", s.listBackends)
	backup("GET /v1/configurations", s.configurations)
	backup("GET /v1/backup-policies", s.listPolicies)
	backup("POST /v1/backup-policies", s.createPolicy)
	backup("GET /v1/backup-policies/{id}", s.getPolicy)
	backup("PUT /v1/backup-policies/{id}", s.putPolicy)
	backup("DELETE /v1/backup-policies/{id}", s.deletePolicy)
	backup("PUT /v1/backup-policies/{id}/switch-default", s.switchDefaultPolicy)

	backup("GET /v1/backup-instances", s.listServers)
	backup("POST /v1/backup-instances", s.createServer)
	backup("GET /v1/backup-instances/protected-servers", s.protectedServers)
	backup("POST /v1/backup-instances/backup-now/{serverId}", s.backupNow)
	backup("GET /v1/backup-instances/{id}", s.getServer)
	backup("DELETE /v1/backup-instances/{id}", s.deleteServer)
	backup("PUT /v1/backup-instances/{id}/enabled", s.enableServer)
	backup("PUT /v1/backup-instances/{id}/disabled", s.disableServer)
	backup("PUT /v1/backup-instances/{id}/policies", s.putServerPolicy)
	backup("PUT /v1/backup-instances/{id}/destination", s.putServerLocation)
	backup("GET /v1/backup-instances/{id}/volumes", s.listServerVolumes)
	backup("PUT /v1/backup-instances/{id}/volumes", s.putServerVolume)
	backup("GET /v1/backup-instances/{id}/backup-instance-points", s.listPoints)
	backup("GET /v1/backup-instance-points/{id}/pre-signed-url", s.preSign)
	backup("DELETE /v1/backup-instance-points/{id}", s.deletePoint)

	backup("GET /v1/histories/backup-instances", s.history)
	backup("GET /v1/histories/restoration", s.restoreHistory)
	backup("GET /v1/histories/backup-destinations", s.locationHistory)
	backup("GET /v1/histories/backup-destinations/{id}", s.locationHistory)
	backup("GET /v1/backup-statistic", s.statistic)
	backup("POST /v1/volume-usage", s.volumeUsage)

	backup("GET /v1/backup-destinations", s.listLocations)
	backup("POST /v1/backup-destinations", s.createLocation)
	backup("GET /v1/backup-destinations/{id}", s.getLocation)
	backup("DELETE /v1/backup-destinations/{id}", s.deleteLocation)
	backup("GET /v1/backup-destinations/{id}/backup-instances", s.listLocationServers)
	backup("PUT /v1/backup-destinations/{id}/name", s.putLocationName)
	backup("PUT /v1/backup-destinations/{id}/max-quota", s.putLocationQuota)
	backup("PUT /v1/backup-destinations/{id}/soft-delete", s.putLocationSoftDelete)
	backup("PUT /v1/backup-destinations/{id}/vault-lock", s.putLocationLock)
	backup("GET /v1/regions", s.listRegions)
	backup("GET /v1/products", s.listProducts)
	backup("GET /v1/tags/{id}", s.listTags)

	backup("GET /v1/vserver/backup-instances", s.projectServers)
	backup("POST /v1/vserver/backup-instances", s.createDefaultServers)
	backup("GET /v1/vserver/backup-instances/{id}", s.denied)
	backup("GET /v1/vserver/backup-instances/{id}/backup-instance-points", s.projectPoints)
	backup("GET /v1/vserver/backup-instance-points/{id}", s.denied)
	backup("GET /v1/vserver/backup-instance-points/{id}/backup-volume-points", s.projectVolumePoints)
	backup("GET /v1/vserver/backup-volume-points/{id}", s.denied)

	paths := []string{VServerPath}
	if s.options.Region == "HCM-3" {
		paths = append(paths, "/vserver-gateway") // not there in HAN
	}
	for _, path := range paths {
		s.route(mux, path, "GET /v1/projects", s.listProjects)
		s.route(mux, path, "GET /v2/{project}/servers/{id}", s.getInstance)
		s.route(mux, path, "POST /v2/{project}/servers", s.restoreServer)
		s.route(mux, path, "POST /v2/{project}/volumes", s.restoreVolume)
	}
	return mux
}
