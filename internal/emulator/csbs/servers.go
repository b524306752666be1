package csbs

import (
	"fmt"
	"net/http"

	"github.com/google/uuid"
)

// Server is a server that can be backed up.
type Server struct {
	Name string
	// DiskGB are the sizes of the disks; the first is the system disk.
	DiskGB []int
}

// instance is a server as the service knows it.
type instance struct {
	Server
	id    string
	disks []disk
	// points counts the backups that were taken; enhanced says that one of them was a full one on request.
	points   int
	enhanced bool
}

type disk struct {
	id, name string
	gb       int
	system   bool
	// written are the MB of all backups until now.
	written int
}

// AddServer makes a server known. As long as none is, every UUID is a server with two disks.
func (e *Emulator) AddServer(id string, s Server) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known == nil {
		e.known = map[string]Server{}
	}
	e.known[id] = s
}

// DiskIDs returns the disks of a server, the system disk first.
func (e *Emulator) DiskIDs(server string) []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	inst, err := e.server(server)
	if err != nil {
		return nil
	}
	var list []string
	for _, d := range inst.disks {
		list = append(list, d.id)
	}
	return list
}

// server finds a server.
func (e *Emulator) server(id string) (*instance, error) {
	if inst, ok := e.servers[id]; ok {
		return inst, nil
	}
	spec, ok := e.known[id]
	if _, err := uuid.Parse(id); e.known == nil && err == nil && len(id) == 36 {
		spec, ok = Server{Name: "ecs-" + id[:8], DiskGB: []int{40, 100}}, true
	}
	if !ok {
		return nil, refuse(http.StatusBadRequest, "CSBS.6000", "The server "+id+" is not found.")
	}
	inst := &instance{Server: spec, id: id}
	for i, gb := range spec.DiskGB {
		name := spec.Name
		if i > 0 {
			name += "-data"
		}
		inst.disks = append(inst.disks, disk{
			id: uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s/%d", id, i)).String(),
			gb: gb, system: i == 0, name: name,
		})
	}
	e.servers[id] = inst
	return inst, nil
}

// policyOf returns the policy that a server is bound to, or nil.
func (e *Emulator) policyOf(server string) *policy {
	for _, p := range e.policies {
		for _, r := range p.resources {
			if r.ID == server {
				return p
			}
		}
	}
	return nil
}
