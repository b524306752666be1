package faulttest

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// Cloud is an emulated service with one server under backup, whose jobs take some seconds of its clock. Every pause of
// its clients moves that clock.
type Cloud struct {
	*emulator.Emulator
	Server backup.Server
	// Open returns the service as another process has it.
	Open func(log *slog.Logger, client *http.Client) backup.Service
	// Secrets are what no text may have.
	Secrets []string
}

// Place is where a fault hits.
type Place struct {
	Operation string
	// Method and Path select the requests.
	Method, Path string
}

func (p Place) matches(r *http.Request) bool {
	return r.Method == p.Method && strings.Contains(r.URL.Path, p.Path)
}

// Config says how the matrix of a service is made.
type Config struct {
	Service string
	New     func(t *testing.T) Cloud
	// Places are the requests of the life of a point, one of which is Start: that which starts the backup.
	Places []Place
	Start  Place
	// OnlyWarns says that the service has no mark by which the finished point of a killed process is told from
	// others: the next plan warns of it, and an apply in spite of that takes another.
	OnlyWarns bool
}

// named is a fault with its name in the table.
type named struct {
	name string
	emulator.Fault
}

func faults() []named {
	page := emulator.LoginPage(1)
	pageAfter := page
	pageAfter.Kind = emulator.FaultReplace
	return []named{
		{"429, three times", emulator.Throttled(3, 1)},
		{"429, all through the first run", emulator.Throttled(-1, 1)},
		{"500 before it was taken", emulator.Fault{Kind: emulator.FaultStatus, Status: 500, Body: "{}"}},
		{"503 before it was taken", emulator.Fault{Kind: emulator.FaultStatus, Status: 503, Body: "{}"}},
		{"500 after it was taken", emulator.Fault{Kind: emulator.FaultReplace, Status: 500, Body: "{}"}},
		{"504 after it was taken", emulator.Fault{Kind: emulator.FaultReplace, Status: 504, Body: "<html>timeout</html>"}},
		{"connection dropped before", emulator.Fault{Kind: emulator.FaultDropBefore}},
		{"connection dropped after", emulator.Fault{Kind: emulator.FaultDropAfter}},
		{"truncated JSON", emulator.Fault{Kind: emulator.FaultTruncate}},
		{"connection dropped in the answer", emulator.Fault{Kind: emulator.FaultCut}},
		{"HTML login page", page},
		{"HTML login page, it was taken", pageAfter},
		{"401 to a good token", emulator.Fault{Kind: emulator.FaultStatus, Status: 401, Body: `{"error_code":"APIGW.0301","error_msg":"token expired"}`}},
	}
}

// jobs are ways in which the backup itself can go.
func jobs() []struct {
	name string
	emulator.Plan
} {
	return []struct {
		name string
		emulator.Plan
	}{
		{"slow progress", emulator.Plan{Duration: 100 * time.Hour}},
		{"stalled progress", emulator.Plan{Duration: time.Hour, StallAt: 30}},
		{"failed job", emulator.Plan{Duration: time.Minute, Fail: "The storage is full."}},
	}
}

// matrix collects the rows of a service.
type matrix struct {
	Config
	t    *testing.T
	rows []Row
}

// Run makes the matrix, and reports it.
func Run(t *testing.T, cfg Config) {
	t.Helper()
	m := &matrix{Config: cfg, t: t}
	for _, fault := range faults() {
		for _, place := range cfg.Places {
			s := newStory(t, cfg)
			fault.Method, fault.Path = place.Method, place.Path
			s.cloud.Faults.Inject(fault.Fault)
			s.live(http.DefaultTransport)
			m.add(s, fault.name, place.Operation)
		}
	}
	for _, place := range cfg.Places {
		s := newStory(t, cfg)
		s.live(&trouble{here: place.matches, before: s.cloud.Tokens.Revoke})
		m.add(s, "stale token", place.Operation)
	}
	for _, job := range jobs() {
		s := newStory(t, cfg)
		s.plan(job.Plan)
		s.live(http.DefaultTransport)
		m.add(s, job.name, "wait")
	}
	for _, place := range cfg.Places {
		s := newStory(t, cfg)
		s.interrupted(place.matches)
		m.add(s, "Ctrl-C", place.Operation)
	}
	m.each("Ctrl-C", func(s *story, here func(*http.Request) bool) bool { return s.interrupted(here) })
	m.kills()
	Report(t, cfg.Service, m.rows...)
}

// kills are the rows of a process that is killed right after a request was taken.
func (m *matrix) kills() {
	m.t.Helper()
	const running, finished = "kill -9, then while it is taken", "kill -9, then after its end"
	whileTaken := func(s *story, here func(*http.Request) bool) bool {
		s.plan(emulator.Plan{Duration: 30 * time.Minute})
		return s.killed(here, 0)
	}
	afterEnd := func(s *story, here func(*http.Request) bool) bool { return s.killed(here, 10*time.Minute) }
	one := func(name, operation string, s *story, kill func(*story, func(*http.Request) bool) bool) {
		m.t.Helper()
		if !kill(s, m.Start.matches) {
			m.t.Errorf("%s: no request was sent to %s", name, m.Start.Path)
		}
		m.add(s, name, operation)
	}
	one(running, m.Start.Operation, newStory(m.t, m.Config), whileTaken)
	one(finished, m.Start.Operation, newStory(m.t, m.Config), afterEnd)
	if m.OnlyWarns {
		s := newStory(m.t, m.Config)
		s.hasty = true
		one(finished, m.Start.Operation+", hasty", s, afterEnd)
	}
	m.each(running, whileTaken)
	m.each(finished, afterEnd)
}

// each lives a life for each request of one, with which something is done; do says whether there was such a request.
// Those that end alike are one row.
func (m *matrix) each(fault string, do func(s *story, here func(*http.Request) bool) bool) {
	m.t.Helper()
	var alike []Row
	count := map[string]int{}
	n := 0
	for ; ; n++ {
		s := newStory(m.t, m.Config)
		if !do(s, nth(n)) {
			break
		}
		row := m.checked(s, fault, fmt.Sprintf("request %d", n+1))
		if count[row.Outcome]++; count[row.Outcome] == 1 {
			alike = append(alike, row)
		}
	}
	if n < len(m.Places) {
		m.t.Errorf("%s: the life of a point has %d requests", fault, n)
	}
	for _, row := range alike {
		row.Operation = fmt.Sprintf("%d of %d requests", count[row.Outcome], n)
		m.rows = append(m.rows, row)
	}
}

func (m *matrix) add(s *story, fault, operation string) {
	m.t.Helper()
	m.rows = append(m.rows, m.checked(s, fault, operation))
}

// checked is the row of a story, of which everything is wanted that the matrix promises.
func (m *matrix) checked(s *story, fault, operation string) Row {
	m.t.Helper()
	row := s.row(fault, operation)
	backups := 1
	if s.hasty {
		backups = 2 // The plan said so.
	}
	if row.Backups != backups || row.Orphans != 0 || row.Leaks != 0 || !row.Usable {
		m.t.Errorf("%s, %s: %s\n%s", fault, operation, row, strings.Join(s.said, "\n"))
	}
	return row
}
