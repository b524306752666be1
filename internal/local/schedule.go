package local

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Host is the host whose sources this process reads.
func (s *Service) Host() string { return s.cfg.Host }

// dueRun is a run of a policy that is to start now.
type dueRun struct {
	server serverRecord
	policy policyRecord
	// at is the newest run that is due. Older ones that did not take place are made up for by it: missed
	// is their number, from the first to the last.
	at                   time.Time
	missed               int
	missedFrom, missedTo time.Time
}

// dueRuns are the runs that are due on this host, in the order in which they became due.
func (s *Service) dueRuns(ix *index) []dueRun {
	now := s.cfg.Now()
	last := s.lastRuns(ix, now)
	var list []dueRun
	for id, r := range ix.servers.rows {
		srv := r.value
		policy, ok := ix.policies.get(srv.PolicyID)
		if !ok || !policy.Enabled || !srv.Enabled || srv.Options.runner() != RunnerAgent || !s.here(srv.Options) {
			continue
		}
		if last[id].busy {
			continue
		}
		due := dueRun{server: srv, policy: policy}
		if due.find(now, last[id].due) {
			list = append(list, due)
		}
	}
	slices.SortFunc(list, func(a, b dueRun) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.server.Name, b.server.Name), cmp.Compare(a.server.ID, b.server.ID))
	})
	return list
}

// lastRun is what is known of the last run of a server's policy.
type lastRun struct {
	due  time.Time
	busy bool
}

// lastRuns are the last runs by server. A run that was cut short, by the end of its process or by the
// agent's own, is not one: it is taken up again. One that is due in the future was written while the clock
// was wrong, and must not hold up the runs until then.
func (s *Service) lastRuns(ix *index, now time.Time) map[string]lastRun {
	last := make(map[string]lastRun)
	for _, row := range ix.runs.rows {
		r := row.value
		if r.DueAt.IsZero() || r.DueAt.After(now) || s.cutShort(r) {
			continue
		}
		l := last[r.ServerID]
		l.busy = l.busy || r.State == runRunning
		if r.DueAt.After(l.due) {
			l.due = r.DueAt
		}
		last[r.ServerID] = l
	}
	return last
}

// cutShort says whether the process of a run ended before it, or the agent stopped it to end itself.
func (s *Service) cutShort(r runRecord) bool {
	if s.running[r.ID] != nil || !r.DeletedAt.IsZero() || !r.BinnedAt.IsZero() {
		return false
	}
	return r.State == runCanceled || (r.State == runRunning && !r.Owner.alive(r.RenewedAt, s.cfg.Now()))
}

// maxMissed bounds the search for runs that were missed, and is more than two years of hourly runs.
const maxMissed = 20000

// find looks for runs after the last one and until now.
func (d *dueRun) find(now, last time.Time) bool {
	since := latest(last, d.server.ScheduledAt, d.server.CreatedAt, d.policy.ScheduledAt, d.policy.CreatedAt)
	if since.After(now) {
		// Made while the clock was wrong.
		if since = last; since.IsZero() {
			since = now.Add(-time.Minute)
		}
	}
	schedules, zone := d.policy.parsed()
	for next := since; d.missed <= maxMissed; {
		runs := backup.NextRuns(schedules, zone, next, 1)
		if len(runs) == 0 || runs[0].After(now) {
			break
		}
		next = runs[0].UTC()
		if !d.at.IsZero() {
			d.missed++
			d.missedTo = d.at
			if d.missedFrom.IsZero() {
				d.missedFrom = d.at
			}
		}
		d.at = next
	}
	return !d.at.IsZero()
}

// parsed are the schedules and the zone of a policy. Both were checked when they were written; one that is
// not valid all the same never runs.
func (p policyRecord) parsed() ([]backup.Schedule, *time.Location) {
	zone, err := backup.ParseTimezone(cmp.Or(p.Timezone, "UTC"))
	if err != nil {
		return nil, time.UTC
	}
	var schedules []backup.Schedule
	for _, rule := range p.Schedules {
		if schedule, err := backup.ParseSchedule(rule); err == nil {
			schedules = append(schedules, schedule)
		}
	}
	return schedules, zone
}

// skipped is the history of the runs that were missed: one entry, however many.
func (d *dueRun) skipped(id string, now time.Time) runRecord {
	text := "A run"
	if d.missed > 1 {
		text = fmt.Sprintf("%d runs from %s to", d.missed, d.missedFrom.Format(time.RFC3339))
	} else {
		text += " at"
	}
	return runRecord{
		ID: id, ServerID: d.server.ID, ServerName: d.server.Name, PolicyID: d.policy.ID, LocationID: d.server.LocationID,
		State: runSkipped, ScheduleType: backup.SchedulePolicy, DueAt: d.missedTo,
		StartedAt: d.missedFrom, RenewedAt: now, FinishedAt: d.missedTo,
		// It never was a point.
		DeletedAt: now,
		Error: fmt.Sprintf("%s %s did not take place: the agent of host %s was not running, or was busy with an earlier run. The run of %s makes up for that.",
			text, d.missedTo.Format(time.RFC3339), d.server.Options.Host, d.at.Format(time.RFC3339)),
	}
}

// rescheduledAt is when a server began to follow its policy: what it did not follow before is not missed.
func rescheduledAt(old, next serverRecord, now time.Time) time.Time {
	if old.PolicyID == next.PolicyID && old.Enabled == next.Enabled && old.Options.runner() == next.Options.runner() {
		return old.ScheduledAt
	}
	return now.UTC()
}

// rescheduledAt is the same for a policy whose schedules change.
func (p policyRecord) rescheduledAt(next policyRecord, now time.Time) time.Time {
	if p.Enabled == next.Enabled && p.Timezone == next.Timezone && backup.SchedulesEqual(p.Schedules, next.Schedules) {
		return p.ScheduledAt
	}
	return now.UTC()
}

func latest(times ...time.Time) time.Time {
	return slices.MaxFunc(times, time.Time.Compare)
}
