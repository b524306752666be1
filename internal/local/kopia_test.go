//go:build unix

package local_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/s3test"
)

// kopia is the stock command line of the engine's version, connected to a repository.
type kopia struct {
	t   *testing.T
	bin string
	dir string
}

// kopiaDir is where the command line was built, if it was; [TestMain] removes it.
var kopiaDir string

// buildKopia builds the command line once, from the module that pins its version.
var buildKopia = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv("SERVERBACKUP_KOPIA"); bin != "" {
		return bin, nil
	}
	var err error
	if kopiaDir, err = os.MkdirTemp("", "kopia-cli-"); err != nil {
		return "", err
	}
	bin := filepath.Join(kopiaDir, "kopia")
	cmd := exec.Command("go", "build", "-C", "../../tools/kopia", "-o", bin, "github.com/kopia/kopia")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build kopia: %w\n%s", err, out)
	}
	return bin, nil
})

func newKopia(t *testing.T, repository string) *kopia {
	t.Helper()
	return connectKopia(t, "filesystem", "--path", repository)
}

// newKopiaOnS3 connects to a repository s3://bucket/prefix.
func newKopiaOnS3(t *testing.T, server *s3test.Server, repository string, args ...string) *kopia {
	t.Helper()
	name, prefix, _ := strings.Cut(strings.TrimPrefix(repository, "s3://"), "/")
	return connectKopia(t, append([]string{
		"s3", "--bucket", name, "--prefix", prefix + "/", "--endpoint", strings.TrimPrefix(server.Endpoint, "http://"),
		"--disable-tls", "--access-key", server.AccessKey, "--secret-access-key", server.SecretKey,
	}, args...)...)
}

func connectKopia(t *testing.T, storage ...string) *kopia {
	t.Helper()
	bin, err := buildKopia()
	if err != nil {
		t.Fatal(err)
	}
	k := &kopia{t: t, bin: bin, dir: t.TempDir()}
	k.run(append([]string{"repository", "connect"}, append(storage, "--password", "correct horse",
		"--override-hostname", "testhost", "--override-username", "tester", "--no-check-for-updates",
		"--cache-directory", filepath.Join(k.dir, "cache"))...)...)
	return k
}

func (k *kopia) run(args ...string) string {
	k.t.Helper()
	args = append(args, "--config-file", filepath.Join(k.dir, "repository.config"), "--log-dir", filepath.Join(k.dir, "log"))
	cmd := exec.CommandContext(k.t.Context(), k.bin, args...)
	cmd.Env = append(os.Environ(), "KOPIA_CHECK_FOR_UPDATES=false", "HOME="+k.dir, "KOPIA_PASSWORD=correct horse")
	out, err := cmd.CombinedOutput()
	if err != nil {
		k.t.Fatalf("kopia %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// TestKopiaReadsOurs: the way out of this provider is the stock command line.
func TestKopiaReadsOurs(t *testing.T) {
	t.Parallel()
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) { c.Repository = repository })
	dir := tree(t, map[string]string{"a": "one", "b/c": "two"})
	image := filepath.Join(tree(t, map[string]string{"disk.img": strings.Repeat("image", 1<<18)}), "disk.img")
	srv := protect(t, svc, "web", dir, image)
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID, Name: "before upgrade"})

	k := newKopia(t, repository)
	list := k.run("snapshot", "list", "--all", "--tags", "serverbackup-point:"+p.ID, "--show-identical")
	if !strings.Contains(list, dir) || !strings.Contains(list, image) || !strings.Contains(list, "pins:serverbackup") {
		t.Fatalf("kopia snapshot list shows\n%s", list)
	}
	for _, source := range []string{dir, image} {
		target := filepath.Join(t.TempDir(), "restored")
		k.run("restore", source, target, "--snapshot-time", "latest")
		if source == image {
			source = filepath.Dir(image)
		}
		if out, err := exec.CommandContext(t.Context(), "diff", "-r", source, target).CombinedOutput(); err != nil {
			t.Errorf("restored %s differs: %v\n%s", source, err, out)
		}
	}
}

// TestKopiaDeletesNothing: neither the retention that the engine applies at every checkpoint nor the
// stock command line deletes what the configuration did not ask to delete.
func TestKopiaDeletesNothing(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, or too slow, for the race detector")
	}
	const foreign = 20
	repository := filepath.Join(t.TempDir(), "repository")
	svc := newService(t, func(c *local.Config) {
		c.Repository = repository
		c.CheckpointInterval = time.Second
		c.Compression = "gzip-best-compression" // slow
		c.ReadCache = 0
	})
	dir := tree(t, map[string]string{"a": "one"})
	srv := protect(t, svc, "web", dir)
	k := newKopia(t, repository)
	for i := range foreign {
		write(t, filepath.Join(dir, "a"), fmt.Sprint("version ", i))
		k.run("snapshot", "create", dir)
	}
	count := func() int {
		return strings.Count(k.run("snapshot", "list", "--all", "--json", "--show-identical", "--incomplete"), `"startTime"`)
	}
	if n := count(); n != foreign {
		t.Fatalf("%d foreign snapshots were taken, %d are listed", foreign, n)
	}

	// Long enough for several checkpoints.
	for i := range 40 {
		write(t, filepath.Join(dir, fmt.Sprintf("big%d", i)), randomText(t, 4<<20))
	}
	p := take(t, svc, backup.PointRequest{ServerID: srv.ID})
	if p.Status != backup.StatusAvailable {
		t.Fatalf("point: %+v", p)
	}
	took := p.FinishedAt.Sub(p.CreatedAt)
	t.Logf("the upload took %s, with a checkpoint every second", took)
	if took < 2*time.Second {
		t.Errorf("the upload was over before two checkpoints")
	}
	if n := count(); n != foreign+1 {
		t.Errorf("after the upload %d snapshots are listed, want %d", n, foreign+1)
	}

	k.run("snapshot", "expire", "--all", "--delete")
	k.run("policy", "set", dir, "--keep-latest=1", "--keep-hourly=0", "--keep-daily=0", "--keep-weekly=0", "--keep-monthly=0", "--keep-annual=0")
	k.run("snapshot", "expire", "--all", "--delete")
	again, err := svc.Point(t.Context(), p.ID, backup.Fresh)
	if err != nil || again.Status != backup.StatusAvailable {
		t.Errorf("after kopia snapshot expire --delete the point is %+v, %v", again, err)
	}
}
