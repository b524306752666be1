package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

const password = "bench"

// run is one run of the benchmarks.
type run struct {
	ctx context.Context
	options
	dir     string
	missing []string
	tree    string
}

// sample is what one process cost.
type sample struct {
	time   time.Duration
	cpu    time.Duration // of all processors, with the processes that it started
	memory int64         // peak resident bytes
}

// command runs a process and measures it.
func (b *run) command(env []string, name string, args ...string) (sample, []byte, error) {
	cmd := exec.CommandContext(b.ctx, name, args...) //nolint:gosec // the tools of the benchmark
	// Whatever a tool leaves behind is removed with everything else.
	cmd.Env = append(os.Environ(), append(env, "TMPDIR="+b.dir, "XDG_CACHE_HOME="+filepath.Join(b.dir, "cache"))...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	start := time.Now()
	err := cmd.Run()
	s := sample{time: time.Since(start)}
	if err != nil {
		return s, nil, fmt.Errorf("%s %s: %w\n%s%s", name, strings.Join(args, " "), err, out.Bytes(), errs.Bytes())
	}
	s.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		s.memory = usage.Maxrss << 10
	}
	return s, out.Bytes(), nil
}

// ours runs an operation of the local service.
func (b *run) ours(op operation) (s sample, res result, err error) {
	text, err := json.Marshal(op)
	if err != nil {
		return s, res, err
	}
	s, out, err := b.command(nil, os.Args[0], "op", string(text))
	if err != nil {
		return s, res, err
	}
	return s, res, json.Unmarshal(out, &res)
}

func (b *run) config(repository, compression string) local.Config {
	return local.Config{
		Repository: filepath.Join(b.dir, repository), Password: password, Host: "bench", User: "bench",
		Compression: compression, ReadCache: time.Minute,
	}
}

func (b *run) has(tool string) bool { return !slices.Contains(b.missing, tool) }

// fresh removes what an earlier run made, and lets the disk settle.
func fresh(paths ...string) error {
	for _, path := range paths {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	syscall.Sync()
	return nil
}

// warmed has a process use memory and give it back. A virtual machine may have returned free memory to its host, and
// whoever writes to it next waits for the host: the same archive took 1.8 and 6.7 s, with three times as much processor time.
func (b *run) warmed(bytes int64) error {
	_, _, err := b.command(nil, os.Args[0], "warm", strconv.FormatInt(bytes, 10))
	return err
}

// warm uses bytes of memory. It is for a process of its own: what that used counts as its peak for each process it starts.
func warm(bytes string) error {
	n, err := strconv.Atoi(bytes)
	if err != nil {
		return err
	}
	memory, err := syscall.Mmap(-1, 0, n, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return fmt.Errorf("%d bytes of memory: %w", n, err)
	}
	for i := 0; i < n; i += os.Getpagesize() {
		memory[i] = 1
	}
	return syscall.Munmap(memory)
}

// cached reads directories: what the system dropped of them from memory is there for every tool alike.
func cached(dirs ...string) error {
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist): // of a tool that is not installed
				return nil
			case err != nil || !d.Type().IsRegular():
				return err
			}
			f, err := os.Open(path) //nolint:gosec // below a directory of the bench
			if err != nil {
				return err
			}
			_, err = io.Copy(io.Discard, f)
			return errors.Join(err, f.Close())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// emptied frees the space of what was restored to a directory, and lets the files be: ext4 gives nobody the inode of a file
// for up to six minutes after it was removed, and looks past all of those whenever a file is made. A restore after the
// removal of another took up to four times as long. The same holds for a run of the bench right after another.
func emptied(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { //nolint:gosec // a directory of the bench
		switch {
		case errors.Is(err, fs.ErrNotExist): // of a tool that is not installed
			return nil
		case err != nil || !d.Type().IsRegular():
			return err
		}
		return os.Truncate(path, 0)
	})
}

// andSync adds the time until everything is on disk.
func (s sample) andSync() sample {
	start := time.Now()
	syscall.Sync()
	s.time += time.Since(start)
	return s
}

type samples []sample

func (s samples) time() time.Duration {
	return median(s, func(x sample) time.Duration { return x.time })
}

func (s samples) cpu() time.Duration {
	return median(s, func(x sample) time.Duration { return x.cpu })
}

func (s samples) memory() int64 {
	return median(s, func(x sample) int64 { return x.memory })
}

func median[T ~int64](s samples, of func(sample) T) T {
	values := make([]T, len(s))
	for i, x := range s {
		values[i] = of(x)
	}
	slices.Sort(values)
	if len(values) == 0 {
		return 0
	}
	return values[len(values)/2]
}

// row prints a line of the table.
func printRow(name, ours, beside string, ratio float64) {
	text := "–"
	if ratio > 0 {
		text = fmt.Sprintf("%.2f", ratio)
	}
	fmt.Printf("| %s | %s | %s | %s |\n", name, ours, beside, text)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }

// compare prints how ours does beside another tool's.
func compare(name string, ours samples, tool string, other samples) {
	if len(other) == 0 {
		return
	}
	printRow(name, seconds(ours.time()), tool+" "+seconds(other.time()), float64(ours.time())/float64(other.time()))
}
