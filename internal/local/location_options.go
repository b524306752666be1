package local

// LocationOptions are the options of a [backup.Location] on this service.
type LocationOptions struct {
	// Repository is a directory or s3://bucket/prefix.
	Repository string
	// Password opens the repository; empty is the password of the main repository. It is written, and
	// never returned.
	Password string
	// S3 says how to reach a bucket; nil with a directory.
	S3 *S3Options
	// ObjectLock nil leaves the objects of a bucket without locks.
	ObjectLock *ObjectLock
}

// S3Options say how to reach a bucket.
type S3Options struct {
	// Endpoint is https://host:port, or http:// without TLS; default Amazon's.
	Endpoint string
	Region   string
	// CAFile holds certificates in PEM to trust instead of the system's.
	CAFile string
	// Profile is one of the AWS credentials file.
	Profile string
	// AccessKey, SecretKey and SessionToken come before everything else. Those of a location are
	// written, and never returned.
	AccessKey, SecretKey, SessionToken string
}

// ObjectLock makes the bucket itself refuse to delete what a repository wrote.
type ObjectLock struct {
	// Mode is GOVERNANCE or COMPLIANCE.
	Mode string
	// Days is how long each object is locked; maintenance extends it for what is still needed.
	Days int64
}
