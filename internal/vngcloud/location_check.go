package vngcloud

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// maxGraceDays is the longest that a lock can stay open to changes [3.7].
const maxGraceDays = 7

// CheckLocation reports what Backup Center cannot do with a location, and warns of what cannot be undone.
func (s *Service) CheckLocation(ctx context.Context, l backup.Location, prior *backup.Location) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, l.Name)
	add := func(path []string, summary, format string, args ...any) {
		problems = append(problems, problem(path, summary, fmt.Sprintf(format, args...)))
	}
	if l.Name == "" {
		add([]string{"name"}, "Missing Name", "A location needs a name.")
	}
	if q := l.QuotaBytes; q != nil && (*q < gib || *q%gib != 0) {
		add([]string{"quota_gb"}, "Invalid Quota", "quota_gb must be a whole number of 1 or more; leave it out for no limit.")
	}
	if d := l.SoftDelete; d != nil && d.RetentionDays < 1 {
		add([]string{"soft_delete", "retention_days"}, "Invalid Retention", "soft_delete.retention_days must be 1 or more; leave soft_delete out to delete points at once.")
	}
	o, ok := locationOptions(l)
	switch {
	case !ok || o.RegionID == "":
		add([]string{"vngcloud", "region_id"}, "Missing Region", "A location needs a storage region: write vngcloud = { region_id = \"HCM04\" }. The data source serverbackup_regions lists them.")
	default:
		if _, err := s.region(ctx, o); isNotFound(err) {
			add([]string{"vngcloud", "region_id"}, "Region Not Found", "%v", err)
		}
	}
	if o.Product != product && o.Product != "vDB" {
		add([]string{"vngcloud", "product"}, "Invalid Product", "product is %q; write vServer or vDB.", o.Product)
	}
	problems = append(problems, checkDefault(l, prior)...)
	problems = append(problems, checkLock(l.Lock)...)
	return append(problems, s.checkChange(ctx, l, prior)...)
}

// stays refuses to make of a location what only another one can be.
func stays(l, have backup.Location) error {
	want, _ := locationOptions(l)
	is, _ := locationOptions(have)
	switch {
	case want.Product != is.Product:
		return backup.Errorf(backup.ErrUnsupported, "vngcloud.product: a location is for one product, here %s. Make another one for %s.", is.Product, want.Product)
	case want.RegionID != is.RegionID && !strings.EqualFold(want.RegionID, is.RegionName):
		return backup.Errorf(backup.ErrUnsupported, "vngcloud.region_id: a location stays in its region, here %s. Make another one.", cmp.Or(is.RegionName, is.RegionID))
	}
	return nil
}

func checkDefault(l backup.Location, prior *backup.Location) []backup.Problem {
	was := prior != nil && prior.Default != nil && *prior.Default
	switch {
	case l.Default == nil || *l.Default == was:
		return nil
	case was:
		return []backup.Problem{problem([]string{"default"}, "Default Location Needed",
			"There is one default location at any time. Make another one the default in the console instead.")}
	case prior != nil:
		return []backup.Problem{problem([]string{"default"}, "Default Cannot Change",
			"The service offers no way to make an existing location the default except in the console. Do that there, or leave default out.")}
	}
	return nil
}

// checkLock wants everything about a lock in so many words: without a grace period it is permanent from
// the start, and above its greatest age it deletes points by itself.
func checkLock(k *backup.LocationLock) (problems []backup.Problem) {
	if k == nil {
		return nil
	}
	add := func(member, summary, format string, args ...any) {
		problems = append(problems, problem([]string{"lock", member}, summary, fmt.Sprintf(format, args...)))
	}
	if k.MinDays < 1 {
		add("min_days", "Invalid Lock", "lock.min_days must be 1 or more; leave lock out for no lock.")
	}
	switch {
	case k.MaxDays == nil:
		add("max_days", "Missing Lock Limit", "On the vngcloud service a lock also deletes points at an age. Write lock.max_days, at least lock.min_days.")
	case *k.MaxDays < k.MinDays:
		add("max_days", "Invalid Lock", "lock.max_days is %d, less than lock.min_days, %d.", *k.MaxDays, k.MinDays)
	}
	switch {
	case k.GraceDays == nil:
		add("grace_days", "Missing Grace Period", "Write lock.grace_days, 0 to %d: for so many days the lock can still be changed. 0 makes it permanent at once.", maxGraceDays)
	case *k.GraceDays < 0 || *k.GraceDays > maxGraceDays:
		add("grace_days", "Invalid Grace Period", "lock.grace_days is %d; write 0 to %d.", *k.GraceDays, maxGraceDays)
	}
	return problems
}

// checkChange reports what a lock forbids, and warns of what deletes points or cannot be taken back.
func (s *Service) checkChange(ctx context.Context, l backup.Location, prior *backup.Location) (problems []backup.Problem) {
	warn := func(attribute, summary, format string, args ...any) {
		problems = append(problems, backup.Problem{Path: []string{attribute}, Summary: summary, Detail: fmt.Sprintf(format, args...), Warning: true})
	}
	relock := prior == nil || !sameLock(l.Lock, prior.Lock)
	if l.Lock != nil && relock && l.Lock.GraceDays != nil {
		if *l.Lock.GraceDays == 0 {
			warn("lock", "Lock Is Permanent", "With lock.grace_days = 0 the lock can never be changed or removed, and its points cannot be deleted before their time.")
		} else {
			warn("lock", "Lock Becomes Permanent", "After %d days the lock can never be changed or removed.", *l.Lock.GraceDays)
		}
	}
	if prior == nil {
		return problems
	}
	if relock && prior.Lock != nil {
		row, err := s.locationRow(ctx, prior.ID)
		if ends := graceEnds(row); err == nil && !ends.IsZero() && !s.cfg.Now().Before(ends) {
			problems = append(problems, problem([]string{"lock"}, "Lock Cannot Change", fmt.Sprintf(
				"The lock of the location %q is permanent since %s. Write it as it is: min_days = %d.", prior.Name, ends.Format("2006-01-02 15:04 UTC"), prior.Lock.MinDays)))
		}
	}
	if prior.SoftDelete != nil && l.SoftDelete == nil {
		warn("soft_delete", "Bin Will Be Emptied", "Without soft_delete the service deletes at once what is in the bin of the location %q%s.", prior.Name, s.inBin(ctx, prior.ID))
	}
	return problems
}

// inBin says how many points are in the bin of a location, if that can be found out.
func (s *Service) inBin(ctx context.Context, locationID string) string {
	rows, err := s.api.History(ctx, client.HistoryQuery{})
	if err != nil {
		return ""
	}
	n := 0
	for _, row := range rows {
		if p := pointOf(row); p.LocationID == locationID && p.DeletionStatus == backup.DeletionSoftDeleted {
			n++
		}
	}
	return fmt.Sprintf(": %d points now", n)
}
