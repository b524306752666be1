package local

import (
	"crypto/x509"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

const (
	s3Scheme = "s3://"
	// amazonS3 is the endpoint of Amazon for buckets of all regions.
	amazonS3 = "s3.amazonaws.com"
)

// onS3 says whether a repository is in a bucket.
func onS3(repository string) bool { return strings.HasPrefix(repository, s3Scheme) }

// bucketName is what services allow, those that came before Amazon's rules of 2018 included. The length is
// no part of it: a pattern that counts to hundreds is slow to compile, and every start of the program does.
var bucketName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]+[A-Za-z0-9]$`)

const maxBucketName = 255

// s3Address takes s3://bucket/prefix apart. The prefix is empty or ends in a slash. The error does not
// show the address, which could have keys in it.
func s3Address(repository string) (bucket, prefix string, err error) {
	bucket, prefix, _ = strings.Cut(strings.TrimPrefix(repository, s3Scheme), "/")
	prefix = strings.Trim(prefix, "/")
	switch {
	case strings.Contains(bucket, "@"):
		return "", "", backup.Errorf(nil, "local.repository has an @ before the prefix. Write s3://bucket/prefix, the keys in local.s3.access_key and local.s3.secret_key, and the host in local.s3.endpoint.")
	case len(bucket) > maxBucketName || !bucketName.MatchString(bucket):
		return "", "", backup.Errorf(nil, "local.repository names no bucket. Write s3://bucket or s3://bucket/prefix; the host goes to local.s3.endpoint.")
	case prefix == "":
		return bucket, "", nil
	}
	bad := func(part string) bool { return part == "" || part == "." || part == ".." }
	if slices.ContainsFunc(strings.Split(prefix, "/"), bad) || strings.ContainsFunc(prefix, unprintable) || len(prefix) > maxPrefix {
		return "", "", backup.Errorf(nil, "local.repository has a prefix that not every service can store: no part of it may be empty, . or .., it has no ? # \\ and no control characters, and at most %d bytes.", maxPrefix)
	}
	return bucket, prefix + "/", nil
}

// s3AddressError says what is wrong with an address.
func s3AddressError(repository string) error {
	_, _, err := s3Address(repository)
	return err
}

// maxPrefix leaves room for the names of objects: keys have at most 1024 bytes.
const maxPrefix = 512

func unprintable(r rune) bool {
	return r < ' ' || r == 0x7f || r == '\uFFFD' || strings.ContainsRune(`?#\`, r)
}

// resolveS3 is resolve for a repository in a bucket. Whatever is missing is found here, and with it at
// plan time.
func (c *Config) resolveS3() error {
	bucket, prefix, err := s3Address(c.Repository)
	if err != nil {
		return err
	}
	c.Repository = strings.TrimSuffix(s3Scheme+bucket+"/"+prefix, "/")
	switch {
	case c.Password == "" && c.PasswordFile == "":
		return backup.Errorf(nil, "local.password is not set, and neither is local.password_file. The repository %s needs one of them: a key that is made on this machine would be lost with it.", c.Repository)
	case c.Host == "":
		return backup.Errorf(nil, "local.host is not set. Many machines can share the repository %s, and some have another name each time they start: write the name that the sources of this one go by, for example host = \"web-1\".", c.Repository)
	}
	if c.S3 != nil && c.S3.CAFile != "" {
		s3 := *c.S3
		if s3.CAFile, err = filepath.Abs(s3.CAFile); err != nil {
			return err
		}
		c.S3 = &s3
	}
	_, err = c.storage()
	return err
}

// bucket is how to reach the repository.
func (c Config) bucket() (*engine.S3, error) {
	var o S3Options
	if c.S3 != nil {
		o = *c.S3
	}
	name, prefix, err := s3Address(c.Repository)
	if err != nil {
		return nil, err
	}
	host, plain, err := o.endpoint()
	if err != nil {
		return nil, err
	}
	ca, err := o.certificates()
	if err != nil {
		return nil, err
	}
	keys, err := o.keys()
	if err != nil {
		return nil, err
	}
	return &engine.S3{
		Bucket: name, Prefix: prefix, Endpoint: host, Region: o.region(), PlainHTTP: plain, RootCA: ca,
		AccessKey: keys.AccessKeyID, SecretKey: keys.SecretAccessKey, SessionToken: keys.SessionToken,
	}, nil
}

// endpoint is the host with its port, if any, and whether it is spoken to without encryption.
func (o S3Options) endpoint() (host string, plain bool, err error) {
	if o.Endpoint == "" {
		return amazonS3, false, nil
	}
	u, err := url.Parse(o.Endpoint)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" || u.User != nil ||
		strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", false, backup.Errorf(nil, "local.s3.endpoint is no address of a service. Write https://host or https://host:port, or http:// where nothing is encrypted; bucket and prefix go to local.repository.")
	}
	return u.Host, u.Scheme == "http", nil
}

// region is empty where the service is to be asked. The variables of the environment are about Amazon.
func (o S3Options) region() string {
	if o.Region != "" || o.Endpoint != "" {
		return o.Region
	}
	if region := os.Getenv("AWS_REGION"); region != "" {
		return region
	}
	return os.Getenv("AWS_DEFAULT_REGION")
}

func (o S3Options) certificates() ([]byte, error) {
	if o.CAFile == "" {
		return nil, nil
	}
	data, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, &backup.ServiceError{Message: "local.s3.ca_file cannot be read: " + err.Error() + ".", Err: err}
	}
	if !x509.NewCertPool().AppendCertsFromPEM(data) {
		return nil, backup.Errorf(nil, "local.s3.ca_file %s holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----.", o.CAFile)
	}
	return data, nil
}

// engine is the lock in the engine's words.
func (l *ObjectLock) engine() *engine.ObjectLock {
	if l == nil {
		return nil
	}
	return &engine.ObjectLock{Mode: l.Mode, Period: time.Duration(l.Days) * day}
}
