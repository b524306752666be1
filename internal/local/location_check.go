package local

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// minObjectLockDays is the shortest period of an object lock in days.
const minObjectLockDays = int64(engine.MinObjectLock / day)

// CheckLocation reports what the local service cannot do with a location.
func (s *Service) CheckLocation(_ context.Context, l backup.Location, prior *backup.Location) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, l.Name)
	add := func(path, summary, detail string) {
		problems = append(problems, backup.Problem{Path: strings.Split(path, "."), Summary: summary, Detail: detail})
	}
	if l.Default != nil {
		problems = append(problems, unsupported("default", "Name the location in location_id of each server."))
	}
	if l.QuotaBytes != nil && *l.QuotaBytes < 1 {
		add("quota_gb", "Invalid Quota", "quota_gb must be 1 or more; leave it out for no limit.")
	}
	if l.SoftDelete != nil && l.SoftDelete.RetentionDays < 1 {
		add("soft_delete.retention_days", "Invalid Number of Days", "soft_delete.retention_days must be 1 or more; leave soft_delete out to delete points at once.")
	}
	if l.Lock != nil {
		if l.Lock.MinDays < 1 {
			add("lock.min_days", "Invalid Number of Days", "lock.min_days must be 1 or more; leave lock out to let points of any age be deleted.")
		}
		if l.Lock.MaxDays != nil {
			add("lock.max_days", "Attribute Not Supported", "The local service keeps points as long as the retention of their policy says; leave lock.max_days out.")
		}
		if l.Lock.GraceDays != nil {
			add("lock.grace_days", "Attribute Not Supported", "The lock of the local service can be changed at any time; leave lock.grace_days out.")
		}
	}
	o, ok := l.Options.(LocationOptions)
	if prior != nil && prior.ID == mainLocation {
		if ok && (o.Repository != "" && o.Repository != s.cfg.Repository || o.Password != "" || o.S3 != nil || o.ObjectLock != nil) {
			add("local", "Repository of the Provider", fmt.Sprintf(
				"The location %s is the repository of the provider, %s, and is reached as the provider says. Leave local out.", mainLocation, s.cfg.Repository))
		}
		return problems
	}
	if !ok {
		add("local", "Missing Options", "The local service needs to know where the repository is: write local = { repository = \"/mnt/backup\" }.")
		return problems
	}
	if prior != nil {
		had, _ := prior.Options.(LocationOptions)
		if o.Repository == had.Repository && !samePtr(o.ObjectLock, had.ObjectLock) {
			add("local.object_lock", "Object Lock Cannot Change",
				"A repository keeps the object lock that it was created with. Leave local.object_lock as it was, or make another location and move the servers to it.")
		}
	}
	return append(problems, s.checkLocationOptions(o)...)
}

func (s *Service) checkLocationOptions(o LocationOptions) []backup.Problem {
	var problems []backup.Problem
	add := func(attribute, summary, format string, args ...any) {
		problems = append(problems, backup.Problem{Path: []string{"local", attribute}, Summary: summary, Detail: fmt.Sprintf(format, args...)})
	}
	bucket := onS3(o.Repository)
	switch {
	case o.Repository == "": // not known yet
	case bucket:
		if err := s3AddressError(o.Repository); err != nil {
			add("repository", "Invalid Repository", "%v", err)
		}
	case !filepath.IsAbs(o.Repository) || filepath.Clean(o.Repository) != o.Repository:
		add("repository", "Invalid Repository", "The repository %q is no clean absolute path; write %q, or s3://bucket/prefix.", o.Repository, cleaned(o.Repository))
	case o.Repository != s.cfg.Repository && (inside(o.Repository, s.cfg.Repository) || inside(s.cfg.Repository, o.Repository)):
		add("repository", "Overlapping Repositories", "The repository %s and the main repository %s lie in each other. Choose a directory of its own.", o.Repository, s.cfg.Repository)
	}
	if o.S3 != nil && o.Repository != "" && !bucket {
		add("s3", "Not a Bucket", "local.s3 is for repositories in a bucket, and local.repository is %q. Write s3://bucket/prefix, or leave local.s3 out.", o.Repository)
	}
	if o.S3 != nil {
		if _, _, err := o.S3.endpoint(); err != nil {
			add("s3", "Invalid Endpoint", "%v", err)
		}
	}
	if o.ObjectLock != nil {
		if o.Repository != "" && !bucket {
			add("object_lock", "Not a Bucket", "Only buckets have object locks, and local.repository is %q. lock.min_days also works on a disk, as a promise of the provider and its agent.", o.Repository)
		}
		if o.ObjectLock.Days < minObjectLockDays {
			add("object_lock", "Invalid Number of Days", "local.object_lock.days is %d; it must be %d or more, so that maintenance can extend the locks of what is still needed.", o.ObjectLock.Days, minObjectLockDays)
		}
		if o.ObjectLock.Mode != "GOVERNANCE" && o.ObjectLock.Mode != "COMPLIANCE" {
			add("object_lock", "Invalid Value", "local.object_lock.mode is %q; write GOVERNANCE or COMPLIANCE.", o.ObjectLock.Mode)
		}
	}
	return problems
}
