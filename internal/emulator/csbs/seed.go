package csbs

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"
)

// Variation is one form of the service.
type Variation struct {
	Name     string
	Switches Switches
}

// Variations are the forms that the service may have, the likeliest first.
func Variations() []Variation {
	return []Variation{
		{"likeliest", Switches{}},
		{"reduced-lists", Switches{Reduced: true}},
		{"cumulative-sizes", Switches{CumulativeSize: true}},
		{"incremental-means-enhanced", Switches{IncrementalMeansEnhanced: true}},
		{"times-of-protection", Switches{TimeFilter: "protected_at"}},
		{"times-of-the-end", Switches{TimeFilter: "finished_at"}},
		{"operation-logs", Switches{OperationLogs: true}},
		{"exact-tags", Switches{ExactTags: true}},
		{"single-deletion", Switches{SingleDeletion: true}},
		{"restore-fails-available", Switches{RestoreFailsAvailable: true}},
		{"local-hours", Switches{LocalHours: true}},
		{"limit-errors", Switches{LimitErrors: true}},
		{"bare-tag-rows", Switches{BareTagRows: true, Reduced: true}},
		{"busy-is-a-conflict", Switches{BusyConflict: true}},
		{"quoted-numbers", Switches{QuotedNumbers: true}},
		{"next-links", Switches{NextLinks: true}},
		{"deleted-points-shown", Switches{ShowDeleted: true}},
	}
}

// Seed is what an emulator starts with. With servers in it, no other UUID is one.
type Seed struct {
	Servers []struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		DiskGB []int  `json:"disk_gb"`
	} `json:"servers"`
	Backups []struct {
		Server string            `json:"server"`
		Name   string            `json:"name"`
		Days   int               `json:"days_ago"`
		Tags   map[string]string `json:"tags"`
	} `json:"backups"`
}

// Plant reads a seed.
func (e *Emulator) Plant(file io.Reader) error {
	var seed Seed
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&seed); err != nil {
		return err
	}
	for _, s := range seed.Servers {
		if len(s.DiskGB) == 0 {
			return fmt.Errorf("the server %s has no disk_gb", s.ID)
		}
		e.AddServer(s.ID, Server{Name: s.Name, DiskGB: s.DiskGB})
	}
	for _, b := range seed.Backups {
		if _, err := e.AddBackup(b.Server, b.Name, e.Clock.Now().AddDate(0, 0, -b.Days), b.Tags); err != nil {
			return err
		}
	}
	return nil
}

// AddBackup puts an available backup of a server into the project, as if it had been taken by hand, and
// returns its id. It counts as no request.
func (e *Emulator) AddBackup(server, name string, at time.Time, tags map[string]string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s, err := e.server(server)
	if err != nil {
		return "", err
	}
	if name == "" {
		name = "manualbk_" + uuid.NewString()[:4]
	}
	it := &item{
		id: uuid.NewString(), checkpoint: uuid.NewString(), name: name, server: s, status: available,
		created: at, updated: at, incremental: s.points > 0, tags: tags,
	}
	s.points++
	it.finish()
	e.keep(it)
	return it.id, nil
}
