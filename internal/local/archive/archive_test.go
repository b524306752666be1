package archive_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/archive"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree/treetest"
)

func write(t *testing.T, format archive.Format, volumes ...archive.Volume) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := archive.Write(t.Context(), &out, format, volumes, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read shows an archive as lines.
func read(t *testing.T, format archive.Format, data []byte) []string {
	t.Helper()
	var plain io.Reader
	var err error
	if format == archive.TarGzip {
		plain, err = gzip.NewReader(bytes.NewReader(data))
	} else {
		plain, err = zstd.NewReader(bytes.NewReader(data))
	}
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	r := tar.NewReader(plain)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return lines
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if len(content) > 20 {
			content = fmt.Appendf(nil, "%d bytes %x", len(content), content[len(content)-3:])
		}
		lines = append(lines, fmt.Sprintf("%s %s %d:%d%s%s %s %q%q", h.FileInfo().Mode(), h.ModTime.UTC().Format(time.RFC3339Nano),
			h.Uid, h.Gid, h.Uname, h.Gname, h.Name, h.Linkname, content))
	}
}

func sample() *treetest.Node {
	special := treetest.File("special", "x")
	special.Mode |= fs.ModeSetuid
	special.UID, special.GID = 3_000_000, 44
	sticky := treetest.Dir("sticky")
	sticky.Mode |= fs.ModeSticky | fs.ModeSetgid
	return treetest.Dir("",
		treetest.File("z", "last"), sticky, special, treetest.Link("link", "../outside\xff"),
		treetest.Dir("d", treetest.File("new\nline", ""), treetest.File("-rf", strings.Repeat("data", 1<<20)), treetest.File("ünï~ö", "1")),
		treetest.File(strings.Repeat("long", 60), "1"),
	)
}

func TestWrite(t *testing.T) {
	t.Parallel()
	const when = "2020-02-03T04:05:06.000000789Z 0:0 "
	want := []string{
		"drwxr-xr-x " + when + `./ """"`,
		"drwxr-xr-x " + when + `d/ """"`,
		"-rw-r--r-- " + when + `d/-rf """4194304 bytes 617461"`,
		"-rw-r--r-- " + when + "d/new\nline " + `""""`,
		"-rw-r--r-- " + when + `d/ünï~ö """1"`,
		"Lrwxrwxrwx " + when + `link "../outside\xff"""`,
		"-rw-r--r-- " + when + strings.Repeat("long", 60) + ` """1"`,
		"urw-r--r-- 2020-02-03T04:05:06.000000789Z 3000000:44 special \"\"\"x\"",
		"dgtrwxr-xr-x " + when + `sticky/ """"`,
		"-rw-r--r-- " + when + `z """last"`,
	}
	for _, format := range archive.Formats() {
		data := write(t, format, archive.Volume{Tree: treetest.New(sample())})
		if diff := cmp.Diff(want, read(t, format, data)); diff != "" {
			t.Errorf("%s: %s", format, diff)
		}
	}
}

func TestWriteVolumes(t *testing.T) {
	t.Parallel()
	image := treetest.New(treetest.Dir("images", treetest.File("disk.img", "bits")))
	other := treetest.New(treetest.Dir("etc", treetest.File("passwd", "root")))
	lines := read(t, archive.TarGzip, write(t, archive.TarGzip,
		archive.Volume{Tree: other, Dir: "etc"}, archive.Volume{Tree: image, Dir: "srv_disk.img", Bare: true}))
	var names []string
	for _, line := range lines {
		names = append(names, strings.Fields(line)[3])
	}
	if diff := cmp.Diff([]string{"etc/", "etc/passwd", "srv_disk.img/disk.img"}, names); diff != "" {
		t.Error(diff)
	}
}

// lazy takes its time, a different one each time.
type lazy struct{ tree.Tree }

func (l lazy) Open(ctx context.Context, e tree.Entry) (io.ReadSeekCloser, error) {
	time.Sleep(rand.N(2 * time.Millisecond))
	r, err := l.Tree.Open(ctx, e)
	return halves{r}, err
}

