package engine

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/blob/s3"
	"github.com/kopia/kopia/repo/format"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is a bucket of an S3 service. The client addresses Amazon's buckets by host name and those of every
// other service by path.
type S3 struct {
	Bucket string
	// Prefix is put before every name; empty, or ending in a slash.
	Prefix string
	// Endpoint is a host with an optional port.
	Endpoint string
	// Region empty is asked of the service.
	Region string
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

var errNoKeys = errors.New("no access key")

func (s *S3) connect(ctx context.Context) (blob.Storage, error) {
	if s.AccessKey == "" || s.SecretKey == "" {
		return nil, errNoKeys
	}
	options := &s3.Options{
		BucketName: s.Bucket, Prefix: s.Prefix, Endpoint: s.Endpoint, Region: s.Region,
		DoNotUseTLS: s.PlainHTTP, RootCA: s.RootCA,
		AccessKeyID: s.AccessKey, SecretAccessKey: s.SecretKey, SessionToken: s.SessionToken,
	}
	var st blob.Storage
	err := again(ctx, func() (err error) {
		st, err = s3.New(ctx, options, false)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &lister{st}, nil
}

// client is for what Kopia's storage does not do: looking at the bucket itself, and writing an object
// only if it does not exist.
func (s *S3) client() (*minio.Client, error) {
	if s.AccessKey == "" || s.SecretKey == "" {
		return nil, errNoKeys
	}
	transport, err := minio.DefaultTransport(!s.PlainHTTP)
	if err != nil {
		return nil, err
	}
	if err := s.trust(transport); err != nil {
		return nil, err
	}
	return minio.New(s.Endpoint, &minio.Options{
		Creds:     credentials.NewStaticV4(s.AccessKey, s.SecretKey, s.SessionToken),
		Secure:    !s.PlainHTTP,
		Region:    s.Region,
		Transport: transport,
	})
}

func (s *S3) trust(transport *http.Transport) error {
	if len(s.RootCA) == 0 {
		return nil
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(s.RootCA) {
		return errors.New("there is no certificate in the file of trusted certificates")
	}
	if transport.TLSClientConfig == nil {
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	transport.TLSClientConfig.RootCAs = roots
	return nil
}

// errFound ends a listing.
var errFound = errors.New("found")

// probe is [Probe] on an open storage. A missing bucket looks like a missing blob until it is listed.
func (s *S3) probe(ctx context.Context, st blob.Storage) error {
	_, err := st.GetMetadata(ctx, format.KopiaRepositoryBlobID)
	if !errors.Is(err, blob.ErrBlobNotFound) {
		return err
	}
	var other blob.ID
	err = st.ListBlobs(ctx, "", func(b blob.Metadata) error {
		// The first half of a repository that is being created holds no data.
		if b.BlobID == format.KopiaBlobCfgBlobID {
			return nil
		}
		other = b.BlobID
		return errFound
	})
	switch {
	case errors.Is(err, errFound):
		return fmt.Errorf("%w: %s holds other objects, such as %s", ErrNotRepository, s, other)
	case err != nil:
		return err
	}
	return ErrAbsent
}
