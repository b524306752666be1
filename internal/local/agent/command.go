package agent

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// What the command ends with.
const (
	statusOK     = 0
	statusFailed = 1
	statusUsage  = 2
)

// help is what --help prints.
//
//go:embed help.txt
var help string

// options are the flags of the command.
type options struct {
	connection
	parallel           string
	once, takeOver, js bool
}

// Main runs the agent, or what its first argument says, with the arguments that follow its name, and returns
// the status to exit with. An interrupt or a request to terminate ends it in peace.
func Main(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(args) > 0 && args[0] == "recover" {
		return recoverMain(ctx, args[1:], getenv, stdout, stderr)
	}
	o, err := parse(args, getenv)
	if err != nil {
		return misused(err, "agent", help, stdout, stderr)
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	if o.js {
		log = slog.New(slog.NewJSONHandler(stderr, nil))
	}
	if err := o.run(ctx, log); err != nil {
		log.Error("the agent failed", "error", err)
		return statusFailed
	}
	return statusOK
}

func (o options) run(ctx context.Context, log *slog.Logger) error {
	svc, err := local.New(o.config)
	if err != nil {
		return err
	}
	scope, err := svc.Scope(ctx)
	if err != nil {
		return err
	}
	release, err := lock(scope.Name, svc.Host())
	if errors.Is(err, errRunning) && o.once {
		log.Info("nothing to do", "reason", err)
		return nil
	}
	if err != nil {
		return err
	}
	defer release()
	log.Info("agent of the local backup service", "host", svc.Host(), "repository", scope.Name, "id", scope.ID, "once", o.once)
	if scope.ID == "" {
		log.Warn("there is no repository yet; the first apply of Terraform that writes creates it")
	}
	a := New(svc, log)
	a.TakeOver = o.takeOver
	if !o.once {
		return a.Run(ctx)
	}
	return errors.Join(a.Once(ctx), svc.Close(context.WithoutCancel(ctx)))
}

// flags are those of the agent.
func (o *options) flags(env environment) *flag.FlagSet {
	flags := newFlags("agent")
	o.register(flags, env)
	env.text(flags, &o.config.Compression, "compression", "SERVERBACKUP_COMPRESSION")
	env.text(flags, &o.parallel, "points-in-parallel", "SERVERBACKUP_POINTS_IN_PARALLEL")
	flags.BoolVar(&o.once, "once", false, "")
	flags.BoolVar(&o.takeOver, "take-over-maintenance", false, "")
	flags.BoolVar(&o.js, "json", false, "")
	return flags
}

// newFlags are flags whose errors and help are told by the caller.
// misused answers who asks for help, or gives wrong arguments to a command.
func misused(err error, command, help string, stdout, stderr io.Writer) (status int) {
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(stdout, help)
		return statusOK
	}
	_, _ = fmt.Fprintf(stderr, "%[1]s: %[2]v\nSee terraform-provider-serverbackup %[1]s --help.\n", command, err)
	return statusUsage
}

func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	return flags
}

// parse reads the flags; what is not given comes from the environment.
func parse(args []string, env environment) (o options, err error) {
	// What one tick read answers what else it asks.
	o.config.ReadCache = tickEvery / 2
	flags := o.flags(env)
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is no flag; flags begin with --", flags.Arg(0))
	}
	if o.parallel != "" {
		if o.config.PointsInParallel, err = strconv.Atoi(o.parallel); err != nil || o.config.PointsInParallel < 1 || o.config.PointsInParallel > 64 {
			return o, fmt.Errorf("--points-in-parallel is %q; write a number from 1 to 64", o.parallel)
		}
	}
	if o.inBucket() && o.config.Host == "" {
		return o, errors.New("--host is required with a repository in a bucket: write the local.host of the servers that this machine backs up")
	}
	return o, o.complete(env)
}
