package cbr

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Limits of vaults (§3.2).
const (
	maxVaultName = 64
	minQuotaGB   = 10
	maxQuotaGB   = 10485760
	maxTags      = 20
	maxTagKey    = 36
	maxTagValue  = 43
)

// CheckLocation reports what the service cannot do with a location.
func (s *Service) CheckLocation(ctx context.Context, l backup.Location, prior *backup.Location) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, l.Name)
	if n := utf8.RuneCountInString(l.Name); n > maxVaultName {
		problems = append(problems, problem("name", "Invalid Name", "The name has %d characters; the cbr service takes at most %d.", n, maxVaultName))
	}
	if strings.TrimSpace(l.Name) != l.Name {
		problems = append(problems, problem("name", "Invalid Name", "The name %q begins or ends with a blank; leave it out.", l.Name))
	}
	if l.Name == "" {
		problems = append(problems, problem("name", "Missing Name", "A location needs a name of 1 to %d characters.", maxVaultName))
	}
	problems = append(problems, checkQuota(l, prior)...)
	if l.Default != nil {
		problems = append(problems, unsupported("default", "Name the location in location_id of each server."))
	}
	if l.SoftDelete != nil {
		problems = append(problems, unsupported("soft_delete", "The service deletes points at once."))
	}
	if l.Lock != nil {
		problems = append(problems, unsupported("lock", "cbr.locked keeps automatic points until the retention lets them go."))
	}
	return append(problems, s.checkLocationOptions(ctx, l, prior)...)
}

func checkQuota(l backup.Location, prior *backup.Location) []backup.Problem {
	const summary = "Invalid Quota"
	switch {
	case l.QuotaBytes == nil:
		return []backup.Problem{problem("quota_gb", summary, "The service needs the size of the location, for example quota_gb = 100; it is what you pay for.")}
	case *l.QuotaBytes%gigabyte != 0, *l.QuotaBytes < minQuotaGB*gigabyte, *l.QuotaBytes > maxQuotaGB*gigabyte:
		return []backup.Problem{problem("quota_gb", summary, "quota_gb must be a whole number from %d to %d.", minQuotaGB, maxQuotaGB)}
	case prior != nil && prior.UsedBytes != nil && *l.QuotaBytes < *prior.UsedBytes:
		return []backup.Problem{problem("quota_gb", summary,
			"quota_gb is less than the %.3f GB that the points in the location have. Delete points first, or write more.", float64(*prior.UsedBytes)/float64(gigabyte))}
	}
	return nil
}

func (s *Service) checkLocationOptions(ctx context.Context, l backup.Location, prior *backup.Location) []backup.Problem {
	o := locationOptions(l)
	var problems []backup.Problem
	add := func(attribute, summary, format string, args ...any) {
		problems = append(problems, problem("cbr."+attribute, summary, format, args...))
	}
	switch {
	case o.ConsistentLevel == appConsistent && s.telekom:
		add("consistent_level", "Invalid Value", "consistent_level is %q. %s Write %s.", o.ConsistentLevel, onlyHuawei, crashConsistent)
	case o.ConsistentLevel != crashConsistent && o.ConsistentLevel != appConsistent:
		add("consistent_level", "Invalid Value", "consistent_level is %q; write %s or %s.", o.ConsistentLevel, crashConsistent, appConsistent)
	}
	if prior == nil && o.ChargingMode != postPaid {
		add("charging_mode", "Invalid Value", "charging_mode is %q. Locations are created %s here; buy one that is paid in advance in the console and import it.", o.ChargingMode, postPaid)
	}
	for attribute, tags := range map[string]map[string]string{"tags": o.Tags, "auto_bind_tags": o.AutoBindTags} {
		if why := checkTags(tags); why != "" {
			add(attribute, "Invalid Tags", "%s %s", attribute, why)
		}
	}
	if prior != nil {
		problems = append(problems, checkFixed(o, locationOptions(*prior))...)
	}
	if o.Locked && (prior == nil || !locationOptions(*prior).Locked) {
		w := problem("cbr.locked", "Lock Cannot Be Undone",
			"A locked location stays locked: its automatic points cannot be deleted before the retention of their policy lets them go, nor can the location while it has any, and it is paid for until then.")
		w.Warning = true
		problems = append(problems, w)
	}
	return append(problems, s.checkPolicies(ctx, o)...)
}

// checkFixed reports changes that the service cannot make.
func checkFixed(o, prior LocationOptions) []backup.Problem {
	var problems []backup.Problem
	if prior.Locked && !o.Locked {
		problems = append(problems, problem("cbr.locked", "Location Cannot Be Unlocked", "The location is locked, and the service cannot unlock it. Write locked = true."))
	}
	for _, fixed := range []struct{ attribute, was, is string }{
		{"consistent_level", prior.ConsistentLevel, o.ConsistentLevel},
		{"charging_mode", prior.ChargingMode, o.ChargingMode},
	} {
		if fixed.was != fixed.is {
			problems = append(problems, problem("cbr."+fixed.attribute, "Attribute Cannot Be Changed",
				"The service cannot change %s from %q to %q. Make another location, and move the servers there.", fixed.attribute, fixed.was, fixed.is))
		}
	}
	return problems
}

func checkTags(tags map[string]string) string {
	if len(tags) > maxTags {
		return fmt.Sprintf("has %d tags; the service takes at most %d.", len(tags), maxTags)
	}
	for key, value := range tags {
		if n := utf8.RuneCountInString(key); n < 1 || n > maxTagKey || strings.ContainsAny(key, "=*<>\\,|/") {
			return fmt.Sprintf("has the key %.60q; keys have 1 to %d characters and none of = * < > \\ , | /.", key, maxTagKey)
		}
		if utf8.RuneCountInString(value) > maxTagValue || strings.TrimSpace(value) != value || strings.TrimSpace(key) != key {
			return fmt.Sprintf("has a value for %q that is longer than %d characters, or a blank at an end of one of the two.", key, maxTagValue)
		}
	}
	return ""
}

// checkPolicies wants the policies to be there and of the right kind.
func (s *Service) checkPolicies(ctx context.Context, o LocationOptions) []backup.Problem {
	if o.PolicyID == "" && o.ReplicationPolicyID == "" {
		return nil
	}
	inv, err := s.inventory.Get(ctx)
	if err != nil {
		return nil // The apply says it; a plan need not fail for it.
	}
	var problems []backup.Problem
	for _, want := range []struct {
		attribute, id string
		list, other   []policyAnswer
		mistake       string
	}{
		{"policy_id", o.PolicyID, inv.policies, inv.replications, "is a replication policy; write it in cbr.replication_policy_id"},
		{"replication_policy_id", o.ReplicationPolicyID, inv.replications, inv.policies, "is a backup policy; write it in cbr.policy_id"},
	} {
		if _, ok := withID(want.list, want.id); ok || want.id == "" {
			continue
		}
		mistake := "does not exist"
		if _, ok := withID(want.other, want.id); ok {
			mistake = want.mistake
		}
		problems = append(problems, problem("cbr."+want.attribute, "Policy Not Found", "The policy %q %s.", want.id, mistake))
	}
	return problems
}
