package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/format"
	"github.com/minio/minio-go/v7"
)

// creationWait is how long a creator that came second waits for the first. Tests shorten it.
var creationWait = 15 * time.Second

// creationPoll is how often it looks.
const creationPoll = 200 * time.Millisecond

// errTaken is that somebody else creates the same repository.
var errTaken = errors.New("another process creates the repository")

// claim is the storage of a repository that is being created. Of several creators one wins: the two
// objects that make a repository, which fit only each other, are written only where there is none.
type claim struct {
	blob.Storage
	s3     *S3
	client *minio.Client
	// claimed is set once the first of the two is ours.
	claimed bool
}

func (s *S3) claim(st blob.Storage) (*claim, error) {
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	return &claim{Storage: st, s3: s, client: client}, nil
}

// GetBlob implements [blob.Storage]: whoever finds one of the two objects has come second.
func (c *claim) GetBlob(ctx context.Context, id blob.ID, offset, length int64, output blob.OutputBuffer) error {
	if err := c.Storage.GetBlob(ctx, id, offset, length, output); err != nil {
		return err
	}
	return errTaken
}

// PutBlob implements [blob.Storage].
func (c *claim) PutBlob(ctx context.Context, id blob.ID, data blob.Bytes, opts blob.PutOptions) error {
	var content bytes.Buffer
	if _, err := data.WriteTo(&content); err != nil {
		return err
	}
	if err := c.putNew(ctx, id, content.Bytes(), opts); err != nil {
		return err
	}
	c.claimed = true
	return nil
}

// putNew writes an object that must not exist yet; the error is errTaken if it does. A service that does
// not know the condition, which is part of S3 since 2024, is asked before and after instead.
func (c *claim) putNew(ctx context.Context, id blob.ID, content []byte, opts blob.PutOptions) error {
	if there, err := c.read(ctx, id); err != nil || there != nil {
		return errors.Join(err, taken(there, content))
	}
	options := minio.PutObjectOptions{
		ContentType: "application/x-kopia", DisableMultipart: true, SendContentMd5: true,
	}
	if opts.RetentionPeriod != 0 {
		options.Mode = minio.RetentionMode(opts.RetentionMode)
		options.RetainUntilDate = time.Now().Add(opts.RetentionPeriod).UTC()
	}
	options.SetMatchETagExcept("*")
	err := c.put(ctx, id, content, options)
	if code(err) == "NotImplemented" {
		options = minio.PutObjectOptions{
			ContentType: options.ContentType, DisableMultipart: true, SendContentMd5: true,
			Mode: options.Mode, RetainUntilDate: options.RetainUntilDate,
		}
		err = c.put(ctx, id, content, options)
	}
	// The object may be ours even if the condition is said to have failed: a request is repeated when its
	// answer is lost.
	if status := status(err); err != nil && status != http.StatusPreconditionFailed && status != http.StatusConflict {
		return err
	}
	there, err := c.read(ctx, id)
	if err != nil {
		return err
	}
	return taken(there, content)
}

func (c *claim) put(ctx context.Context, id blob.ID, content []byte, o minio.PutObjectOptions) error {
	_, err := c.client.PutObject(ctx, c.s3.Bucket, c.s3.Prefix+string(id), bytes.NewReader(content), int64(len(content)), o)
	return err
}

// read returns the content of an object of the repository, nil if there is none.
func (c *claim) read(ctx context.Context, id blob.ID) ([]byte, error) {
	return c.readKey(ctx, c.s3.Prefix+string(id))
}

func (c *claim) readKey(ctx context.Context, key string) (content []byte, err error) {
	err = again(ctx, func() error {
		content, err = c.readOnce(ctx, key)
		return err
	})
	return content, err
}

func (c *claim) readOnce(ctx context.Context, key string) ([]byte, error) {
	o, err := c.client.GetObject(ctx, c.s3.Bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	defer o.Close() //nolint:errcheck // only read
	content, err := io.ReadAll(o)
	if code(err) == minio.NoSuchKey {
		return nil, nil
	}
	return content, err
}

func taken(there, ours []byte) error {
	if bytes.Equal(there, ours) {
		return nil
	}
	return errTaken
}

// outside says whether the repository would lie in another, which would take its prefix for an object of
// its own. Keys that may not look there are not told.
func (c *claim) outside(ctx context.Context) error {
	for prefix := strings.TrimSuffix(c.s3.Prefix, "/"); prefix != ""; {
		prefix = prefix[:strings.LastIndex(prefix, "/")+1]
		there, err := c.readKey(ctx, prefix+format.KopiaRepositoryBlobID)
		switch {
		case err != nil && status(err) != http.StatusForbidden:
			return err
		case there != nil:
			return fmt.Errorf("%w: it would lie in the repository s3://%s/%s", ErrNotRepository, c.s3.Bucket, prefix)
		}
		prefix = strings.TrimSuffix(prefix, "/")
	}
	return nil
}

// settle ends a creation that failed. Where another creator was first, it waits until there is a
// repository; what is left of our own is removed, if no repository can have come of it.
func (c *claim) settle(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTaken):
		return c.await(ctx)
	case c.claimed && status(err) != 0:
		if there, failed := c.read(ctx, format.KopiaRepositoryBlobID); failed == nil && there == nil {
			return errors.Join(err, c.DeleteBlob(ctx, format.KopiaBlobCfgBlobID))
		}
	}
	return err
}

func (c *claim) await(ctx context.Context) error {
	end := time.Now().Add(creationWait)
	for time.Now().Before(end) {
		switch there, err := c.read(ctx, format.KopiaRepositoryBlobID); {
		case err != nil:
			return err
		case there != nil:
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(creationPoll):
		}
	}
	return fmt.Errorf("%w: delete the object %s%s and try again", ErrHalfCreated, c.s3.Prefix, format.KopiaBlobCfgBlobID)
}
