package local

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// Runner is who runs the schedule of a server.
type Runner string

// The values of Runner.
const (
	// RunnerAgent is the agent of this program, on the host of the server; also the meaning of an empty
	// Runner, which servers of earlier versions have.
	RunnerAgent Runner = "agent"
	// RunnerKopia is the stock Kopia server on that host. Its snapshots appear as points.
	RunnerKopia Runner = "kopia"
	// RunnerNone is nobody.
	RunnerNone Runner = "none"
)

func (o ServerOptions) runner() Runner {
	if o.Runner == "" {
		return RunnerAgent
	}
	return o.Runner
}

// checkRunner reports what the runner of a server cannot do with its policy.
func (s *Service) checkRunner(ctx context.Context, srv backup.Server, o ServerOptions) []backup.Problem {
	problem := func(format string, args ...any) backup.Problem {
		return backup.Problem{Path: []string{"local", "runner"}, Summary: "Not Possible With This Runner", Detail: fmt.Sprintf(format, args...)}
	}
	switch o.runner() {
	case RunnerAgent, RunnerNone:
		return nil
	case RunnerKopia:
	default:
		return []backup.Problem{{Path: []string{"local", "runner"}, Summary: "Invalid Value", Detail: fmt.Sprintf("runner is %q; write agent, kopia or none.", o.Runner)}}
	}
	if srv.PolicyID == "" {
		return nil
	}
	p, err := s.Policy(ctx, srv.PolicyID)
	if err != nil {
		return nil // told of at policy_id
	}
	var problems []backup.Problem
	for _, text := range s.notForKopia(p, s.here(o)) {
		problems = append(problems, problem("The policy %q cannot be run by Kopia: %s Or let the agent run it: local.runner = \"agent\".", p.Name, text))
	}
	if !s.here(o) && len(p.Schedules) > 0 {
		warning := problem("Kopia runs schedules in the zone of its host. That %s is in the zone %s, as the policy %q says, cannot be checked from here: compare timezone of the policy with the zone of the host.", o.Host, p.Timezone, p.Name)
		warning.Summary, warning.Warning = "Zone of Another Host", true
		problems = append(problems, warning)
	}
	return problems
}

// checkKopiaUsers reports what the servers of a policy that Kopia runs cannot do with it.
func (s *Service) checkKopiaUsers(ctx context.Context, p backup.Policy) []backup.Problem {
	if p.ID == "" {
		return nil
	}
	var problems []backup.Problem
	_ = s.view(ctx, backup.Cached, func(ix *index) error { // an error shows at the next read
		for _, r := range ix.servers.rows {
			o := r.value.Options
			if r.value.PolicyID != p.ID || o.runner() != RunnerKopia {
				continue
			}
			for _, text := range s.notForKopia(p, s.here(o)) {
				problems = append(problems, backup.Problem{
					Path: []string{"schedules"}, Summary: "Not Possible With Kopia",
					Detail: fmt.Sprintf("The server %q has local.runner = \"kopia\", and Kopia cannot run this policy: %s", r.value.Name, text),
				})
			}
			return nil
		}
		return nil
	})
	return problems
}

// notForKopia says what of a policy Kopia cannot do.
func (s *Service) notForKopia(p backup.Policy, here bool) []string {
	var texts []string
	if _, err := kopiaSchedule(p.Schedules); err != nil {
		texts = append(texts, sentence(err)+".")
	}
	if p.IncrementalsPerFull != nil {
		texts = append(texts, "It decides itself what is full; leave incrementals_per_full out.")
	}
	if zone, err := backup.ParseTimezone(p.Timezone); here && len(p.Schedules) > 0 && p.Timezone != "" && err == nil && !sameClock(zone, time.Local, s.cfg.Now()) {
		texts = append(texts, fmt.Sprintf("It runs schedules in the zone of this host, and timezone is %s. Write the zone of the host.", p.Timezone))
	}
	return texts
}

// sameClock says whether the clocks of two zones agree for two years.
func sameClock(a, b *time.Location, from time.Time) bool {
	const step = 6 * time.Hour
	for t := from; t.Before(from.AddDate(2, 0, 0)); t = t.Add(step) {
		_, offsetA := t.In(a).Zone()
		_, offsetB := t.In(b).Zone()
		if offsetA != offsetB {
			return false
		}
	}
	return true
}

// kopiaSchedule translates rules to what Kopia can run. The error names the nearest rule that it can.
func kopiaSchedule(rules []string) (engine.Schedule, error) {
	var out engine.Schedule
	for _, rule := range rules {
		r, err := backup.ParseSchedule(rule)
		if err != nil {
			return out, fmt.Errorf("the schedule %q is not valid: %w", rule, err)
		}
		if err := addKopiaRule(&out, r); err != nil {
			return out, fmt.Errorf("the schedule %q is none of Kopia's: %w", rule, err)
		}
	}
	return out, nil
}

