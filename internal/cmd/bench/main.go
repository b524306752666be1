// Bench measures the local service beside the tools that a user would take instead: the Kopia command
// line of the same version, and restic. Each figure is the median of runs that alternate between the
// tools, each run a process of its own. Tools that are not installed are named and left out. The rows
// about plans run Terraform with the provider as it is in the working directory. Those of the clouds, which
// are vngcloud, csbs and cbr, do so against emulators whose requests take 20 ms each.
//
//	go run ./internal/cmd/bench -kopia bin/kopia
//	go run ./internal/cmd/bench -rows vngcloud,csbs,cbr
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
)

// options are the flags.
type options struct {
	runs   int
	files  int
	bytes  int64
	points int
	// servers and planned are what the state of the plans holds: servers and points of theirs.
	servers, planned int
	// refreshed is how many servers, and points, are refreshed on a cloud; scanned is how many points a cloud has for a
	// list of all.
	refreshed, scanned int
	kopia              string // path of the command line
	rows               string
	verbose            bool
}

// parts are what the bench does in processes of their own, by the first argument.
var parts = map[string]func(argument string) error{"op": operate, "warm": warm}

func main() {
	log.SetFlags(0)
	if filepath.Base(os.Args[0]) == providerName {
		os.Exit(serveMeasured())
	}
	if len(os.Args) == 3 && parts[os.Args[1]] != nil {
		if err := parts[os.Args[1]](os.Args[2]); err != nil {
			log.Fatal(err)
		}
		return
	}
	var o options
	flag.IntVar(&o.runs, "runs", 5, "runs of each tool")
	flag.IntVar(&o.files, "files", 20000, "files in the tree")
	flag.Int64Var(&o.bytes, "bytes", 1<<30, "bytes in the tree")
	flag.IntVar(&o.points, "points", 10000, "points in the large repositories, each from a session of its own")
	flag.IntVar(&o.servers, "servers", 200, "servers in the state of the plans")
	flag.IntVar(&o.planned, "planned", 1000, "points in the state of the plans")
	flag.IntVar(&o.refreshed, "refreshed", 1000, "servers, and points, in the state of a cloud")
	flag.IntVar(&o.scanned, "scanned", 100000, "points of a cloud that are listed; half and a quarter of them, too")
	flag.StringVar(&o.kopia, "kopia", "bin/kopia", "Kopia's command line")
	flag.StringVar(&o.rows, "rows", "", "only rows whose name contains one of these, separated by commas")
	flag.BoolVar(&o.verbose, "v", false, "print each sample of the row points to standard error")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := bench(ctx, o); err != nil {
		log.Print(err)
		os.Exit(1) //nolint:gocritic // nothing is left to stop
	}
}

func bench(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // temporary
	b := &run{ctx: ctx, options: o, dir: dir}
	for name, bin := range map[string]string{"kopia": o.kopia, "restic": "restic", "terraform": "terraform"} {
		if _, err := exec.LookPath(bin); err != nil {
			fmt.Fprintf(os.Stderr, "%s is not installed: its columns or rows are left out\n", name)
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
func operate(text string) error {
	var op operation
	if err := json.Unmarshal([]byte(text), &op); err != nil {
		return err
	}
	return op.run(context.Background())
}
