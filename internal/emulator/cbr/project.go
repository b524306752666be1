package cbr

import (
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// project is what belongs to one project. Its members are in the order in which they were made.
type project struct {
	*Emulator
	id          string
	vaults      []*vault
	policies    []*policy
	checkpoints []*checkpoint
	backups     []*backup
	logs        []*operationLog
	jobs        []*job
	// scheduled is up to when policies were run.
	scheduled time.Time
	restored  []Restored
}

// job is something that takes a while.
type job struct {
	emulator.Job
	log *operationLog
	// end is called once, with the reason of a failure.
	end func(at time.Time, failure string)
}

var uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func isUUID(text string) bool { return uuidPattern.MatchString(text) }

func newID() string { return uuid.NewString() }

// derivedID is the same for the same name, as the ids of the disks of a server are.
func derivedID(name string) string { return uuid.NewSHA1(uuid.NameSpaceOID, []byte(name)).String() }

// settle ends the jobs whose time has come by a time.
func (p *project) settle(now time.Time) {
	var running []*job
	ended := p.jobs
	p.jobs = nil
	for _, j := range ended {
		if !j.Ended(now) {
			j.log.progress = j.Progress(now)
			running = append(running, j)
			continue
		}
		at := j.EndsAt()
		j.log.finish(at, j.Fail)
		j.end(at, j.Fail)
	}
	p.jobs = append(running, p.jobs...)
}

// begin starts a job at a time and writes it down. The subject names the plan of it.
func (p *project) begin(at time.Time, subject string, log *operationLog, end func(at time.Time, failure string)) *operationLog {
	log.id, log.created, log.status = newID(), at, "running"
	p.logs = append(p.logs, log)
	plan := p.Plans.Of(subject)
	if log.kind == removal && log.total == 0 {
		// Other clients look at once whether a server without backups is gone, and have always found that it is.
		plan.Duration = 0
	}
	p.jobs = append(p.jobs, &job{Job: emulator.Job{Plan: plan, Started: at}, log: log, end: end})
	return log
}

func find[T any](list []*T, match func(*T) bool) *T {
	if i := slices.IndexFunc(list, match); i >= 0 {
		return list[i]
	}
	return nil
}

// stamp spells a time (§3).
func (p *project) stamp(t time.Time) any {
	switch {
	case t.IsZero():
		return nil
	case p.options.NaiveTimes:
		return t.UTC().Format("2006-01-02T15:04:05.000000")
	default:
		return t.UTC().Format("2006-01-02T15:04:05.000-07:00")
	}
}
