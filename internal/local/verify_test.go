package local_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// blobs lists the files of a repository whose names begin with a prefix, largest first.
func blobs(t *testing.T, repository, prefix string) []string {
	t.Helper()
	var list []string
	var largest int64
	err := filepath.WalkDir(repository, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(repository, path)
		if !strings.HasPrefix(rel, prefix) || strings.HasPrefix(rel, "kopia") {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Size() > largest {
			largest = info.Size()
			list = append([]string{path}, list...)
		} else {
			list = append(list, path)
		}
		return nil
	})
	if err != nil || len(list) == 0 {
		t.Fatalf("the repository has no blobs %s*: %v", prefix, err)
	}
	return list
}

// blobID is the name of a blob, which the engine spreads over directories.
func blobID(t *testing.T, repository, path string) string {
	t.Helper()
	rel, err := filepath.Rel(repository, path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(strings.ReplaceAll(rel, string(filepath.Separator), ""), ".f")
}

func flip(t *testing.T, file string, at int64) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	data[at] ^= 1
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	content := randomText(t, 3<<20)
	for name, tc := range map[string]struct {
		damage func(t *testing.T, repository string) string
		file   string
	}{
		"flipped byte": {
			func(t *testing.T, repository string) string {
				t.Helper()
				pack := blobs(t, repository, "p")[0]
				info, err := os.Stat(pack)
				if err != nil {
					t.Fatal(err)
				}
				flip(t, pack, info.Size()/2)
				return pack
			}, "b/large",
		},
		"missing pack": {
			func(t *testing.T, repository string) string {
				t.Helper()
				pack := blobs(t, repository, "p")[0]
				if err := os.Remove(pack); err != nil {
					t.Fatal(err)
				}
				return pack
			}, "b/large",
		},
		"flipped byte of directories": {
			func(t *testing.T, repository string) string {
				t.Helper()
				// Those of directories come before those of manifests.
				for _, pack := range blobs(t, repository, "q") {
					flip(t, pack, 60)
				}
				return ""
			}, "",
		},
		"truncated index": {
			func(t *testing.T, repository string) string {
				t.Helper()
				index := blobs(t, repository, "x")[0]
				if err := os.Truncate(index, 50); err != nil {
					t.Fatal(err)
				}
				return index
			}, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cache := t.TempDir()
			repository := filepath.Join(t.TempDir(), "repository")
			svc := newService(t, func(c *local.Config) { c.Repository, c.CacheDirectory = repository, cache })
			dir := tree(t, map[string]string{"a": "one", "same": "one", "b/large": content, "c/ünï": "three"})
			p := take(t, svc, backup.PointRequest{ServerID: protect(t, svc, "web", dir).ID})

			var last, total int64
			v, err := svc.VerifyPoint(t.Context(), p.ID, func(d, n int64) { last, total = d, n })
			if err != nil || len(v.Damages) > 0 || v.Files != 4 || v.Bytes != *p.SizeBytes || last != v.Bytes || total != v.Bytes {
				t.Fatalf("a good point: %+v, %v; progress %d of %d", v, err, last, total)
			}
			damaged := tc.damage(t, repository)
			v, err = svc.VerifyPoint(t.Context(), p.ID, nil)
			said := strings.Join(v.Damages, "\n")
			if err != nil {
				said = err.Error()
			}
			t.Log(said)
			if said == "" {
				t.Fatal("the damage is not found")
			}
			if damaged != "" && !strings.Contains(said, blobID(t, repository, damaged)) {
				t.Errorf("%s is not named in %s", blobID(t, repository, damaged), said)
			}
			if tc.file == "" {
				return
			}
			if err != nil || !strings.Contains(said, filepath.Join(dir, tc.file)) {
				t.Errorf("%s is not named in %s, %v", tc.file, said, err)
			}
		})
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	svc := newService(t, nil)
	if _, err := svc.VerifyPoint(t.Context(), "no-such-id", nil); !errors.Is(err, backup.ErrNotFound) {
		t.Errorf("an unknown point: %v", err)
	}
	dir := tree(t, map[string]string{"a": "one"})
	srv := protect(t, svc, "web", dir)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if _, err := svc.VerifyPoint(t.Context(), p.ID, nil); !errors.Is(err, backup.ErrConflict) || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("a point in error: %v", err)
	}
}
