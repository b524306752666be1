package backupcenter

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// Seed is what an emulator can start with.
type Seed struct {
	// Servers are instances under backup by the default policy in the default location.
	Servers []SeedServer `json:"servers"`
}

// SeedServer is an instance under backup.
type SeedServer struct {
	// Name is of the instance.
	Name string `json:"name"`
	// InstanceID is made if it is empty.
	InstanceID string      `json:"instance_id"`
	Points     []SeedPoint `json:"points"`
}

// SeedPoint is a finished point.
type SeedPoint struct {
	// Age is how long ago it was taken, such as 26h.
	Age string `json:"age"`
	// Cadence of the policy that took it, such as daily; empty is manual.
	Cadence     string `json:"cadence"`
	Incremental bool   `json:"incremental"`
	// Fail is why it failed; empty is a good point.
	Fail string `json:"fail"`
}

// ReadSeed reads a seed as JSON.
func ReadSeed(r io.Reader) (Seed, error) {
	var seed Seed
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&seed)
	return seed, err
}

// Plant adds what a seed describes, and returns the ids of its backup servers and of their points.
func (s *Server) Plant(seed Seed) (serverIDs, pointIDs []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, in := range seed.Servers {
		id := orElse(in.InstanceID, newID("ins-"))
		if !instanceID.MatchString(id) {
			return nil, nil, fmt.Errorf("instance_id %q is not of the form ins-<uuid>", id)
		}
		s.addInstance(id, in.Name)
		srv, err := s.addServer(id, s.policies[0].id, s.locations[0].id)
		if err != nil {
			return nil, nil, fmt.Errorf("server %q: %w", in.Name, err)
		}
		serverIDs = append(serverIDs, srv.id)
		for _, p := range in.Points {
			age, err := time.ParseDuration(orElse(p.Age, "1h"))
			if err != nil {
				return nil, nil, fmt.Errorf("server %q: age: %w", in.Name, err)
			}
			var cadences []string
			if p.Cadence != "" {
				cadences = []string{p.Cadence}
			}
			made := s.run(srv, cadences, p.Incremental)
			made.job = emulator.Job{Plan: emulator.Plan{Duration: time.Minute, Fail: p.Fail}, Started: s.Clock.Now().Add(-age - time.Minute)}
			made.appears = made.job.Started
			pointIDs = append(pointIDs, made.id)
		}
	}
	return serverIDs, pointIDs, nil
}
