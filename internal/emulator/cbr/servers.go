package cbr

import (
	"net/http"
	"strings"
)

// Server is a machine of the compute service that can be backed up.
type Server struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Disks []Disk `json:"disks"`
}

// Disk is a disk of a server; the first one is the system disk.
type Disk struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	SizeGB int    `json:"size_gb"`
}

// size is in GB.
func (s Server) size(excluded []string) int {
	total := 0
	for _, d := range s.protected(excluded) {
		total += d.SizeGB
	}
	return total
}

func (s Server) protected(excluded []string) []Disk {
	var disks []Disk
	for _, d := range s.Disks {
		if !contains(excluded, d.ID) {
			disks = append(disks, d)
		}
	}
	return disks
}

// AddServer makes a machine known, or gives it another name or other disks.
func (e *Emulator) AddServer(s Server) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.servers[s.ID] = s
}

// server returns a machine. Without [Options.KnownServers] every UUID is one, with two disks.
func (e *Emulator) server(id string) (Server, error) {
	if s, ok := e.servers[id]; ok {
		return s, nil
	}
	if e.options.KnownServers || !isUUID(id) {
		return Server{}, notFound("7100", "The server "+id+" does not exist.")
	}
	name := "ecs-" + id[:8]
	return Server{ID: id, Name: name, Disks: []Disk{
		{ID: derivedID(id + "/system"), Name: name + "-volume-0000", SizeGB: 40},
		{ID: derivedID(id + "/data"), Name: name + "-volume-0001", SizeGB: 100},
	}}, nil
}

func contains(list []string, text string) bool {
	for _, s := range list {
		if s == text {
			return true
		}
	}
	return false
}

// listProtectables lists the machines that were made known (§3.8).
func listProtectables(p *project, r *http.Request) (int, any, error) {
	rows := []object{}
	for _, s := range p.servers {
		if name := r.URL.Query().Get("name"); name != "" && !strings.Contains(s.Name, name) {
			continue
		}
		_, taken := p.resource(s.ID)
		rows = append(rows, object{
			"id": s.ID, "name": s.Name, "type": serverKind.resource, "size": s.size(nil), "status": "ACTIVE", "children": []object{},
			"protectable": object{"result": taken == nil},
		})
	}
	return http.StatusOK, object{"instances": rows}, nil
}

func replicationCapabilities(*project, *http.Request) (int, any, error) {
	return http.StatusOK, object{"regions": []object{{"name": "eu-de", "replication_destinations": []string{"eu-nl"}}}}, nil
}
