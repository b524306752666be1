package csbs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

var (
	// namePattern is that of points and policies (§2.5, §2.12).
	namePattern = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)
	// tagPattern is that of keys and values (§2.5).
	tagPattern = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)
)

const (
	maxDescription = 255
	maxTagKey      = 36
	maxTagValue    = 43
	maxLongTerm    = 100
	maxRetention   = 99999
)

func pathText(path []string) string { return strings.Join(path, ".") }

func unsupported(attribute, instead string) backup.Problem {
	return backup.Problem{
		Path: []string{attribute}, Summary: "Attribute Not Supported",
		Detail: fmt.Sprintf("The service csbs does not support %s. %s", attribute, instead),
	}
}

func problem(path []string, summary, format string, args ...any) backup.Problem {
	return backup.Problem{Path: path, Summary: summary, Detail: fmt.Sprintf(format, args...)}
}

func checkName(name string) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, name)
	if len(problems) == 0 && !namePattern.MatchString(name) {
		problems = append(problems, problem([]string{"name"}, "Invalid Name",
			"The name %q has characters that csbs does not take. Write letters A-Z, digits, _ and - only.", name))
	}
	return problems
}

func checkDescription(text string) []backup.Problem {
	if utf8.RuneCountInString(text) <= maxDescription && !strings.ContainsAny(text, "<>") && utf8.ValidString(text) {
		return nil
	}
	return []backup.Problem{problem([]string{"description"}, "Invalid Description",
		"A description on csbs has at most %d characters, and neither < nor >.", maxDescription)}
}

func checkTags(tags map[string]string) []backup.Problem {
	at := []string{"tags"}
	var problems []backup.Problem
	if len(tags) > maxTags {
		problems = append(problems, problem(at, "Too Many Tags", "There are %d tags; csbs takes at most %d. Leave some out.", len(tags), maxTags))
	}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		switch value := tags[key]; {
		case key == markKey:
			problems = append(problems, problem(at, "Reserved Tag", "The tag %q is the provider's own. Choose another key.", key))
		case key == "" || len(key) > maxTagKey || !tagPattern.MatchString(key):
			problems = append(problems, problem(at, "Invalid Tag", "The key %.60q is none that csbs takes. Write 1 to %d letters A-Z, digits, _ and -.", key, maxTagKey))
		case len(value) > maxTagValue || !tagPattern.MatchString(value):
			problems = append(problems, problem(at, "Invalid Tag", "The value of tag %q is none that csbs takes. Write up to %d letters A-Z, digits, _ and -.", key, maxTagValue))
		}
	}
	return problems
}

// CheckPolicy reports what csbs cannot do with a policy.
func (s *Service) CheckPolicy(_ context.Context, p backup.Policy) []backup.Problem {
	problems := backup.CheckPolicy(p)
	if len(backup.CheckName(nil, p.Name)) == 0 {
		problems = append(problems, checkName(p.Name)...)
	}
	problems = append(problems, checkDescription(p.Description)...)
	problems = append(problems, checkTags(p.Tags)...)
	problems = append(problems, checkRetention(p.Retention)...)
	if p.IncrementalsPerFull != nil {
		problems = append(problems, unsupported("incrementals_per_full", "Ask for full points with full of serverbackup_point."))
	}
	if p.Default != nil {
		problems = append(problems, unsupported("default", "Name the policy in policy_id of each server."))
	}
	return append(problems, s.checkSchedules(p)...)
}

func (s *Service) checkSchedules(p backup.Policy) []backup.Problem {
	at := []string{"schedules"}
	if len(p.Schedules) != 1 {
		return []backup.Problem{problem(at, "Invalid Number of Schedules",
			"A policy of csbs has exactly one schedule, not %d. Write several BYHOUR or BYDAY in one rule, or several policies.", len(p.Schedules))}
	}
	zone, err := backup.ParseTimezone(first(p.Timezone, "UTC"))
	if err != nil || len(backup.CheckSchedules(p.Schedules)) > 0 {
		return nil // backup.CheckPolicy has said so.
	}
	if _, err := translate(p.Schedules[0], huaweicloud.StandardOffset(zone, s.now())); err != nil {
		return []backup.Problem{problem(at, "Schedule Not Supported", "The schedule %.200q cannot run on csbs: %v.", p.Schedules[0], err)}
	}
	if !huaweicloud.ChangesClocks(zone, s.now()) {
		return nil
	}
	offset := huaweicloud.FormatOffset(huaweicloud.StandardOffset(zone, s.now()))
	warning := problem([]string{"timezone"}, "Schedule Without Daylight Saving",
		"The service csbs keeps schedules in UTC and knows no daylight saving: the times of the schedule are taken as %s, the standard time of %s, all the year. "+
			"In summer the policy runs at another hour of the local clock.", offset, p.Timezone)
	warning.Warning = true
	return []backup.Problem{warning}
}

