package backup

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// cronPart is one field of a crontab line.
type cronPart struct {
	name      string
	low, high int
	// names spell the values from low on.
	names []string
	// rule is how to say with a rule what this field says with the letters of some crons.
	rule string
}

// cronParts are the fields in their order. A weekday is 0 (Sunday) to 6, and 7 is Sunday again.
var cronParts = [...]cronPart{
	{name: "minute", low: 0, high: 59},
	{name: "hour", low: 0, high: 23},
	{
		name: "day of the month", low: 1, high: 31,
		rule: "for the last day of the month write the rule itself, FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=1;BYMINUTE=0",
	},
	{
		name: "month", low: 1, high: 12,
		names: []string{"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"},
	},
	{
		name: "weekday", low: 0, high: 7,
		names: []string{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"},
		rule:  "for a certain weekday of the month write the rule itself, such as FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=1;BYMINUTE=0 for the last Friday",
	},
}

// parse returns the values of a field in upper case, sorted.
func (c cronPart) parse(field string) ([]int, error) {
	var values []int
	for member := range strings.SplitSeq(field, ",") {
		low, high, step, err := c.parseRange(member)
		if err != nil {
			return nil, fmt.Errorf("the %s field is %.60q: %w", c.name, field, err)
		}
		for v := low; v <= high; v += step {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return slices.Compact(values), nil
}

// parseRange reads one member of a list: *, a value or a range, and a step.
func (c cronPart) parseRange(member string) (low, high, step int, err error) {
	span, stepText, hasStep := strings.Cut(member, "/")
	first, last, isRange := strings.Cut(span, "-")
	switch {
	case span == "*":
		low, high = c.low, c.high
	case isRange:
		if low, err = c.parseValue(first); err != nil {
			return 0, 0, 0, err
		}
		if high, err = c.parseValue(last); err != nil {
			return 0, 0, 0, err
		}
		if low > high {
			return 0, 0, 0, fmt.Errorf("the range %s goes backwards; write two, joined by a comma", span)
		}
	default:
		if low, err = c.parseValue(span); err != nil {
			return 0, 0, 0, err
		}
		high = low
	}
	if !hasStep {
		return low, high, 1, nil
	}
	if span != "*" && !isRange {
		return 0, 0, 0, fmt.Errorf("%s counts from a value without an end, which not every cron takes; write a range, for example %s-%d/%s", member, span, c.high, stepText)
	}
	if step, err = strconv.Atoi(stepText); err != nil || !digitsOnly(stepText) || step < 1 || step > c.high {
		return 0, 0, 0, fmt.Errorf("the step %q is out of range; write a whole number from 1 to %d", stepText, c.high)
	}
	return low, high, step, nil
}

func (c cronPart) parseValue(text string) (int, error) {
	if i := slices.Index(c.names, text); i >= 0 {
		return c.low + i, nil
	}
	n, err := strconv.Atoi(text)
	switch {
	case text == "":
		return 0, fmt.Errorf("a value is missing; write a whole number from %d to %d, or *", c.low, c.high)
	case text == "?":
		return 0, fmt.Errorf("? is not known; write *")
	case c.rule != "" && strings.ContainsAny(text, "LW#"):
		return 0, fmt.Errorf("not every cron knows %s; %s", text, c.rule)
	case err != nil || !digitsOnly(text) || len(text) > 2 || n < c.low || n > c.high:
		return 0, fmt.Errorf("%s is out of range; write a whole number from %d to %d%s, or *", text, c.low, c.high, c.orName())
	}
	return n, nil
}

func (c cronPart) orName() string {
	if len(c.names) == 0 {
		return ""
	}
	return ", or a name such as " + c.names[1]
}

func digitsOnly(text string) bool {
	return strings.TrimLeft(text, "0123456789") == ""
}
