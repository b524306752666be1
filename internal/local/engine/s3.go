package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/blob/s3"
	"github.com/kopia/kopia/repo/format"
)

// S3 is a bucket of an S3 service. The client addresses Amazon's buckets by host name and those of every
// other service by path.
type S3 struct {
	Bucket string
	// Prefix is put before every name; empty, or ending in a slash.
	Prefix string
	// Endpoint is a host with an optional port.
	Endpoint string
	Region   string
	// PlainHTTP speaks HTTP without TLS.
	PlainHTTP bool
	// RootCA are certificates in PEM to trust instead of the system's.
	RootCA []byte

	// AccessKey and SecretKey are required: without them the client would look for some by itself, as
	// far as the metadata service of the machine.
	AccessKey, SecretKey, SessionToken string
}

// String is for messages.
func (s *S3) String() string {
	return fmt.Sprintf("s3://%s/%s at %s", s.Bucket, s.Prefix, s.Endpoint)
}

func (s *S3) connect(ctx context.Context) (blob.Storage, error) {
	if s.AccessKey == "" || s.SecretKey == "" {
		return nil, errors.New("no access key")
	}
	return s3.New(ctx, &s3.Options{
		BucketName: s.Bucket, Prefix: s.Prefix, Endpoint: s.Endpoint, Region: s.Region,
		DoNotUseTLS: s.PlainHTTP, RootCA: s.RootCA,
		AccessKeyID: s.AccessKey, SecretAccessKey: s.SecretKey, SessionToken: s.SessionToken,
	}, false)
}

// errFound ends a listing at the first blob.
var errFound = errors.New("found")

func (s *S3) probe(ctx context.Context) error {
	st, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer st.Close(ctx) //nolint:errcheck // only read
	_, err = st.GetMetadata(ctx, format.KopiaRepositoryBlobID)
	if !errors.Is(err, blob.ErrBlobNotFound) {
		return err
	}
	var first blob.ID
	err = st.ListBlobs(ctx, "", func(b blob.Metadata) error {
		first = b.BlobID
		return errFound
	})
	switch {
	case errors.Is(err, errFound):
		return fmt.Errorf("%w: %s holds other objects, such as %s", ErrNotRepository, s, first)
	case err != nil:
		return err
	}
	return ErrAbsent
}
