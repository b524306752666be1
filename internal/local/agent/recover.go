package agent

import (
	"cmp"
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

//go:embed recover_help.txt
var recoverHelp string

// recovery is the command that takes points out of the bin: OpenTofu has no actions that could.
type recovery struct {
	connection
	// ids are the points to recover; none lists the bin.
	ids []string
}

func recoverMain(ctx context.Context, args []string, env environment, stdout, stderr io.Writer) int {
	r, err := parseRecovery(args, env)
	if err != nil {
		return misused(err, "agent recover", recoverHelp, stdout, stderr)
	}
	if err := r.run(ctx, stdout); err != nil {
		_, _ = fmt.Fprintf(stderr, "agent recover: %v\n", err)
		return statusFailed
	}
	return statusOK
}

func (r *recovery) flags(env environment) *flag.FlagSet {
	flags := newFlags("agent recover")
	r.register(flags, env)
	return flags
}

func parseRecovery(args []string, env environment) (r recovery, err error) {
	flags := r.flags(env)
	if err := flags.Parse(args); err != nil {
		return r, err
	}
	r.ids = flags.Args()
	for _, id := range r.ids {
		if strings.HasPrefix(id, "-") {
			return r, fmt.Errorf("%q is no id of a point; flags come before the ids", id)
		}
	}
	if r.inBucket() && r.config.Host == "" {
		// The name only signs what is written: no source is read.
		if r.config.Host, err = os.Hostname(); err != nil {
			return r, fmt.Errorf("this machine has no name: %w. Write --host", err)
		}
	}
	return r, r.complete(env)
}

func (r recovery) run(ctx context.Context, out io.Writer) (err error) {
	svc, err := local.New(r.config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, svc.Close(context.WithoutCancel(ctx))) }()
	scope, err := svc.Scope(ctx)
	if err != nil {
		return err
	}
	if scope.ID == "" {
		return fmt.Errorf("there is no repository at %s; write the local.repository of the provider as --repository", scope.Name)
	}
	if len(r.ids) == 0 {
		return listBin(ctx, svc, out)
	}
	var errs []error
	for _, id := range r.ids {
		errs = append(errs, recoverPoint(ctx, svc, id, out))
	}
	return errors.Join(errs...)
}

// recoverPoint takes one point out of the bin and says so.
func recoverPoint(ctx context.Context, svc *local.Service, id string, out io.Writer) error {
	p, err := svc.Point(ctx, id, backup.Fresh)
	what := "was not in the bin"
	if err == nil && p.DeletionStatus == backup.DeletionSoftDeleted {
		what = "is recovered"
		p, err = svc.RecoverPoint(ctx, id)
	}
	switch {
	case errors.Is(err, backup.ErrNotFound):
		return fmt.Errorf("there is no point %s, or its time in the bin is over; without an id the bin is listed", id)
	case err != nil:
		return fmt.Errorf("point %s: %w", id, err)
	}
	_, err = fmt.Fprintf(out, "The point %s of server %q, taken at %s, %s. Its status is %s.\n", p.ID, serverOf(p), inUTC(p.CreatedAt), what, p.Status)
	return err
}

// listBin lists what can be recovered, newest first.
func listBin(ctx context.Context, svc *local.Service, out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	found := 0
	for p, err := range svc.Points(ctx, backup.PointFilter{IncludeDeleted: true}) {
		if err != nil {
			return err
		}
		if p.DeletionStatus != backup.DeletionSoftDeleted {
			continue
		}
		if found++; found == 1 {
			_, _ = fmt.Fprintln(table, "POINT\tSERVER\tTAKEN\tRECOVERABLE UNTIL\tLOCATION")
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.ID, serverOf(p), inUTC(p.CreatedAt), inUTC(p.RecoverUntil), cmp.Or(p.LocationName, p.LocationID))
	}
	if found == 0 {
		_, err := fmt.Fprintln(out, "The bin is empty.")
		return err
	}
	return table.Flush()
}

func serverOf(p backup.Point) string { return cmp.Or(p.ServerName, p.ServerID) }

func inUTC(t time.Time) string { return t.UTC().Format(time.RFC3339) }
