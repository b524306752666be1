package backup

import (
	"errors"
	"fmt"
	"strings"
)

// maxRuleLength is far above the longest rule that makes sense, and keeps parsing cheap.
const maxRuleLength = 4096

// ruleExample is what error messages show where nothing closer fits.
const ruleExample = "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"

// unwrapRule upper-cases a rule and takes it out of the iCalendar objects around it. Properties
// that say when an event happens would be lost by that, so they are errors; others mean nothing to
// a schedule.
func unwrapRule(rule string) (string, error) {
	if len(rule) > maxRuleLength {
		return "", fmt.Errorf("the rule is %d characters long, more than the %d that are allowed", len(rule), maxRuleLength)
	}
	for _, r := range rule {
		// Checked before upper-casing: some letters outside ASCII have ASCII capitals.
		if r > '~' || (r < ' ' && r != '\r' && r != '\n' && r != '\t') {
			return "", fmt.Errorf("the rule contains the character %q; a rule has only plain letters and digits, for example %s", r, ruleExample)
		}
	}
	text := strings.ToUpper(strings.TrimSpace(strings.ReplaceAll(rule, "\r\n", "\n")))
	if text == "" {
		return "", errors.New("the rule is empty; write for example " + ruleExample)
	}
	// Long lines are folded: a line break and one blank (RFC 5545, section 3.1).
	text = strings.NewReplacer("\n ", "", "\n\t", "").Replace(text)

	body, found := "", false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		value, isRule, err := contentLine(line)
		if err != nil {
			return "", err
		}
		if !isRule {
			continue
		}
		if found {
			return "", errors.New("there is more than one rule; write each as a schedule of its own")
		}
		body, found = value, true
	}
	if !found || body == "" {
		return "", errors.New("there is no rule in it; write for example " + ruleExample)
	}
	return body, nil
}

// contentLine reads one line of iCalendar and returns the rule if it holds one.
func contentLine(line string) (rule string, isRule bool, err error) {
	name := line
	if i := strings.IndexAny(line, ":;"); i >= 0 {
		name = line[:i]
	}
	if name == line || strings.Contains(name, "=") {
		return line, line != "", nil
	}
	value, _ := strings.CutPrefix(line, name+":")
	switch name {
	case "RRULE":
		if value == line {
			return "", false, errors.New("RRULE has parameters; write RRULE:" + ruleExample)
		}
		return strings.TrimSpace(value), true, nil
	case "BEGIN", "END":
		if value != "VCALENDAR" && value != "VEVENT" {
			return "", false, fmt.Errorf("%s:%.40s is not allowed around a schedule; write the rule alone, for example %s", name, value, ruleExample)
		}
	default:
		if advice, forbidden := forbiddenParts[name]; forbidden {
			return "", false, fmt.Errorf("%s is not allowed: %s", name, advice)
		}
		if strings.Contains(line, "FREQ=") {
			return "", false, fmt.Errorf("%.40q before the rule is not understood; write the rule alone, for example %s", name, ruleExample)
		}
	}
	return "", false, nil
}
