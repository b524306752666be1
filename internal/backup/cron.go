package backup

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// maxCronLength is far above the longest line that makes sense.
const maxCronLength = 1024

// cronExample is what error messages show where nothing closer fits.
const cronExample = "0 1 * * *"

// cronShorthands are lines that have a name.
var cronShorthands = map[string]string{
	"@HOURLY":   "0 * * * *",
	"@DAILY":    "0 0 * * *",
	"@MIDNIGHT": "0 0 * * *",
	"@WEEKLY":   "0 0 * * 0",
	"@MONTHLY":  "0 0 1 * *",
}

// cronYearly is for lines that skip months.
const cronYearly = "a schedule repeats every month at least; write * for the month, and keep one point per year with retention.yearly"

// CronToRRule translates the time of a crontab line (minute, hour, day of the month, month and weekday) into
// the recurrence rule that runs at the same times of the same days. [ParseSchedule] accepts what it
// returns. Errors are for the person who wrote the line: they name the field, and what a rule cannot say.
func CronToRRule(line string) (string, error) {
	fields, err := cronFields(line)
	if err != nil {
		return "", err
	}
	var sets [len(cronParts)][]int
	for i, part := range cronParts {
		if sets[i], err = part.parse(fields[i]); err != nil {
			return "", err
		}
	}
	minutes, hours, monthDays, months, weekdays := sets[0], sets[1], sets[2], sets[3], cronWeekdays(sets[4])
	if len(months) < 12 {
		return "", fmt.Errorf("the month field is %.40q: %s", fields[3], cronYearly)
	}
	s := Schedule{Freq: Daily, Interval: 1, Hours: hours, Minutes: minutes}
	anyMonthDay, anyWeekday := len(monthDays) == 31, len(weekdays) == 7
	switch {
	case fields[2] != "*" && fields[4] != "*":
		// With both, cron runs on days that match either; a rule would need both to match. Programs do
		// not agree on what a field such as */1 counts as.
		return "", fmt.Errorf("it names days of the month (%.40s) and weekdays (%.40s), of which cron takes either, while a rule would need both to match; "+
			"convert two lines, with * for one of the fields each, and list both rules in schedules", fields[2], fields[4])
	case !anyMonthDay:
		s.Freq, s.MonthDays = Monthly, monthDays
	case !anyWeekday:
		s.Freq = Weekly
		for _, day := range weekdays {
			s.Days = append(s.Days, WeekdayNum{Day: time.Weekday(day)})
		}
	default:
		if every := hoursApart(hours); every > 0 {
			s.Freq, s.Interval, s.Hours = Hourly, every, nil
		}
	}
	return s.String(), nil
}

// cronFields returns the five fields of a line, in upper case.
func cronFields(line string) ([]string, error) {
	if len(line) > maxCronLength {
		return nil, fmt.Errorf("the line is %d characters long, more than the %d that are allowed", len(line), maxCronLength)
	}
	for _, r := range line {
		// Checked before upper-casing: some letters outside ASCII have ASCII capitals.
		if r > '~' || (r < ' ' && r != '\t') {
			return nil, fmt.Errorf("the line contains the character %q; write one line of five fields, for example %s", r, cronExample)
		}
	}
	text := strings.ToUpper(strings.TrimSpace(line))
	fields := strings.Fields(text)
	switch {
	case text == "":
		return nil, errors.New("the line is empty; write five fields, for example " + cronExample)
	case strings.HasPrefix(text, "TZ=") || strings.HasPrefix(text, "CRON_TZ="):
		return nil, errors.New("a rule has no time zone of its own; leave it out, and set timezone of the policy")
	case strings.HasPrefix(text, "@"):
		return shorthandFields(text)
	case strings.Contains(fields[0], "="):
		return nil, fmt.Errorf("%.60q is no line of cron; write five fields, for example %s", line, cronExample)
	case len(fields) != len(cronParts):
		return nil, fmt.Errorf("the line has %d fields; write the five fields minute, hour, day of the month, month and weekday alone, "+
			"without seconds, year, user or command, for example %s", len(fields), cronExample)
	}
	return fields, nil
}

func shorthandFields(text string) ([]string, error) {
	switch text {
	case "@YEARLY", "@ANNUALLY":
		return nil, errors.New(strings.ToLower(text) + " cannot be converted: " + cronYearly)
	case "@REBOOT":
		return nil, errors.New("@reboot cannot be converted: a schedule knows times of day only; write for example " + cronExample)
	}
	line, known := cronShorthands[text]
	if !known {
		return nil, fmt.Errorf("%.40s is not known; write @hourly, @daily, @weekly, @monthly or five fields, for example %s", strings.ToLower(text), cronExample)
	}
	return strings.Fields(line), nil
}

// cronWeekdays makes the second Sunday of cron, 7, the first.
func cronWeekdays(days []int) []int {
	days = slices.Clone(days)
	for i := range days {
		days[i] %= 7
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// hoursApart is by how much hours that fill the day evenly from 00:00 differ, 0 if they do not.
func hoursApart(hours []int) int {
	if len(hours) < 2 || 24%len(hours) != 0 {
		return 0
	}
	every := 24 / len(hours)
	for i, hour := range hours {
		if hour != i*every {
			return 0
		}
	}
	return every
}
