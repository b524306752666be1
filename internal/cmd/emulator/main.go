// Command emulator serves an emulated backup service on an address, so that a configuration can be tried
// without an account:
//
//	go run ./internal/cmd/emulator -service vngcloud -listen 127.0.0.1:8080
//
// It says what to write into the provider configuration, and is steered below /_emulator/.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"
)

// options are the flags of every service.
type options struct {
	// seed is a file of objects to start with; empty for none.
	seed string
	// variation is a name for a form of the service; empty for the likeliest.
	variation string
	latency   time.Duration
}

// starter makes a service that will listen on an address, and says how the provider is configured for it.
type starter func(o options, address string) (api http.Handler, configuration string, err error)

// services has a line for each service that can be emulated.
var services = map[string]starter{
	"cbr":      startCBR,
	"csbs":     startCSBS,
	"vngcloud": startBackupCenter,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "emulator:", err)
		os.Exit(1)
	}
}

// run serves until the context ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	var o options
	names := strings.Join(slices.Sorted(maps.Keys(services)), ", ")
	flags := flag.NewFlagSet("emulator", flag.ContinueOnError)
	flags.SetOutput(out)
	name := flags.String("service", "vngcloud", "what to emulate: "+names)
	listen := flags.String("listen", "127.0.0.1:8080", "address to listen on; port 0 takes a free one")
	flags.StringVar(&o.seed, "seed", "", "JSON file of objects to start with")
	flags.StringVar(&o.variation, "variation", "", "form of the service where the real one is not known")
	flags.DurationVar(&o.latency, "latency", 0, "how long each request takes")
	if err := flags.Parse(args); err != nil {
		return err
	}
	start, known := services[*name]
	if !known {
		return fmt.Errorf("there is no service %q; write one of: %s", *name, names)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	api, configuration, err := start(o, "http://"+listener.Addr().String())
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if _, err := fmt.Fprintf(out, "%s emulator on http://%s\n\n%s\n", *name, listener.Addr(), configuration); err != nil {
		return errors.Join(err, listener.Close())
	}

	server := &http.Server{Handler: api, ReadHeaderTimeout: 30 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
