package cbr

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// proceed lets everything happen that is due by a time: policies run, and jobs end.
func (p *project) proceed(now time.Time) {
	for _, at := range p.due(p.scheduled, now) {
		p.settle(at)
		p.runPolicies(at)
	}
	p.scheduled = now
	p.settle(now)
}

// maxDays bounds how far a clock is followed.
const maxDays = 400

// due are the times after from and up to to at which some policy runs.
func (p *project) due(from, to time.Time) []time.Time {
	var times []time.Time
	if len(p.vaults) == 0 || !from.Before(to) {
		return nil
	}
	for _, pol := range p.policies {
		day := from.Truncate(24 * time.Hour)
		for range maxDays {
			if day.After(to) {
				break
			}
			for _, at := range pol.runsOn(day) {
				if at.After(from) && !at.After(to) {
					times = append(times, at)
				}
			}
			day = day.Add(24 * time.Hour)
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return slices.CompactFunc(times, time.Time.Equal)
}

// runsOn are the runs of a policy on a day in UTC (§3.5). INTERVAL counts days from the policy's start.
func (pol *policy) runsOn(day time.Time) []time.Time {
	var times []time.Time
	if !pol.enabled || pol.kind != "backup" {
		return nil
	}
	for _, rule := range pol.pattern {
		if interval := intervalOf(rule); int(day.Sub(pol.started.Truncate(24*time.Hour))/(24*time.Hour))%interval != 0 {
			continue
		}
		minutes, err := minutesOfWeek(rule)
		if err != nil {
			continue // Refused when it was written.
		}
		for _, m := range minutes {
			if m/(24*60) == int(day.Weekday()) {
				times = append(times, day.Add(time.Duration(m%(24*60))*time.Minute))
			}
		}
	}
	return times
}

func intervalOf(rule string) int {
	for part := range strings.SplitSeq(rule, ";") {
		if n, err := strconv.Atoi(strings.TrimPrefix(part, "INTERVAL=")); err == nil && n > 0 {
			return n
		}
	}
	return 1
}

// runPolicies backs up the vaults whose policies run at a time.
func (p *project) runPolicies(at time.Time) {
	for _, v := range p.vaults {
		pol := find(p.policies, func(pol *policy) bool { return pol.id == v.policies["backup"] })
		if pol == nil || v.status != "available" || !slices.ContainsFunc(pol.runsOn(at.Truncate(24*time.Hour)), at.Equal) {
			continue
		}
		var resources []*resource
		for _, res := range v.resources {
			if !res.suspended && !res.beingRemoved {
				resources = append(resources, res)
			}
		}
		if len(resources) > 0 {
			p.run(v, resources, runSpec{policy: pol.id, incremental: true, auto: true, at: at})
		}
	}
}
