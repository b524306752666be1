package local

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// keys finds the keys of a bucket. What the configuration says comes first: its keys, or the profile
// that it names; then the variables of the environment, then the profile that the environment names, or
// default. Nothing else is asked: the metadata service of the machine would give keys that nobody meant.
func (o S3Options) keys() (credentials.Value, error) {
	switch {
	case o.AccessKey != "" && o.SecretKey != "":
		return credentials.Value{AccessKeyID: o.AccessKey, SecretAccessKey: o.SecretKey, SessionToken: o.SessionToken}, nil
	case o.AccessKey != "" || o.SecretKey != "" || o.SessionToken != "":
		return credentials.Value{}, backup.Errorf(backup.ErrDenied, "local.s3 has only a part of the keys. Set both local.s3.access_key and local.s3.secret_key, with local.s3.session_token where the keys need one.")
	case o.Profile != "":
		return profileKeys(o.Profile, "the profile of local.s3.profile")
	}
	v := credentials.Value{
		AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN"),
	}
	switch {
	case v.AccessKeyID != "" && v.SecretAccessKey != "":
		return v, nil
	case v.AccessKeyID != "" || v.SecretAccessKey != "":
		return v, backup.Errorf(backup.ErrDenied, "Of the environment variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY only one is set. Set both, or neither and local.s3.profile.")
	}
	profile := os.Getenv("AWS_PROFILE")
	if profile != "" {
		return profileKeys(profile, "the profile of the environment variable AWS_PROFILE")
	}
	if _, err := os.Stat(credentialsFile()); err == nil {
		return profileKeys("default", "the profile that counts where none is named")
	}
	return v, backup.Errorf(backup.ErrDenied, "There are no keys for the bucket. Looked for, in this order: local.s3.access_key with local.s3.secret_key; local.s3.profile; "+
		"the environment variables AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY; the environment variable AWS_PROFILE; the profile default of the file %s, which does not exist. "+
		"The metadata service of the machine is not asked.", credentialsFile())
}

// profileKeys takes a profile from the shared credentials file of AWS. The library's errors are not shown:
// they can quote a line of the file.
func profileKeys(profile, whose string) (credentials.Value, error) {
	file := credentialsFile()
	if _, err := os.ReadFile(file); err != nil { //nolint:gosec // the user names it
		return credentials.Value{}, &backup.ServiceError{Kind: backup.ErrDenied, Err: err, Message: fmt.Sprintf(
			"The credentials file with %s cannot be read: %v. Create it, name it with the environment variable AWS_SHARED_CREDENTIALS_FILE, or set local.s3.access_key and local.s3.secret_key.", whose, err)}
	}
	v, err := (&credentials.FileAWSCredentials{Filename: file, Profile: profile}).RetrieveWithCredContext(nil)
	if err != nil || v.AccessKeyID == "" || v.SecretAccessKey == "" {
		return v, backup.Errorf(backup.ErrDenied, "The credentials file %s gives no keys for %q, %s. The section [%s] must be there, with aws_access_key_id and aws_secret_access_key, or with a credential_process that succeeds.",
			file, profile, whose, profile)
	}
	return v, nil
}

// credentialsFile is the shared credentials file of AWS.
func credentialsFile() string {
	if file := os.Getenv("AWS_SHARED_CREDENTIALS_FILE"); file != "" {
		return file
	}
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return filepath.Join(home, ".aws", "credentials")
}
