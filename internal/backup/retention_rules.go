package backup

import "time"

// period tells the times of a clock apart that lie in different periods; equal values are the same.
type period [5]int

// retentionRule is one member of a [Retention]. Exactly one kind of rule applies: those with a
// period, those by age, and the rest by number alone.
type retentionRule struct {
	name   string
	limit  *int64
	period func(local time.Time) period
	byAge  bool
}

func (r *Retention) rules() []retentionRule {
	if r == nil {
		return nil
	}
	return []retentionRule{
		{name: "latest", limit: r.Latest},
		{name: "hourly", limit: r.Hourly, period: hourOf},
		{name: "daily", limit: r.Daily, period: dayOf},
		{name: "weekly", limit: r.Weekly, period: weekOf},
		{name: "monthly", limit: r.Monthly, period: func(t time.Time) period { return period{t.Year(), int(t.Month())} }},
		{name: "yearly", limit: r.Yearly, period: func(t time.Time) period { return period{t.Year()} }},
		{name: "days", limit: r.Days, byAge: true},
	}
}

// mark marks the points that stay by this rule; counted are indices of points, newest first.
func (rule retentionRule) mark(limit int64, points []RetentionPoint, counted []int, stays []bool, loc *time.Location, at time.Time) {
	// A clock set back over midnight shows a day again, so points of one day may lie apart.
	seen := map[period]bool{}
	for n, i := range counted {
		created := points[i].CreatedAt
		switch {
		case rule.byAge:
			if !youngerThan(created, at, limit) {
				return
			}
		case rule.period != nil:
			p := rule.period(created.In(loc))
			if seen[p] {
				continue
			}
			if int64(len(seen)) >= limit {
				return
			}
			seen[p] = true
		default:
			if int64(n) >= limit {
				return
			}
		}
		stays[i] = true
	}
}

// youngerThan compares without overflow, whatever the number of days.
func youngerThan(created, at time.Time, days int64) bool {
	const day = 24 * 60 * 60
	age := at.Unix() - created.Unix()
	whole, rest := age/day, age%day
	if whole != days || rest != 0 {
		return whole < days
	}
	return at.Nanosecond() < created.Nanosecond()
}

func hourOf(t time.Time) period {
	_, offset := t.Zone()
	return period{t.Year(), int(t.Month()), t.Day(), t.Hour(), offset}
}

func dayOf(t time.Time) period { return period{t.Year(), int(t.Month()), t.Day()} }

func weekOf(t time.Time) period {
	year, week := t.ISOWeek()
	return period{year, week}
}
