package provider

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const archiveAddress = "serverbackup_point_archive.test"

// fakeDownloader is a fake service that gives the same data out for every point.
type fakeDownloader struct {
	*fakeService
	content string
	// during is called when half of the content is out; what it returns ends the rest.
	during   func(ctx context.Context) error
	refuse   func(backup.ArchiveRequest) []backup.Problem
	archived []backup.ArchiveRequest
}

func newFakeDownloader() *fakeDownloader {
	return &fakeDownloader{fakeService: newFakeService(), content: "the data of the point"}
}

func (f *fakeDownloader) ArchiveFormats() []string { return []string{"tar.gz", "tar.zst"} }

func (f *fakeDownloader) CheckArchive(_ context.Context, r backup.ArchiveRequest) []backup.Problem {
	if f.refuse == nil {
		return nil
	}
	return f.refuse(r)
}

func (f *fakeDownloader) Archive(ctx context.Context, r backup.ArchiveRequest, w io.Writer, progress func(done, total int64)) error {
	f.archived = append(f.archived, r)
	half, total := len(f.content)/2, int64(len(f.content))
	if _, err := io.WriteString(w, f.content[:half]); err != nil {
		return err
	}
	progress(int64(half), total)
	if f.during != nil {
		if err := f.during(ctx); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, f.content[half:])
	progress(total, total)
	return err
}

// archiveTest runs the real CLI against a fake service that gives data out, with a directory to write to.
type archiveTest struct {
	*fakeTest
	service *fakeDownloader
	dir     string
	// file is where the archive of config goes.
	file string
}

func newArchiveTest(t *testing.T) *archiveTest {
	t.Helper()
	service := newFakeDownloader()
	dir := t.TempDir()
	return &archiveTest{fakeTest: newFakeTest(t, service), service: service, dir: dir, file: filepath.Join(dir, "web.tar.zst")}
}

// config is one archive of the first point; more are lines of its block.
func (a *archiveTest) config(more string) string {
	return archiveOf("point-0", a.file, more)
}

func archiveOf(point, file, more string) string {
	return fmt.Sprintf("resource \"serverbackup_point_archive\" \"test\" {\n  point_id = %q\n  path = %q\n%s\n}\n", point, file, more)
}

// holds checks what is in the directory, by file name.
func (a *archiveTest) holds(want map[string]string) {
	a.t.Helper()
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		a.t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(a.dir, e.Name()))
		if err != nil {
			a.t.Fatal(err)
		}
		if got, ok := want[e.Name()]; !ok || got != string(content) {
			a.t.Errorf("%s holds %q, want %q", e.Name(), content, got)
		}
	}
	if len(entries) != len(want) {
		a.t.Errorf("%d files, want %d", len(entries), len(want))
	}
}

// modeIs is a check after an apply.
func (a *archiveTest) modeIs(want os.FileMode) resource.TestCheckFunc {
	return func(*terraform.State) error {
		info, err := os.Stat(a.file)
		if err == nil && info.Mode().Perm() != want {
			err = fmt.Errorf("the mode is %o, want %o", info.Mode().Perm(), want)
		}
		return err
	}
}

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}