func checkRetention(r *backup.Retention) []backup.Problem {
	if r == nil {
		return nil
	}
	var problems []backup.Problem
	if r.Hourly != nil {
		problems = append(problems, problem([]string{"retention", "hourly"}, "Attribute Not Supported",
			"The service csbs does not keep points by the hour. Leave retention.hourly out; retention.latest counts all points."))
	}
	for _, rule := range []struct {
		name  string
		value *int64
		most  int64
	}{
		{"latest", r.Latest, maxRetention}, {"days", r.Days, maxRetention},
		{"daily", r.Daily, maxLongTerm}, {"weekly", r.Weekly, maxLongTerm}, {"monthly", r.Monthly, maxLongTerm}, {"yearly", r.Yearly, maxLongTerm},
	} {
		if rule.value != nil && *rule.value > rule.most {
			problems = append(problems, problem([]string{"retention", rule.name}, "Invalid Retention",
				"retention.%s is %d; csbs takes at most %d.", rule.name, *rule.value, rule.most))
		}
	}
	if r.Days != nil && longTerm(r) {
		problems = append(problems, problem([]string{"retention", "days"}, "Invalid Retention",
			"The service csbs does not combine retention.days with daily, weekly, monthly or yearly. Leave out one of them."))
	}
	return problems
}

// CheckServer reports what csbs cannot do with a server.
func (s *Service) CheckServer(ctx context.Context, srv backup.Server, prior *backup.Server) []backup.Problem {
	var problems []backup.Problem
	if srv.Name != "" && (prior == nil || prior.Name != srv.Name) {
		problems = append(problems, unsupported("name", "The name is that of the instance. Leave it out."))
	}
	if srv.InstanceID == "" {
		problems = append(problems, problem([]string{"instance_id"}, "Missing Instance", "The service csbs backs up instances: write instance_id, the id of an Elastic Cloud Server."))
	} else if !huaweicloud.ValidID(srv.InstanceID) {
		problems = append(problems, problem([]string{"instance_id"}, "Invalid Instance", "instance_id is %.60q, which is no id of an Elastic Cloud Server. Write its UUID.", srv.InstanceID))
	}
	if srv.LocationID != "" {
		problems = append(problems, unsupported("location_id", "Points are kept in the region; leave it out."))
	}
	if len(srv.ExcludeVolumeIDs) > 0 {
		problems = append(problems, unsupported("exclude_volume_ids", "It backs up all disks of a server; leave it out."))
	}
	if !srv.Enabled {
		problems = append(problems, problem([]string{"enabled"}, "Attribute Not Supported",
			"The service csbs cannot pause one server. Leave enabled out; disable the policy, or take the server off it."))
	}
	if srv.PolicyID == "" {
		problems = append(problems, problem([]string{"policy_id"}, "Missing Policy", "A server of csbs is an instance that is bound to a policy: write policy_id."))
	} else if _, err := s.Policy(ctx, srv.PolicyID); errors.Is(err, backup.ErrNotFound) {
		problems = append(problems, problem([]string{"policy_id"}, "Policy Not Found", "%v", err))
	}
	return problems
}

// CheckPoint reports what csbs cannot do with a request for a point.
func (s *Service) CheckPoint(ctx context.Context, r backup.PointRequest) []backup.Problem {
	problems := slices.Concat(checkName(r.Name), checkDescription(r.Description), checkTags(r.Tags))
	if r.ServerID == "" {
		return problems
	}
	if _, err := s.Server(ctx, r.ServerID); errors.Is(err, backup.ErrNotFound) {
		return append(problems, problem([]string{"server_id"}, "Server Not Found", "%v", err))
	}
	return append(problems, s.checkLost(ctx, r.ServerID)...)
}
