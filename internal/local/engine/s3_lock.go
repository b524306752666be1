package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/maintenance"
)

// ObjectLock is how long a bucket refuses to delete what a repository wrote to it.
type ObjectLock struct {
	// Mode is GOVERNANCE or COMPLIANCE.
	Mode string
	// Period is at least [MinObjectLock].
	Period time.Duration
}

// MinObjectLock is the shortest period. Maintenance, which runs once a day, renews the locks of what is
// still needed and must be able to miss a day.
const MinObjectLock = 3 * 24 * time.Hour

// Why a bucket cannot lock objects.
var (
	ErrNoVersioning = errors.New("the bucket keeps no versions of its objects")
	ErrNoObjectLock = errors.New("the bucket has no object lock")
)

// check says what is wrong with a lock that is asked for.
func (l *ObjectLock) check(s Storage) error {
	switch mode := blob.RetentionMode(l.Mode); {
	case s.S3 == nil:
		return errors.New("only a bucket can lock objects")
	case mode != blob.Governance && mode != blob.Compliance:
		return fmt.Errorf("the mode of an object lock is %q; write %s or %s", l.Mode, blob.Governance, blob.Compliance)
	case l.Period < MinObjectLock:
		return fmt.Errorf("the object lock is %s long; the shortest is %s", l.Period, MinObjectLock)
	}
	return nil
}

// lockable says whether a bucket can lock objects: [ErrNoVersioning] or [ErrNoObjectLock] if not.
func (s *S3) lockable(ctx context.Context) error {
	client, err := s.client()
	if err != nil {
		return err
	}
	versioning, err := client.GetBucketVersioning(ctx, s.Bucket)
	switch {
	case unsupported(err), err == nil && !versioning.Enabled():
		return ErrNoVersioning
	case err != nil:
		return err
	}
	enabled, _, _, _, err := client.GetObjectLockConfig(ctx, s.Bucket)
	switch {
	case unsupported(err), err == nil && enabled != "Enabled":
		return ErrNoObjectLock
	}
	return err
}

// unsupported says whether a service does not know a request, or has nothing to answer it with.
func unsupported(err error) bool {
	switch code(err) {
	case "ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration", "NotImplemented", "VersioningNotConfigured", "MethodNotAllowed":
		return true
	}
	return false
}

// ObjectLock is the lock of the repository, nil if it has none.
func (r *Repo) ObjectLock(ctx context.Context) (*ObjectLock, error) {
	cfg, err := r.rep.FormatManager().BlobCfgBlob(ctx)
	if err != nil || !cfg.IsRetentionEnabled() {
		return nil, translate(err)
	}
	return &ObjectLock{Mode: string(cfg.RetentionMode), Period: cfg.RetentionPeriod}, nil
}

// RenewLocks makes maintenance renew the locks of what is still needed, if the repository has locks. It
// writes nothing if that is so already.
func (r *Repo) RenewLocks(ctx context.Context) error {
	lock, err := r.ObjectLock(ctx)
	if err != nil || lock == nil {
		return err
	}
	params, err := maintenance.GetParams(ctx, r.rep)
	if err != nil || params.ExtendObjectLocks {
		return translate(err)
	}
	params.ExtendObjectLocks = true
	return translate(repo.WriteSession(ctx, r.rep, repo.WriteSessionOptions{Purpose: "renew object locks"},
		func(ctx context.Context, w repo.RepositoryWriter) error {
			return maintenance.SetParams(ctx, w, params)
		}))
}
