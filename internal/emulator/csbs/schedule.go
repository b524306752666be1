package csbs

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rule is a pattern in parts: the only ones that the service takes (§2.12).
type rule struct {
	days           []time.Weekday
	hours, minutes []int
}

var weekdays = map[string]time.Weekday{
	"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday, "TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday,
}

// parsePattern reads a VEVENT with lines that end in CRLF.
func parsePattern(pattern string) (rule, error) {
	bad := func(why string) error { return invalid("The pattern is invalid: " + why) }
	var out rule
	const head, tail = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:", "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	body, ok := strings.CutPrefix(pattern, head)
	body, ok2 := strings.CutSuffix(body, tail)
	if !ok || !ok2 || len(pattern) > 10240 {
		return out, bad("no VEVENT")
	}
	freq := ""
	for part := range strings.SplitSeq(body, ";") {
		name, value, _ := strings.Cut(part, "=")
		for text := range strings.SplitSeq(value, ",") {
			n, err := strconv.Atoi(text)
			day, isDay := weekdays[text]
			switch {
			case name == "FREQ" && (text == "WEEKLY" || text == "DAILY"):
				freq = text
			case name == "BYDAY" && isDay:
				out.days = append(out.days, day)
			case name == "BYHOUR" && err == nil && n >= 0 && n <= 23:
				out.hours = append(out.hours, n)
			case name == "BYMINUTE" && err == nil && n >= 0 && n <= 59:
				out.minutes = append(out.minutes, n)
			default:
				return out, bad(part)
			}
		}
	}
	runs := out.minutesOfDay()
	if freq == "" || len(runs) == 0 || len(runs) > 24 || (freq == "WEEKLY" && len(out.days) == 0) {
		return out, bad("incomplete")
	}
	for i := range runs {
		if next := runs[(i+1)%len(runs)]; len(runs) > 1 && (next-runs[i]+1440)%1440 < 60 {
			return out, bad("runs are less than an hour apart")
		}
	}
	return out, nil
}

func (r rule) minutesOfDay() []int {
	var list []int
	for _, h := range r.hours {
		for _, m := range r.minutes {
			list = append(list, h*60+m)
		}
	}
	slices.Sort(list)
	return list
}

// runSchedules backs up what was due since the last time, at the time it was due. Clocks that stand
// still are moved by days at most in tests, so looking at each day is enough.
func (e *Emulator) runSchedules() {
	until := e.Clock.Now()
	from := e.scheduled
	e.scheduled = until
	if !until.After(from) {
		return
	}
	for _, p := range slices.SortedFunc(maps.Values(e.policies), func(a, b *policy) int { return cmp.Compare(a.order, b.order) }) {
		r, err := parsePattern(p.operation.pattern)
		if err != nil || !p.operation.enabled || len(p.resources) == 0 {
			continue
		}
		for _, at := range r.between(from, until, e.offset(p)) {
			checkpoint := e.run(p, nil, true)
			for _, it := range e.items {
				if it.checkpoint == checkpoint {
					it.created, it.updated, it.job.Started = at, at, at
					e.settleItem(it, until)
				}
			}
			e.expire(p, at)
		}
	}
}

// between returns the runs in (from, until], with hours that are ahead of UTC by an offset.
func (r rule) between(from, until time.Time, offset time.Duration) []time.Time {
	var list []time.Time
	for day := from.Add(-48 * time.Hour).Truncate(24 * time.Hour); !day.After(until.Add(24 * time.Hour)); day = day.Add(24 * time.Hour) {
		if len(r.days) > 0 && !slices.Contains(r.days, day.Weekday()) {
			continue
		}
		for _, m := range r.minutesOfDay() {
			if at := day.Add(time.Duration(m)*time.Minute - offset); at.After(from) && !at.After(until) {
				list = append(list, at)
			}
		}
	}
	return list
}

// offset is how far the hours of a policy are ahead of UTC.
func (e *Emulator) offset(p *policy) time.Duration {
	if !e.Switches.LocalHours {
		return 0
	}
	text, _ := p.operation.definition["timezone"].(string)
	at, err := time.Parse("-07:00", strings.TrimPrefix(text, "UTC"))
	if err != nil {
		return 0
	}
	_, seconds := at.Zone()
	return time.Duration(seconds) * time.Second
}

// expire deletes the backups of a policy that neither their number nor their age keeps. Those that
// were taken by hand stay. Long-term retention is not emulated: it would only keep more.
func (e *Emulator) expire(p *policy, at time.Time) {
	count, days := number(p.operation.definition["max_backups"]), number(p.operation.definition["retention_duration_days"])
	if p.operation.definition["permanent"] == true || (count < 0 && days < 0) || p.longTerm() {
		return
	}
	kept := map[string]int{}
	for _, it := range slices.Backward(e.inOrder()) {
		if it.policy != p.id || !it.auto || it.status != available {
			continue
		}
		kept[it.server.id]++
		byCount := count >= 0 && kept[it.server.id] <= count
		byAge := days >= 0 && at.Sub(it.created) < time.Duration(days)*24*time.Hour
		if !byCount && !byAge {
			e.forget(it)
		}
	}
}

var longTermMembers = []string{"day_backups", "week_backups", "month_backups", "year_backups"}

func (p *policy) longTerm() bool {
	return slices.ContainsFunc(longTermMembers, func(name string) bool { return number(p.operation.definition[name]) > 0 })
}

// checkDefinition is what the service takes as a retention (§2.12).
func checkDefinition(d object) error {
	for _, name := range []string{"max_backups", "retention_duration_days"} {
		if n := number(d[name]); d[name] != nil && (n < -1 || n > 99999) {
			return invalid(name + " is invalid")
		}
	}
	long := false
	for _, name := range longTermMembers {
		if d[name] == nil {
			continue
		}
		long = true
		if n := number(d[name]); n < 0 || n > 100 {
			return invalid(name + " is invalid")
		}
	}
	if zone, _ := d["timezone"].(string); long != (zone != "") {
		return invalid("timezone goes with the long-term retention, and only with it")
	}
	return nil
}

// number reads a number that may be in quotes; -1 is none.
func number(v any) int {
	if f, ok := v.(float64); ok {
		return int(f)
	}
	n, err := strconv.Atoi(fmt.Sprint(v))
	if err != nil {
		return -1
	}
	return n
}
