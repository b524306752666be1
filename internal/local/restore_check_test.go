//go:build unix

package local_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

func TestCheckRestore(t *testing.T) {
	t.Parallel()
	top := t.TempDir()
	repository := filepath.Join(top, "repository")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	dir := tree(t, map[string]string{"a": "one"})
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	file, link, dangling := filepath.Join(top, "file"), filepath.Join(top, "link"), filepath.Join(top, "dangling")
	write(t, file, "x")
	if err := errors.Join(os.Symlink(repository, link), os.Symlink("nowhere", dangling)); err != nil {
		t.Fatal(err)
	}
	other := newService(t, func(c *local.Config) { c.Repository, c.Host = repository, "elsewhere" })
	target := filepath.Join(top, "new", "target")
	for name, tc := range map[string]struct {
		svc     *local.Service
		options any
		point   string
		allow   bool
		path    []string
		says    string
	}{
		"good":               {svc, local.RestoreOptions{Target: target}, p.ID, false, nil, ""},
		"good in place":      {svc, local.RestoreOptions{InPlace: true, Overwrite: "always"}, p.ID, true, nil, ""},
		"good elsewhere":     {other, local.RestoreOptions{Target: target}, p.ID, false, nil, ""},
		"good, point later":  {svc, local.RestoreOptions{Target: target}, "", false, nil, ""},
		"no options":         {svc, nil, p.ID, false, []string{"local"}, "target"},
		"no point":           {svc, local.RestoreOptions{Target: target}, "no-such-id", false, []string{"point_id"}, "no-such-id"},
		"no target":          {svc, local.RestoreOptions{}, p.ID, false, []string{"local", "target"}, "in_place"},
		"both":               {svc, local.RestoreOptions{Target: target, InPlace: true}, p.ID, true, []string{"local", "in_place"}, "both"},
		"relative":           {svc, local.RestoreOptions{Target: "some/dir"}, p.ID, false, []string{"local", "target"}, "absolute"},
		"a file":             {svc, local.RestoreOptions{Target: file}, p.ID, false, []string{"local", "target"}, "is a file"},
		"below a file":       {svc, local.RestoreOptions{Target: file + "/x"}, p.ID, false, []string{"local", "target"}, "below a file"},
		"repository":         {svc, local.RestoreOptions{Target: repository}, p.ID, false, []string{"local", "target"}, "repository"},
		"in the repository":  {svc, local.RestoreOptions{Target: repository + "/x/../y"}, p.ID, false, []string{"local", "target"}, "repository"},
		"linked repository":  {svc, local.RestoreOptions{Target: link + "/new"}, p.ID, false, []string{"local", "target"}, "repository"},
		"dangling":           {svc, local.RestoreOptions{Target: dangling}, p.ID, false, []string{"local", "target"}, "link"},
		"overwrite":          {svc, local.RestoreOptions{Target: target, Overwrite: "maybe"}, p.ID, false, []string{"local", "overwrite"}, "if_newer"},
		"volume":             {svc, local.RestoreOptions{Target: target, VolumeIDs: []string{"sda"}}, p.ID, false, []string{"local", "volume_ids"}, p.Volumes[0].ID + " (" + dir + ")"},
		"not allowed":        {svc, local.RestoreOptions{InPlace: true}, p.ID, false, []string{"overwrite_existing_data"}, "overwrite_existing_data = true"},
		"in place elsewhere": {other, local.RestoreOptions{InPlace: true}, p.ID, true, []string{"local", "in_place"}, "host testhost, and this machine is elsewhere"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := backup.RestoreRequest{PointID: tc.point, OverwriteExistingData: tc.allow, Options: tc.options}
			problems := tc.svc.CheckRestore(t.Context(), r)
			if tc.path == nil {
				if len(problems) > 0 {
					t.Errorf("problems: %+v", problems)
				}
				return
			}
			if len(problems) != 1 || !slices.Equal(problems[0].Path, tc.path) || !strings.Contains(problems[0].Detail, tc.says) || problems[0].Summary == "" {
				t.Errorf("problems: %+v; want one of %q that says %q", problems, tc.path, tc.says)
			}
			if _, err := tc.svc.StartRestore(t.Context(), r); err == nil {
				t.Error("the restore was started")
			}
		})
	}
}

// TestInPlaceOfAnotherKind: a directory that has become a file is not overwritten.
func TestInPlaceOfAnotherKind(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	dir := tree(t, map[string]string{"a": "one"})
	p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "a file")
	problems := svc.CheckRestore(t.Context(), backup.RestoreRequest{PointID: p.ID, OverwriteExistingData: true, Options: local.RestoreOptions{InPlace: true}})
	if len(problems) != 1 || !slices.Equal(problems[0].Path, []string{"local", "in_place"}) || !strings.Contains(problems[0].Detail, "is a file now") {
		t.Errorf("problems: %+v", problems)
	}
}
