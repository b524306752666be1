package local_test

import (
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestCheckLocationUpdate: what cannot be changed of a location is said, and not passed over.
func TestCheckLocationUpdate(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	main, err := svc.Location(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	bucket := func(repository string, days int64) backup.Location {
		o := local.LocationOptions{Repository: repository, S3: &local.S3Options{AccessKey: "key", SecretKey: "secret"}}
		if days > 0 {
			o.ObjectLock = &local.ObjectLock{Mode: "COMPLIANCE", Days: days}
		}
		return backup.Location{ID: "l", Name: "bucket", Options: o}
	}
	with := func(o any) backup.Location {
		l := main
		l.Options = o
		return l
	}
	for name, c := range map[string]struct {
		next, prior backup.Location
		want        string
	}{
		"main, as it is":         {main, main, ""},
		"main, without options":  {with(nil), main, ""},
		"main, other repository": {with(local.LocationOptions{Repository: "/elsewhere"}), main, "local"},
		"main, password":         {with(local.LocationOptions{Password: "x"}), main, "local"},
		"same lock":              {bucket("s3://bucket-a", 7), bucket("s3://bucket-a", 7), ""},
		"no lock":                {bucket("s3://bucket-a", 0), bucket("s3://bucket-a", 0), ""},
		"other lock":             {bucket("s3://bucket-a", 8), bucket("s3://bucket-a", 7), "local.object_lock"},
		"lock is taken off":      {bucket("s3://bucket-a", 0), bucket("s3://bucket-a", 7), "local.object_lock"},
		"replaced":               {bucket("s3://bucket-b", 0), bucket("s3://bucket-a", 7), ""},
	} {
		var got []string
		for _, p := range svc.CheckLocation(t.Context(), c.next, &c.prior) {
			got = append(got, strings.Join(p.Path, "."))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: problems with %q, want %q", name, got, c.want)
		}
	}
}
