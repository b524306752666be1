package engine

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// backedUp makes a repository with one point of a directory, and returns what is in that.
func backedUp(t *testing.T, compression string, files map[string][]byte) (Options, map[string]*Tree) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o := Options{Storage: Storage{Path: t.TempDir()}, Password: "correct horse", Host: "testhost", User: "tester", Now: time.Now}
	if err := Create(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	r := reopened(t, o)
	r.AllowWrites()
	err := r.Write(t.Context(), "point", false, nil, func(ctx context.Context, w *Writer) error {
		_, err := w.Upload(ctx, UploadRequest{
			Source: Source{Host: o.Host, User: o.User, Path: dir}, Policy: SourcePolicy{Compression: compression}, Point: "p", Volume: "v",
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	trees, err := r.Trees(t.Context(), "p", false)
	if err != nil || trees["v"] == nil {
		t.Fatalf("%v, %v", trees, err)
	}
	return o, trees
}

func reopened(t *testing.T, o Options) *Repo {
	t.Helper()
	r, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(context.WithoutCancel(t.Context())) })
	return r
}

// TestParts: parts are what a file has, and frames where Kopia has compressed with Zstandard.
func TestParts(t *testing.T) {
	t.Parallel()
	random := make([]byte, 100_000)
	_, _ = rand.NewChaCha8([32]byte{}).Read(random)
	files := map[string][]byte{
		"empty": nil, "small": text(1000), "below": text(frameMin - 1), "least": text(frameMin), "large": text(21 << 20), "random": random,
	}
	// From how many bytes on there are frames.
	framed := map[string]bool{"least": true, "large": true}
	for _, compression := range []string{"zstd-fastest", "zstd", "s2-better", "none"} {
		t.Run(compression, func(t *testing.T) {
			t.Parallel()
			_, trees := backedUp(t, compression, files)
			found := trees["v"]
			entries, err := tree.Children(t.Context(), found, found.Root(), "")
			if err != nil || len(entries) != len(files) {
				t.Fatalf("%v, %v", entries, err)
			}
			decoder, err := zstd.NewReader(nil)
			if err != nil {
				t.Fatal(err)
			}
			defer decoder.Close()
			for _, e := range entries {
				var data []byte
				err := tree.ReadParts(t.Context(), found, e, func(p tree.Part) error {
					before := len(data)
					if (p.Frame != nil) != (framed[e.Name] && strings.HasPrefix(compression, "zstd")) {
						t.Errorf("%s: a part of %d bytes with a frame of %d", e.Name, p.Size, len(p.Frame))
					}
					if p.Frame == nil {
						data = append(data, p.Data...)
					} else if data, err = decoder.DecodeAll(p.Frame, data); err != nil {
						return err
					}
					if int64(len(data)-before) != p.Size {
						t.Errorf("%s: a part of %d bytes has %d", e.Name, p.Size, len(data)-before)
					}
					return nil
				})
				if err != nil || !bytes.Equal(data, files[e.Name]) {
					t.Errorf("%s: %d of %d bytes, %v", e.Name, len(data), len(files[e.Name]), err)
				}
			}
		})
	}
}

// TestPartsOfDamage: a frame of which one bit is another is not handed on.
func TestPartsOfDamage(t *testing.T) {
	t.Parallel()
	o, trees := backedUp(t, "zstd-fastest", map[string][]byte{"file": text(100_000)})
	found := trees["v"]
	entries, err := tree.Children(t.Context(), found, found.Root(), "")
	if err != nil {
		t.Fatal(err)
	}
	read := func() error {
		return tree.ReadParts(t.Context(), found, entries[0], func(tree.Part) error { return nil })
	}
	if err := read(); err != nil {
		t.Fatal(err)
	}
	var packs []string
	err = filepath.WalkDir(o.Storage.Path, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(o.Storage.Path, path)
		if err == nil && !d.IsDir() && strings.HasPrefix(rel, "p") {
			packs = append(packs, path)
		}
		return err
	})
	if err != nil || len(packs) != 1 {
		t.Fatalf("%v, %v", packs, err)
	}
	pack, err := os.ReadFile(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(pack)
	damaged[len(pack)/2] ^= 1
	for name, data := range map[string][]byte{"flipped": damaged, "cut": pack[:len(pack)/2], "empty": nil} {
		if err := os.WriteFile(packs[0], data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := read(); err == nil || !strings.Contains(err.Error(), "in p") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.Remove(packs[0]); err != nil {
		t.Fatal(err)
	}
	if err := read(); err == nil || !strings.Contains(err.Error(), "in p") {
		t.Errorf("removed: %v", err)
	}
	// Meanwhile nothing was kept that would answer in its place.
	r, err := found.Open(t.Context(), entries[0])
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	if err == nil {
		t.Error("the file can be read without its pack")
	}
}
