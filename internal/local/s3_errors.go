package local

import (
	"errors"
	"fmt"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// explainS3 says what to do about the errors of buckets that a user can mend.
func (s *store) explainS3(verb string, err error) error {
	advice, kind := s.adviseS3(err)
	// What services say ends in a full stop already.
	message := fmt.Sprintf("cannot %s the repository %s: %s.", verb, s.cfg.Repository, strings.TrimRight(err.Error(), "."))
	if advice != "" {
		message += " " + advice
	}
	return &backup.ServiceError{Kind: kind, Message: message, Err: err}
}

// storage is where the blobs are; the error names the location, if it is about one.
func (s *store) storage() (engine.Storage, error) {
	storage, err := s.cfg.storage()
	if err != nil && s.location != "" {
		err = &backup.ServiceError{Message: fmt.Sprintf("the location %q cannot be reached: %v", s.location, err), Err: err}
	}
	return storage, err
}

// adviseS3 says what to do about an error, nothing if only the service knows; kind is a sentinel.
func (s *store) adviseS3(err error) (advice string, kind error) {
	bucket, _, _ := s3Address(s.cfg.Repository)
	endpoint := amazonS3
	if s.cfg.S3 != nil && s.cfg.S3.Endpoint != "" {
		endpoint = s.cfg.S3.Endpoint
	}
	switch {
	case errors.Is(err, engine.ErrNotRepository):
		return "Set " + s.attribute("repository") + " to another prefix of the bucket, or to one with a repository.", backup.ErrConflict
	case errors.Is(err, engine.ErrHalfCreated):
		return "No data can be in it yet.", backup.ErrConflict
	case errors.Is(err, engine.ErrNoVersioning), errors.Is(err, engine.ErrNoObjectLock):
		return fmt.Sprintf("%s needs a bucket with versioning and object lock, and many services set these only when a bucket is created: create %q with both, or leave local.object_lock out.", s.attribute("object_lock"), bucket), backup.ErrConflict
	}
	fault, region := engine.FaultOfS3(err)
	switch fault {
	case engine.S3Unreachable:
		return fmt.Sprintf("The service %s does not answer. Check %s, its port, and the way there: network, name server, proxy, firewall.", endpoint, s.attribute("s3.endpoint")), nil
	case engine.S3Certificate:
		return fmt.Sprintf("The certificate of %s is not trusted. Check the host name and the date of this machine, or name a file with the certificate of its authority in %s.", endpoint, s.attribute("s3.ca_file")), backup.ErrDenied
	case engine.S3Protocol:
		return "Check " + s.attribute("s3.endpoint") + ": the service speaks http:// there and not https://, or the other way round.", nil
	case engine.S3Keys:
		return "The service does not accept the keys, or the session token has expired. Check " + s.attribute("s3") + ", or the profile or the environment variables that the keys come from.", backup.ErrDenied
	case engine.S3Denied:
		return fmt.Sprintf("The keys may not do that. They need s3:GetBucketLocation and s3:ListBucket of the bucket %q, and s3:GetObject, s3:PutObject and s3:DeleteObject of what is in it.", bucket), backup.ErrDenied
	case engine.S3NoBucket:
		return fmt.Sprintf("There is no bucket %q at %s. Create it first, or correct %s; the provider never creates a bucket.", bucket, endpoint, s.attribute("repository")), backup.ErrConflict
	case engine.S3Region:
		if region != "" {
			return fmt.Sprintf("The bucket is in another region: set %s to %q.", s.attribute("s3.region"), region), nil
		}
		return "The bucket is in another region. Set " + s.attribute("s3.region") + " to the one that the service shows for it.", nil
	case engine.S3Clock:
		return "The clock of this machine differs too much from that of the service. Set it right, for example with NTP.", backup.ErrDenied
	case engine.S3Busy:
		return "The service is busy or has an error of its own, also after several tries. Try again later.", backup.ErrThrottled
	case engine.S3Full:
		return "The service has no space left for the bucket, or its quota is used up. Free some space there, or enlarge the quota.", backup.ErrQuota
	default:
		return "", nil
	}
}
