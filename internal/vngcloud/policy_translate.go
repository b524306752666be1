package vngcloud

import (
	"fmt"
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// limits are the bounds of policies in a region.
type limits struct {
	intervals []int
	// disabled are the hours at which no new policy can start.
	disabled  map[int]bool
	retention map[cadence]int64
}

// documented are the bounds that were seen, for a region that cannot be asked [2.1].
func documented() limits {
	const most = 30000
	return limits{
		intervals: []int{4, 6, 8, 12},
		retention: map[cadence]int64{hourly: most, daily: most, weekly: most, monthly: most},
	}
}

func limitsOf(c client.Configurations) limits {
	l := documented()
	var intervals []int
	for _, n := range c.HourlyIntervals {
		if hours := n.Int(); hours > 0 && 24%hours == 0 {
			intervals = append(intervals, hours)
		}
	}
	if len(intervals) > 0 {
		l.intervals = intervals
	}
	r := c.RetentionLimit
	for name, n := range map[cadence]client.Number{hourly: r.Hourly, daily: r.Daily, weekly: r.Weekly, monthly: r.Monthly} {
		if most := n.Int64(); most != nil && *most > 0 {
			l.retention[name] = *most
		}
	}
	l.disabled = map[int]bool{}
	for _, hour := range c.TimeRanges {
		l.disabled[hour.Key.Int()] = !hour.Enable
	}
	return l
}

// slotsFor translates the schedules of a policy, one to a cadence, all at one hour and minute. kept is
// the hour that the policy has already, which it may keep; -1 for none.
func slotsFor(rules []string, l limits, kept int) (map[cadence]slot, []backup.Problem) {
	slots := map[cadence]slot{}
	var problems []backup.Problem
	add := func(summary string, i int, why, instead string) {
		problems = append(problems, problem([]string{"schedules"}, summary, fmt.Sprintf(
			"Schedule %d of %d, %.200q: %s. %s", i+1, len(rules), rules[i], why, instead)))
	}
	report := func(i int, why, instead string) { add("Schedule Not Supported", i, why, instead) }
	order := map[cadence]int{}
	for i, rule := range rules {
		s, err := backup.ParseSchedule(rule)
		if err != nil {
			continue // told by backup.CheckPolicy
		}
		at, why, nearest := slotOf(s, l.intervals)
		if _, taken := slots[at.cadence]; why == "" && taken {
			why = fmt.Sprintf("a policy of this service has one %s schedule, and schedule %d is one already", at.cadence, order[at.cadence]+1)
			report(i, why, "Leave one of them out, or make another policy.")
			continue
		}
		if why != "" {
			report(i, why, "The nearest that it can is "+nearest+".")
			continue
		}
		slots[at.cadence], order[at.cadence] = at, i
	}
	hour, minute, first := startOf(slots, l, kept)
	for _, name := range cadences {
		at, on := slots[name]
		if !on {
			continue
		}
		want := at
		want.hour, want.minute = hour, minute
		fits := at.minute == minute && at.hour == hour
		if name == hourly {
			fits = at.minute == minute && hour%at.interval == at.hour
		}
		if !fits {
			report(order[name], fmt.Sprintf("all schedules of a policy start at one hour and minute on this service, and schedule %d has %02d:%02d", order[first]+1, hour, minute),
				"The nearest that fits is "+want.rule()+"; or make another policy.")
		}
		slots[name] = want
	}
	if len(slots) > 0 && l.disabled[hour] && hour != kept {
		add(hourDisabled, order[first], fmt.Sprintf("this service starts no new policy at %02d:00", hour), "Choose another hour: "+words(l.enabled())+".")
	}
	return slots, problems
}

const hourDisabled = "Hour Not Available"

// startOf is the hour and minute of a policy, and the cadence that says so: any that names one hour, or
// else the hourly one, of whose hours the first that is allowed will do.
func startOf(slots map[cadence]slot, l limits, kept int) (hour, minute int, by cadence) {
	for _, name := range []cadence{daily, weekly, monthly} {
		if at, on := slots[name]; on {
			return at.hour, at.minute, name
		}
	}
	at, on := slots[hourly]
	if !on {
		return 0, 0, ""
	}
	hours := at.hours()
	if slices.Contains(hours, kept) {
		return kept, at.minute, hourly
	}
	for _, h := range hours {
		if !l.disabled[h] {
			return h, at.minute, hourly
		}
	}
	return hours[0], at.minute, hourly
}

func (l limits) enabled() (hours []int) {
	for h := range 24 {
		if !l.disabled[h] {
			hours = append(hours, h)
		}
	}
	return hours
}

// configOf is a policy as the service is told of it, or what is wrong with it. old is the config that
// it replaces, nil for a new policy.
func configOf(p backup.Policy, l limits, old *client.PolicyConfig) (client.PolicyConfig, []backup.Problem) {
	kept := -1
	if old != nil {
		kept = old.Hour.Int()
	}
	slots, problems := slotsFor(p.Schedules, l, kept)
	o, ok := policyOptions(p)
	if !ok {
		problems = append(problems, problem([]string{"vngcloud"}, "Invalid Options", "These are no options of this service."))
	}
	out := client.PolicyConfig{
		Hour: client.NumberOf(0), Minute: client.NumberOf(0), TimeZone: p.Timezone,
		IsProtectedServer: o.ProtectServer, StatusSendEmail: append([]string{}, sorted(o.EmailOn)...),
	}
	for _, outcome := range o.EmailOn {
		if outcome != EmailOnError && outcome != EmailOnSuccess {
			problems = append(problems, problem([]string{"vngcloud", "email_on"}, "Invalid Value", fmt.Sprintf("email_on has %q; write ERROR, SUCCESS or both.", outcome)))
		}
	}
	problems = append(problems, strayCounts(p, o, slots)...)
	for _, name := range cadences {
		at, on := slots[name]
		if !on {
			continue
		}
		incrementals, more := incrementalsFor(p, o, name, l)
		problems = append(problems, more...)
		keep, more := retentionFor(p, name, l)
		problems = append(problems, more...)
		out.Hour, out.Minute = client.NumberOf(at.hour), client.NumberOf(at.minute)
		enabled, config := cadenceOf(&out, name)
		*enabled = true
		*config = at.config()
		config.Retention = client.NumberOf(keep)
		config.BackupType, config.IncrementalQuantity = client.BackupFull, client.NumberOf(incrementals)
		if incrementals > 0 {
			config.BackupType = client.BackupIncremental
		}
	}
	return out, problems
}

// config is when a cadence runs.
func (a slot) config() (c client.CadenceConfig) {
	switch {
	case a.cadence == hourly:
		c.Interval = client.NumberOf(a.interval)
	case a.cadence == weekly:
		c.DayOfWeek = client.NumberOf(a.weekday)
	case a.cadence == monthly && a.monthDay > 0:
		c.Type, c.DayOfMonth = client.DayOfMonth, client.NumberOf(a.monthDay)
	case a.cadence == monthly:
		c.Type, c.WeekOfMonth, c.DayOfWeek = client.DayOfWeek, client.NumberOf(a.week), client.NumberOf(a.weekday)
	}
	return c
}

// incrementalsFor is how many incrementals a cadence takes between two full points; what nobody says is 0.
func incrementalsFor(p backup.Policy, o PolicyOptions, name cadence, l limits) (int64, []backup.Problem) {
	n, path := p.IncrementalsPerFull, []string{"incrementals_per_full"}
	if o.IncrementalsPerFull != nil {
		n, path = *o.IncrementalsPerFull.of(name), []string{"vngcloud", "incrementals_per_full", string(name)}
	}
	switch {
	case n == nil:
		return 0, nil
	case *n < 0 || *n > l.retention[name]:
		return *n, []backup.Problem{problem(path, "Invalid Number of Incrementals", fmt.Sprintf(
			"%s is %d; write 0 (every point is full) to %d.", strings.Join(path, "."), *n, l.retention[name]))}
	}
	return *n, nil
}

// retentionFor is how many full points a cadence keeps.
func retentionFor(p backup.Policy, name cadence, l limits) (int64, []backup.Problem) {
	path := []string{"retention", string(name)}
	var n *int64
	if p.Retention != nil {
		n = *retentionOf(p.Retention, name)
	}
	switch {
	case n == nil:
		return 0, []backup.Problem{problem(path, "Missing Retention", fmt.Sprintf(
			"The policy has a schedule that is %[1]s on this service, so it needs retention.%[1]s, the number of full points to keep of it, 1 to %[2]d.", name, l.retention[name]))}
	case *n > l.retention[name]:
		return *n, []backup.Problem{problem(path, "Invalid Retention", fmt.Sprintf("retention.%s is %d; this service keeps %d full points at most.", name, *n, l.retention[name]))}
	}
	return *n, nil
}

// strayCounts reports numbers for cadences that the policy does not have, and numbers that contradict
// each other.
func strayCounts(p backup.Policy, o PolicyOptions, slots map[cadence]slot) (problems []backup.Problem) {
	if p.IncrementalsPerFull != nil && o.IncrementalsPerFull != nil {
		for _, name := range cadences {
			if n := *o.IncrementalsPerFull.of(name); slots[name] != (slot{}) && (n == nil || *n != *p.IncrementalsPerFull) {
				problems = append(problems, problem([]string{"vngcloud", "incrementals_per_full"}, "Conflicting Attributes",
					"incrementals_per_full and vngcloud.incrementals_per_full are both set. Keep the first for all schedules alike, or the second for each."))
				break
			}
		}
	}
	const detail = "%s is set, but no schedule of the policy is %s on this service. Leave it out."
	for _, name := range cadences {
		if _, on := slots[name]; on {
			continue
		}
		if p.Retention != nil && *retentionOf(p.Retention, name) != nil {
			problems = append(problems, problem([]string{"retention", string(name)}, "Retention Without Schedule", fmt.Sprintf(detail, "retention."+string(name), name)))
		}
		if o.IncrementalsPerFull != nil && *o.IncrementalsPerFull.of(name) != nil {
			problems = append(problems, problem([]string{"vngcloud", "incrementals_per_full", string(name)}, "Incrementals Without Schedule",
				fmt.Sprintf(detail, "vngcloud.incrementals_per_full."+string(name), name)))
		}
	}
	return problems
}

// policyOf is a policy as the domain sees it. servers are the ids of those that use it.
func policyOf(w client.Policy, servers []string) backup.Policy {
	p := backup.Policy{
		ID: w.ID, Name: w.Name, Timezone: w.Config.TimeZone, Enabled: true, Default: &w.IsDefault,
		CreatedAt: w.CreatedAt.Time, ServerIDs: sorted(servers),
	}
	o := PolicyOptions{ProtectServer: w.Config.IsProtectedServer, EmailOn: sorted(w.Config.StatusSendEmail), IncrementalsPerFull: &Incrementals{}}
	slots := slotsOf(w.Config)
	var uniform []int64
	for _, name := range cadences {
		at, on := slots[name]
		if !on {
			continue
		}
		p.Schedules = append(p.Schedules, at.rule())
		_, config := cadenceOf(&w.Config, name)
		if p.Retention == nil {
			p.Retention = &backup.Retention{}
		}
		*retentionOf(p.Retention, name) = config.Retention.Int64()
		n := int64(0)
		if config.BackupType == client.BackupIncremental && config.IncrementalQuantity.Int64() != nil {
			n = *config.IncrementalQuantity.Int64()
		}
		*o.IncrementalsPerFull.of(name) = &n
		uniform = append(uniform, n)
	}
	if uniform = slices.Compact(uniform); len(uniform) == 1 {
		p.IncrementalsPerFull = &uniform[0]
	}
	p.Options = o
	return p
}
