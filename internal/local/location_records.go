package local

import (
	"maps"
	"slices"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// locationRecord is a location. The one with the id of the main location, if there is one, holds only
// what can be set of it. Like everything in a repository it is encrypted, so the secrets that open
// another repository can be here: whoever opens the main repository opens them all.
type locationRecord struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Repository is a directory or s3://bucket/prefix; empty for the main location.
	Repository string      `json:"repository,omitempty"`
	S3         *s3Record   `json:"s3,omitempty"`
	ObjectLock *ObjectLock `json:"object_lock,omitempty"`
	Secrets    secrets     `json:"secrets,omitzero"`

	QuotaBytes  *int64 `json:"quota_bytes,omitempty"`
	BinDays     *int64 `json:"bin_days,omitempty"`
	LockMinDays *int64 `json:"lock_min_days,omitempty"`

	CreatedAt time.Time `json:"created_at"`
}

// s3Record is what is not secret of how to reach a bucket.
type s3Record struct {
	Endpoint string `json:"endpoint,omitempty"`
	Region   string `json:"region,omitempty"`
	CAFile   string `json:"ca_file,omitempty"`
	Profile  string `json:"profile,omitempty"`
}

type secrets struct {
	Password     string `json:"password,omitempty"`
	AccessKey    string `json:"access_key,omitempty"`
	SecretKey    string `json:"secret_key,omitempty"`
	SessionToken string `json:"session_token,omitempty"`
}

func (r *s3Record) options(s secrets) *S3Options {
	if r == nil {
		return nil
	}
	return &S3Options{
		Endpoint: r.Endpoint, Region: r.Region, CAFile: r.CAFile, Profile: r.Profile,
		AccessKey: s.AccessKey, SecretKey: s.SecretKey, SessionToken: s.SessionToken,
	}
}

// location returns a record; the main location always has one, also while nothing was set of it.
func (ix *index) location(id string) (locationRecord, bool) {
	rec, ok := ix.locations.get(id)
	if !ok && id == mainLocation {
		return locationRecord{ID: mainLocation, Name: mainLocation}, true
	}
	return rec, ok
}

// locationIDs are all locations, the main one first.
func (ix *index) locationIDs() []string {
	ids := []string{mainLocation}
	for _, id := range slices.Sorted(maps.Keys(ix.locations.rows)) {
		if id != mainLocation {
			ids = append(ids, id)
		}
	}
	return ids
}

// domainLocation is the location without its secrets.
func (s *Service) domainLocation(ix *index, r locationRecord) backup.Location {
	l := backup.Location{
		ID: r.ID, Name: r.Name, QuotaBytes: r.QuotaBytes, CreatedAt: r.CreatedAt, ServerCount: new(int64),
	}
	if r.BinDays != nil {
		l.SoftDelete = &backup.SoftDelete{RetentionDays: *r.BinDays}
	}
	if r.LockMinDays != nil {
		l.Lock = &backup.LocationLock{MinDays: *r.LockMinDays}
	}
	o := LocationOptions{Repository: r.Repository, S3: r.S3.options(secrets{}), ObjectLock: r.ObjectLock}
	if r.ID == mainLocation {
		o.Repository = s.cfg.Repository
	}
	l.Options = o
	for _, srv := range ix.servers.rows {
		if srv.value.LocationID == r.ID {
			*l.ServerCount++
		}
	}
	return l
}

// settings takes over what can be changed of a location in place.
func (r locationRecord) settings(l backup.Location) locationRecord {
	r.Name, r.QuotaBytes, r.BinDays, r.LockMinDays = l.Name, l.QuotaBytes, nil, nil
	if l.SoftDelete != nil {
		r.BinDays = &l.SoftDelete.RetentionDays
	}
	if l.Lock != nil {
		r.LockMinDays = &l.Lock.MinDays
	}
	if o, ok := l.Options.(LocationOptions); ok && r.ID != mainLocation {
		r.Secrets, r.S3 = r.Secrets.with(o), nil
		if o.S3 != nil {
			r.S3 = &s3Record{Endpoint: o.S3.Endpoint, Region: o.S3.Region, CAFile: o.S3.CAFile, Profile: o.S3.Profile}
		}
	}
	return r
}

// with replaces the secrets that are given.
func (s secrets) with(o LocationOptions) secrets {
	if o.Password != "" {
		s.Password = o.Password
	}
	if o.S3 != nil && o.S3.AccessKey != "" {
		s.AccessKey, s.SecretKey, s.SessionToken = o.S3.AccessKey, o.S3.SecretKey, o.S3.SessionToken
	}
	return s
}
