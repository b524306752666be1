package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// rows are the benchmarks, in the order of the table.
var rows = []struct {
	name    string
	measure func(*run) error
}{
	{"points", (*run).points},
	{"image", (*run).image},
	{"list", (*run).list},
	{"plan", (*run).plan},
	{"start", (*run).start},
	{"vngcloud", (*run).vngcloud},
	{"csbs", (*run).csbs},
	{"cbr", (*run).cbr},
}

// contestant is ours with a compression, on a repository of its own.
type contestant struct {
	*run
	repository, compression string
	server, last            string
}

func (b *run) newContestant(name, compression string, source string) (*contestant, error) {
	c := &contestant{run: b, repository: name, compression: compression}
	if err := fresh(filepath.Join(b.dir, name)); err != nil {
		return nil, err
	}
	_, res, err := b.ours(operation{Config: c.config(), Do: "protect", Sources: []string{source}})
	c.server = res.Server
	return c, err
}

func (c *contestant) config() local.Config { return c.run.config(c.repository, c.compression) }

func (c *contestant) point(full bool) (sample, result, error) {
	s, res, err := c.ours(operation{Config: c.config(), Do: "point", Server: c.server, Full: full})
	c.last = res.Point
	return s, res, err
}

// onDisk is a restore and the time until the system has written what it left in memory: ours ends with that,
// the others leave it to the system.
const onDisk = "restore until it is on disk"

// points measures taking points and getting them back.
func (b *run) points() error {
	b.tree = filepath.Join(b.dir, "tree")
	if err := makeTree(b.tree, b.files, b.bytes); err != nil {
		return err
	}
	kinds := []string{"full", "1 % incremental", "full = true", "restore", onDisk, "archive"}
	for _, compression := range []string{"zstd", engine.DefaultCompression} {
		measured := make(map[string]map[string]samples)
		for _, tool := range []string{"ours", "kopia", "restic"} {
			measured[tool] = make(map[string]samples)
		}
		add := func(tool, kind string, s sample) {
			measured[tool][kind] = append(measured[tool][kind], s)
			if b.verbose {
				log.Printf("%s, %s, %s: %s, %s of processors", compression, kind, tool, seconds(s.time), seconds(s.cpu))
			}
		}
		for round := range b.runs {
			if err := b.round(round, compression, add); err != nil {
				return err
			}
		}
		label := map[string]string{"zstd": "matched compression (zstd)", engine.DefaultCompression: "our default (" + engine.DefaultCompression + ")"}[compression]
		for _, kind := range kinds {
			name := kind + ", " + label
			beside := kind
			if kind == "archive" {
				beside = "restore"
			}
			compare(name, measured["ours"][kind], "kopia "+beside, measured["kopia"][beside])
			compare(name, measured["ours"][kind], "restic "+beside, measured["restic"][beside])
		}
		for _, tool := range []string{"kopia", "restic"} {
			if other := measured[tool]["full"]; len(other) > 0 {
				printRow("memory of a full point, "+label, mib(measured["ours"]["full"].memory()), tool+" "+mib(other.memory()),
					float64(measured["ours"]["full"].memory())/float64(other.memory()))
			}
		}
	}
	return os.RemoveAll(b.tree)
}

// round runs everything once with every tool, each tool first in its turn.
func (b *run) round(round int, compression string, add func(tool, kind string, s sample)) error {
	c, err := b.newContestant("ours", compression, b.tree)
	if err != nil {
		return err
	}
	var k *kopia
	var r *restic
	if b.has("kopia") {
		if k, err = b.newKopia("kopia", compression); err != nil {
			return err
		}
	}
	if b.has("restic") {
		if r, err = b.newRestic("restic"); err != nil {
			return err
		}
	}
	archive := filepath.Join(b.dir, "archive.tar.zst")
	target := func(tool string) string {
		return filepath.Join(b.dir, fmt.Sprintf("restored-%s-%s-%d", tool, compression, round))
	}
	ours := map[string]func() (sample, error){
		"full": func() (sample, error) { s, _, err := c.point(false); return s, err },
		"1 % incremental": func() (sample, error) {
			s, _, err := c.point(false)
			return s, err
		},
		"full = true": func() (sample, error) { s, _, err := c.point(true); return s, err },
		"restore": func() (sample, error) {
			s, _, err := b.ours(operation{Config: c.config(), Do: "restore", Point: c.last, Target: target("ours")})
			return s, err
		},
		"archive": func() (sample, error) {
			s, _, err := b.ours(operation{Config: c.config(), Do: "archive", Point: c.last, Target: archive})
			return s, err
		},
	}
	kopiaArgs := map[string][]string{
		"full":            {"snapshot", "create", b.tree},
		"1 % incremental": {"snapshot", "create", b.tree},
		"full = true":     {"snapshot", "create", "--force-hash=100", b.tree},
		"restore":         {"restore", b.tree, target("kopia")},
	}
	resticArgs := map[string][]string{
		"full":            {"backup", b.tree},
		"1 % incremental": {"backup", b.tree},
		"restore":         {"restore", "latest", "--target", target("restic")},
	}
	for _, kind := range []string{"full", "1 % incremental", "full = true", "restore", "archive"} {
		if kind == "1 % incremental" {
			if err := changeTree(b.tree, b.files, b.bytes, round); err != nil {
				return err
			}
		}
		tools := []string{"ours", "kopia", "restic"}
		for i := range tools {
			tool := tools[(i+round)%len(tools)]
			// A restore fills memory with the tree and what it reads.
			if err := errors.Join(fresh(archive), b.warmed(2*b.bytes), cached(b.tree, filepath.Join(b.dir, tool))); err != nil {
				return err
			}
			var s sample
			var err error
			switch {
			case tool == "ours":
				s, err = ours[kind]()
			case tool == "kopia" && k != nil && kopiaArgs[kind] != nil:
				s, err = k.do(kopiaArgs[kind]...)
			case tool == "restic" && r != nil && resticArgs[kind] != nil:
				s, err = r.do(resticArgs[kind]...)
			default:
				continue
			}
			if err != nil {
				return err
			}
			add(tool, kind, s)
			if kind == "restore" {
				add(tool, onDisk, s.andSync())
			}
		}
	}
	return errors.Join(emptied(target("ours")), emptied(target("kopia")), emptied(target("restic")), fresh(archive))
}

// image measures what ten changed MiB of a disk image add.
func (b *run) image() error {
	const size, step = 2 << 30, 200 << 20
	file := filepath.Join(b.dir, "disk.img")
	if err := writeFile(file, 0, size, 1); err != nil {
		return err
	}
	c, err := b.newContestant("image", engine.DefaultCompression, file)
	if err != nil {
		return err
	}
	if _, _, err := c.point(false); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_RDWR, 0) //nolint:gosec // made above
	if err != nil {
		return err
	}
	for i := range 10 {
		if _, err := f.WriteAt(content(0, 1<<20, uint64(i)+2), int64(i)*step); err != nil {
			return err
		}
	}
	if err := f.Close(); err != nil {
		return err
	}
	_, res, err := c.point(false)
	if err != nil {
		return err
	}
	printRow("2 GiB disk image, 10 MiB changed: added", mib(res.NewBytes), "–", 0)
	return os.Remove(file)
}
