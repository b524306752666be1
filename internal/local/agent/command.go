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
	"strings"
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
	config             local.Config
	s3                 local.S3Options
	once, takeOver, js bool
}

// Main runs the agent with the arguments that follow its name, and returns the status to exit with. An
// interrupt or a request to terminate ends it in peace.
func Main(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse(args, getenv)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = io.WriteString(stdout, help)
		return statusOK
	case err != nil:
		_, _ = fmt.Fprintf(stderr, "agent: %v\nSee terraform-provider-serverbackup agent --help.\n", err)
		return statusUsage
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

// parse reads the flags; what is not given comes from the environment.
func parse(args []string, getenv func(string) string) (o options, err error) {
	// What one tick read answers what else it asks.
	o.config.ReadCache = tickEvery / 2
	flags := flag.NewFlagSet("agent", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	env := func(target *string, name, variable string) {
		flags.StringVar(target, name, getenv(variable), "")
	}
	env(&o.config.Repository, "repository", "SERVERBACKUP_REPOSITORY")
	env(&o.config.PasswordFile, "password-file", "SERVERBACKUP_PASSWORD_FILE")
	env(&o.config.CacheDirectory, "cache-directory", "SERVERBACKUP_CACHE_DIRECTORY")
	env(&o.config.Host, "host", "SERVERBACKUP_HOST")
	env(&o.config.User, "user", "SERVERBACKUP_USER")
	env(&o.config.Compression, "compression", "SERVERBACKUP_COMPRESSION")
	env(&o.s3.Endpoint, "s3-endpoint", "SERVERBACKUP_S3_ENDPOINT")
	env(&o.s3.Region, "s3-region", "SERVERBACKUP_S3_REGION")
	env(&o.s3.CAFile, "s3-ca-file", "SERVERBACKUP_S3_CA_FILE")
	env(&o.s3.Profile, "s3-profile", "SERVERBACKUP_S3_PROFILE")
	parallel := flags.String("points-in-parallel", getenv("SERVERBACKUP_POINTS_IN_PARALLEL"), "")
	flags.BoolVar(&o.once, "once", false, "")
	flags.BoolVar(&o.takeOver, "take-over-maintenance", false, "")
	flags.BoolVar(&o.js, "json", false, "")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is no flag; flags begin with --", flags.Arg(0))
	}
	if *parallel != "" {
		if o.config.PointsInParallel, err = strconv.Atoi(*parallel); err != nil || o.config.PointsInParallel < 1 || o.config.PointsInParallel > 64 {
			return o, fmt.Errorf("--points-in-parallel is %q; write a number from 1 to 64", *parallel)
		}
	}
	// A password among the arguments could be seen by everyone on the machine.
	if o.config.PasswordFile == "" {
		o.config.Password = getenv("SERVERBACKUP_PASSWORD")
	}
	bucket := strings.HasPrefix(o.config.Repository, "s3://")
	switch {
	case bucket && o.config.Host == "":
		return o, errors.New("--host is required with a repository in a bucket: write the local.host of the servers that this machine backs up")
	case bucket && o.config.Password == "" && o.config.PasswordFile == "":
		return o, errors.New("--password-file is required with a repository in a bucket")
	case bucket:
		o.config.S3 = &o.s3
	case o.s3 != local.S3Options{}:
		return o, errors.New("the flags --s3-… are for a repository in a bucket: write --repository s3://bucket/prefix, or leave them out")
	}
	return o, nil
}
