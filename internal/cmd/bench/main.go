// Bench measures the local service beside the tools that a user would take instead: the Kopia command
// line of the same version, and restic. Each figure is the median of runs that alternate between the
// tools, each run a process of its own. Tools that are not installed are named and left out.
//
//	go run ./internal/cmd/bench -kopia bin/kopia
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
)

// options are the flags.
type options struct {
	runs   int
	files  int
	bytes  int64
	points int
	kopia  string // path of the command line
	rows   string
}

func main() {
	log.SetFlags(0)
	if len(os.Args) == 3 && os.Args[1] == "op" {
		if err := operate(context.Background(), os.Args[2]); err != nil {
			log.Fatal(err)
		}
		return
	}
	var o options
	flag.IntVar(&o.runs, "runs", 5, "runs of each tool")
	flag.IntVar(&o.files, "files", 20000, "files in the tree")
	flag.Int64Var(&o.bytes, "bytes", 1<<30, "bytes in the tree")
	flag.IntVar(&o.points, "points", 1000, "points in the large repository, each from a session of its own: 10000 take long to make")
	flag.StringVar(&o.kopia, "kopia", "bin/kopia", "Kopia's command line")
	flag.StringVar(&o.rows, "rows", "", "only rows whose name contains one of these, separated by commas")
	flag.Parse()
	if err := bench(o); err != nil {
		log.Fatal(err)
	}
}

func bench(o options) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // temporary
	b := &run{options: o, dir: dir}
	for name, bin := range map[string]string{"kopia": o.kopia, "restic": "restic"} {
		if _, err := exec.LookPath(bin); err != nil {
			fmt.Fprintf(os.Stderr, "%s is not installed: its columns are left out\n", name)
			b.missing = append(b.missing, name)
		}
	}
	fmt.Println("| row | ours | beside it | ratio |")
	fmt.Println("|---|---|---|---|")
	for _, row := range rows {
		if !o.selected(row.name) {
			continue
		}
		if err := row.measure(b); err != nil {
			return fmt.Errorf("%s: %w", row.name, err)
		}
	}
	return nil
}

func (o options) selected(name string) bool {
	if o.rows == "" {
		return true
	}
	for part := range strings.SplitSeq(o.rows, ",") {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// operate is one measured operation of ours, in a process of its own.
func operate(ctx context.Context, text string) error {
	var op operation
	if err := json.Unmarshal([]byte(text), &op); err != nil {
		return err
	}
	return op.run(ctx)
}
