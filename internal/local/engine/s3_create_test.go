package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/prooftest"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

const bucket = "backups"

func newS3(t *testing.T) *s3test.Server {
	t.Helper()
	server := s3test.Start(t, s3test.Options{})
	server.Bucket(t, bucket, false)
	return server
}

// at is a place of its own for a repository.
func at(server *s3test.Server, endpoint string) engine.Options {
	return engine.Options{
		Storage: engine.Storage{S3: &engine.S3{
			Bucket: bucket, Prefix: uuid.NewString() + "/", Endpoint: strings.TrimPrefix(endpoint, "http://"), PlainHTTP: true,
			AccessKey: server.AccessKey, SecretKey: server.SecretKey,
		}},
		Password: "correct horse", Host: "testhost", User: "tester", Now: time.Now,
	}
}

// note writes a record.
func note(ctx context.Context, r *engine.Repo, id string) error {
	r.AllowWrites()
	return r.Write(ctx, "note", false, nil, func(ctx context.Context, w *engine.Writer) error {
		_, err := w.Put(ctx, "note", id, "", id)
		return err
	})
}

// notes lists what note wrote, through a connection of its own.
func notes(t *testing.T, o engine.Options) []string {
	t.Helper()
	r, err := engine.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(t.Context()) //nolint:errcheck // only read
	listing, err := r.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	records, err := engine.Records[string](t.Context(), listing, "note")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, rec := range records {
		ids = append(ids, rec.ID)
	}
	slices.Sort(ids)
	return ids
}

// TestCreateRace: of many who create a repository in a bucket at once, all have the same one in the end,
// and what each wrote to it at once is there.
func TestCreateRace(t *testing.T) {
	t.Parallel()
	const creators = 4
	server := newS3(t)
	rounds := prooftest.Number(1, 20)
	for range rounds {
		o := at(server, server.Endpoint)
		var (
			group errgroup.Group
			want  []string
			ids   [creators]string
		)
		for i := range creators {
			want = append(want, fmt.Sprint(i))
			group.Go(func() error {
				if err := engine.Create(t.Context(), o); err != nil {
					return fmt.Errorf("create: %w", err)
				}
				r, err := engine.Open(t.Context(), o)
				if err != nil {
					return fmt.Errorf("open: %w", err)
				}
				ids[i] = r.ID()
				return errors.Join(note(t.Context(), r, fmt.Sprint(i)), r.Close(t.Context()))
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if id != ids[0] {
				t.Fatalf("the repositories are %q", ids)
			}
		}
		if got := notes(t, o); !slices.Equal(got, want) {
			t.Errorf("the notes are %q, want %q", got, want)
		}
	}
	prooftest.Figure(t, "%d times %d creators of one repository at once: one repository, and what each wrote is there", rounds, creators)
}

// TestCreateTrouble: lost answers, services that do not know conditions, and creations that fail leave a
// repository or nothing.
func TestCreateTrouble(t *testing.T) {
	t.Parallel()
	server := newS3(t)
	for name, tc := range map[string]struct {
		fault   s3test.Fault
		created bool
	}{
		"first answer lost":      {s3test.Fault{Kind: s3test.DropAfter, Method: http.MethodPut, Path: "kopia.blobcfg", Times: 1}, true},
		"second answer lost":     {s3test.Fault{Kind: s3test.DropAfter, Method: http.MethodPut, Path: "kopia.repository", Times: 1}, true},
		"busy":                   {s3test.Fault{Kind: s3test.Refuse, Status: http.StatusServiceUnavailable, Code: "SlowDown", Times: 4}, true},
		"no conditions":          {s3test.Fault{Kind: s3test.Refuse, Status: http.StatusNotImplemented, Code: "NotImplemented", Header: "If-None-Match"}, true},
		"first object refused":   {s3test.Fault{Kind: s3test.Refuse, Method: http.MethodPut, Status: http.StatusForbidden, Code: "AccessDenied"}, false},
		"second object refused":  {s3test.Fault{Kind: s3test.Refuse, Method: http.MethodPut, Path: "kopia.repository", Status: http.StatusForbidden, Code: "AccessDenied"}, false},
		"conditions are refused": {s3test.Fault{Kind: s3test.Refuse, Status: http.StatusBadRequest, Code: "InvalidArgument", Header: "If-None-Match"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy := s3test.NewProxy(t, server)
			o := at(server, proxy.Endpoint)
			proxy.Inject(tc.fault)
			err := engine.Create(t.Context(), o)
			if (err == nil) != tc.created {
				t.Fatalf("create: %v", err)
			}
			if proxy.Hits(tc.fault.Kind) == 0 {
				t.Error("nothing went wrong")
			}
			proxy.Clear()
			if !tc.created {
				if err := engine.Probe(t.Context(), o.Storage); !errors.Is(err, engine.ErrAbsent) {
					t.Errorf("after a failed creation: %v", err)
				}
				for _, key := range server.Objects(t, bucket) {
					if strings.HasPrefix(key, o.Storage.S3.Prefix) {
						t.Errorf("the object %s is left", key)
					}
				}
				if err := engine.Create(t.Context(), o); err != nil {
					t.Errorf("the second try: %v", err)
				}
			}
			r, err := engine.Open(t.Context(), o)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(note(t.Context(), r, "a"), r.Close(t.Context())); err != nil {
				t.Fatal(err)
			}
			if got := notes(t, o); !slices.Equal(got, []string{"a"}) {
				t.Errorf("notes: %q", got)
			}
		})
	}
}

// TestHalfCreated: what a creator leaves that was killed between the two objects of a repository is no
// repository, and no reason to overwrite anything.
func TestHalfCreated(t *testing.T) {
	t.Parallel()
	server := newS3(t)
	o := at(server, server.Endpoint)
	key := o.Storage.S3.Prefix + "kopia.blobcfg"
	if _, err := server.Client(t).PutObject(t.Context(), bucket, key, strings.NewReader("x"), 1, minio.PutObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := engine.Probe(t.Context(), o.Storage); !errors.Is(err, engine.ErrAbsent) {
		t.Errorf("probe: %v", err)
	}
	if err := engine.Create(t.Context(), o); !errors.Is(err, engine.ErrHalfCreated) || !strings.Contains(err.Error(), key) {
		t.Errorf("create: %v", err)
	}
	if err := server.Client(t).RemoveObject(t.Context(), bucket, key, minio.RemoveObjectOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := engine.Create(t.Context(), o); err != nil {
		t.Errorf("after the object was deleted: %v", err)
	}
}

// TestNested: repositories do not lie in each other, whichever comes first.
func TestNested(t *testing.T) {
	t.Parallel()
	server := newS3(t)
	for name, tc := range map[string]struct {
		first, second string
		refused       bool
	}{
		"below":       {"a/b/", "a/b/x/y/", true},
		"above":       {"b/c/", "b/", true},
		"beside":      {"c/d/", "c/e/", false},
		"longer name": {"d/e/", "d/ef/", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := at(server, server.Endpoint)
			o.Storage.S3.Prefix = tc.first
			if err := engine.Create(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			other := at(server, server.Endpoint)
			other.Storage.S3.Prefix = tc.second
			if err := engine.Create(t.Context(), other); errors.Is(err, engine.ErrNotRepository) != tc.refused || (err == nil) == tc.refused {
				t.Errorf("the second: %v", err)
			}
		})
	}
}