// addKopiaRule adds one rule. Hourly ones become times of the day too: Kopia's interval counts from the
// snapshot before and in UTC, so it has neither the minute nor the hours that the rule names.
func addKopiaRule(out *engine.Schedule, r backup.Schedule) error {
	hours := r.Hours
	if r.Freq == backup.Hourly {
		for h := 0; h < 24; h += max(1, r.Interval) {
			hours = append(hours, h)
		}
	}
	if len(r.Days) == 0 && len(r.MonthDays) == 0 {
		for _, h := range hours {
			for _, m := range r.Minutes {
				out.TimesOfDay = append(out.TimesOfDay, engine.TimeOfDay{Hour: h, Minute: m})
			}
		}
		return nil
	}
	weekdays, err := kopiaWeekdays(r)
	if err != nil {
		return err
	}
	days := "*"
	switch {
	case len(r.MonthDays) > 0 && len(r.Days) > 0:
		return fmt.Errorf("cron takes either BYMONTHDAY or BYDAY as enough; leave one of them out, for example %s", withDays(r, "BYMONTHDAY", r.MonthDays[0]))
	case len(r.MonthDays) > 0:
		if slices.ContainsFunc(r.MonthDays, func(d int) bool { return d < -1 }) {
			return fmt.Errorf("of the days from the end of the month it knows the last one only; write for example %s", withDays(r, "BYMONTHDAY", -1))
		}
		days = list(r.MonthDays, func(d int) string {
			if d == -1 {
				return "L"
			}
			return fmt.Sprint(d)
		})
	}
	out.Cron = append(out.Cron, strings.Join([]string{list(r.Minutes, number), list(hours, number), days, "*", weekdays}, " "))
	return nil
}

// kopiaWeekdays is the last field of a cron line.
func kopiaWeekdays(r backup.Schedule) (string, error) {
	if len(r.Days) == 0 {
		return "*", nil
	}
	for _, d := range r.Days {
		if d.N != 0 {
			// Kopia takes the # of cron's fifth field for the beginning of a comment.
			return "", fmt.Errorf("it cannot count weekdays in a month; write for example FREQ=WEEKLY;BYDAY=%s;BYHOUR=%s;BYMINUTE=%s, or a day of the month: %s",
				backup.WeekdayNum{Day: d.Day}, list(r.Hours, number), list(r.Minutes, number), withDays(r, "BYMONTHDAY", max(1, 7*(d.N-1)+1)))
		}
	}
	return list(r.Days, func(d backup.WeekdayNum) string { return number(int(d.Day)) }), nil
}

// withDays is a monthly rule with the times of another.
func withDays(r backup.Schedule, part string, day int) string {
	return fmt.Sprintf("FREQ=MONTHLY;%s=%d;BYHOUR=%s;BYMINUTE=%s", part, day, list(r.Hours, number), list(r.Minutes, number))
}

func number(n int) string { return fmt.Sprint(n) }

func list[T any](values []T, text func(T) string) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = text(v)
	}
	return strings.Join(texts, ",")
}

// scheduleFor is what Kopia is to run of a server: nothing unless it is the runner, or every backup would
// run twice.
func scheduleFor(ix *index, srv serverRecord) engine.Schedule {
	p, ok := ix.policies.get(srv.PolicyID)
	if !ok || srv.Options.runner() != RunnerKopia || !srv.Enabled || !p.Enabled {
		return engine.Schedule{}
	}
	return scheduleOf(p)
}

func scheduleOf(p policyRecord) engine.Schedule {
	schedule, err := kopiaSchedule(p.Schedules)
	if err != nil {
		return engine.Schedule{} // refused when it was written
	}
	return schedule
}

// reschedule writes a changed policy to the sources that Kopia runs.
func (s *Service) reschedule(ctx context.Context, t *tx, p policyRecord) error {
	for _, r := range t.index.servers.rows {
		srv := r.value
		if srv.PolicyID != p.ID || srv.Options.runner() != RunnerKopia {
			continue
		}
		policy := s.sourcePolicy(t.index, srv)
		if policy.Schedule = (engine.Schedule{}); srv.Enabled && p.Enabled {
			policy.Schedule = scheduleOf(p)
		}
		if err := s.setSourcePolicies(ctx, t, srv, srv.Options.Sources, policy); err != nil {
			return err
		}
	}
	return nil
}

// unschedule takes Kopia's schedule from the sources that a server no longer has; next is nil if the server
// goes.
func (s *Service) unschedule(ctx context.Context, t *tx, old serverRecord, next *serverRecord) error {
	if old.Options.runner() != RunnerKopia {
		return nil
	}
	var gone []string
	for _, source := range old.Options.Sources {
		if next == nil || next.LocationID != old.LocationID || !slices.Contains(next.Options.Sources, source) {
			gone = append(gone, source)
		}
	}
	policy := s.sourcePolicy(t.index, old)
	policy.Schedule = engine.Schedule{}
	err := s.setSourcePolicies(ctx, t, old, gone, policy)
	if errors.Is(err, backup.ErrNotFound) {
		return nil // the location went before
	}
	return err
}

func (s *Service) setSourcePolicies(ctx context.Context, t *tx, srv serverRecord, sources []string, p engine.SourcePolicy) error {
	if len(sources) == 0 {
		return nil
	}
	return s.inLocation(ctx, t, srv.LocationID, "server", func(ctx context.Context, w *engine.Writer) error {
		for _, source := range sources {
			if err := w.SetSourcePolicy(ctx, srv.Options.source(source), p); err != nil {
				return err
			}
		}
		return nil
	})
}
