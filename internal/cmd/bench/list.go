package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// realEvery is how often one of many points is a real one, which merges the records before it as any
// real point does.
const realEvery = 100

// grow adds n points of the contestant's server, each from sessions of its own.
func (c *contestant) grow(n int) error {
	for n > 0 {
		if _, _, err := c.point(false); err != nil {
			return err
		}
		n--
		// The last is real again.
		seeded := min(n-1, realEvery-1)
		if seeded <= 0 {
			continue
		}
		if _, _, err := c.ours(operation{Config: c.config(), Do: "seed", Point: c.last, Count: seeded}); err != nil {
			return err
		}
		n -= seeded
	}
	return nil
}

// list measures a repository with many points, each from a session of its own.
func (b *run) list() error {
	source := filepath.Join(b.dir, "small")
	if err := makeTree(source, 1, 100); err != nil {
		return err
	}
	c, err := b.newContestant("many", engine.DefaultCompression, source)
	if err != nil {
		return err
	}
	if err := c.grow(b.options.points); err != nil {
		return err
	}
	k := &kopia{b, filepath.Join(b.dir, "many-kopia")}
	if b.has("kopia") {
		if err := k.connect(c.config().Repository); err != nil {
			return err
		}
	}
	var ours, inside, theirs samples
	for range b.runs {
		s, res, err := b.ours(operation{Config: c.config(), Do: "list"})
		if err != nil {
			return err
		}
		if res.Points != b.options.points {
			return fmt.Errorf("%d points are listed, want %d", res.Points, b.options.points)
		}
		ours, inside = append(ours, s), append(inside, sample{time: res.Inside})
		if !b.has("kopia") {
			continue
		}
		if s, err = k.do("snapshot", "list", "--all", "--json"); err != nil {
			return err
		}
		theirs = append(theirs, s)
	}
	name := fmt.Sprintf("list of %d points from as many sessions", b.options.points)
	compare(name+", with opening", ours, "kopia snapshot list --all", theirs)
	printRow(name+", after opening", seconds(inside.time()), "–", 0)
	printRow("memory of that list", mib(ours.memory()), "kopia "+mib(theirs.memory()), 0)
	return fresh(c.config().Repository, k.home, source)
}

// connect makes the command line use a repository that is there.
func (k *kopia) connect(repository string) error {
	if err := os.MkdirAll(k.home, 0o700); err != nil {
		return err
	}
	_, err := k.do("repository", "connect", "filesystem", "--path", repository,
		"--cache-directory", filepath.Join(k.home, "cache"), "--content-cache-size-mb=0", "--metadata-cache-size-mb=0")
	return err
}