// halves reads less than it is asked for.
type halves struct{ io.ReadSeekCloser }

func (h halves) Read(p []byte) (int, error) { return h.ReadSeekCloser.Read(p[:(len(p)+1)/2]) }

// TestReproducible: the same tree becomes the same bytes, however long its parts take to read.
func TestReproducible(t *testing.T) {
	t.Parallel()
	root := sample()
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 300 {
		data := make([]byte, random.IntN(40_000))
		for j := range data {
			data[j] = byte(random.UintN(uint(1 + i%256)))
		}
		root.Children = append(root.Children, treetest.File(fmt.Sprint("file", i), string(data)))
	}
	for _, format := range archive.Formats() {
		first := write(t, format, archive.Volume{Tree: treetest.New(root)})
		for range 3 {
			if !bytes.Equal(first, write(t, format, archive.Volume{Tree: lazy{treetest.New(root)}})) {
				t.Errorf("%s: other bytes", format)
			}
		}
	}
}

func TestWriteFails(t *testing.T) {
	t.Parallel()
	broken := treetest.File("broken", "data")
	broken.Err = errors.New("is on fire")
	short := treetest.File("short", strings.Repeat("data", 1<<20))
	short.Size++
	long := treetest.File("long", "data")
	long.Size--
	for name, bad := range map[string]*treetest.Node{
		"broken": broken,
		"short":  short,
		"long":   long,
		`"../x"`: treetest.File("../x", "data"),
		`""`:     treetest.Dir(""),
		`".."`:   treetest.Dir("..", treetest.File("x", "")),
		`"/etc"`: treetest.Link("/etc", "x"),
		"empty":  treetest.Link("empty", ""),
		"nul":    treetest.Link("nul", "a\x00b"),
	} {
		root := treetest.Dir("", treetest.File("before", "1"), treetest.Dir("d", bad), treetest.File("zz", strings.Repeat("x", 9<<20)))
		var out bytes.Buffer
		err := archive.Write(t.Context(), &out, archive.TarZstd, []archive.Volume{{Tree: treetest.New(root)}}, nil)
		if err == nil || !strings.Contains(err.Error(), name) || !strings.HasPrefix(err.Error(), "d") {
			t.Errorf("%s: %v", name, err)
		}
	}
	miscounted := treetest.New(treetest.Dir("", treetest.File("a", "1")))
	miscounted.Root().Counts.Files++
	err := archive.Write(t.Context(), io.Discard, archive.TarGzip, []archive.Volume{{Tree: miscounted}}, nil)
	if err == nil || !strings.Contains(err.Error(), "2 files") {
		t.Errorf("a file less than was counted: %v", err)
	}
	if err := archive.Write(t.Context(), io.Discard, "zip", nil, nil); err == nil || !strings.Contains(err.Error(), "tar.zst") {
		t.Errorf("an unknown format: %v", err)
	}
}

// full takes only so many bytes.
type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriterFails(t *testing.T) {
	t.Parallel()
	root := treetest.Dir("")
	random := rand.NewChaCha8([32]byte{})
	for i := range 100 {
		data := make([]byte, 1<<20)
		_, _ = random.Read(data)
		root.Children = append(root.Children, treetest.File(fmt.Sprint(i), string(data)))
	}
	for _, format := range archive.Formats() {
		for _, space := range []int{0, 100, 5 << 20} {
			err := archive.Write(t.Context(), &full{space}, format, []archive.Volume{{Tree: treetest.New(root)}}, nil)
			if err == nil || !strings.Contains(err.Error(), "no space left") {
				t.Errorf("%s with %d bytes of space: %v", format, space, err)
			}
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		var last int64
		err := archive.Write(ctx, io.Discard, format, []archive.Volume{{Tree: treetest.New(root)}}, func(done, total int64) {
			if done < last || total != 100<<20 {
				t.Errorf("progress went from %d to %d of %d", last, done, total)
			}
			if last = done; done > 10<<20 {
				cancel(why)
			}
		})
		if !errors.Is(err, why) || last > 20<<20 {
			t.Errorf("canceled: %v after %d bytes", err, last)
		}
	}
}
