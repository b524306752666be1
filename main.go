// Terraform-provider-serverbackup serves the provider to Terraform or OpenTofu, which start it. By hand, or
// by systemd or cron, it is started as the agent that runs the policies of a host:
//
//	terraform-provider-serverbackup agent --help
//	terraform-provider-serverbackup agent recover --help
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/agent"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/provider"
)

// address is where configurations say the provider comes from; a debugger's TF_REATTACH_PROVIDERS
// line must name the same.
const address = "registry.terraform.io/serverbackup/serverbackup"

// version is set by the linker in releases.
var version = "dev"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "agent" {
		os.Exit(agent.Main(context.Background(), os.Args[2:], os.Getenv, os.Stdout, os.Stderr))
	}
	var attach bool
	flag.BoolVar(&attach, "debug", false, "run as a long-lived process that a debugger can attach to")
	flag.Parse()

	provider.TuneMemory()
	var options []tf6server.ServeOpt
	if attach {
		options = append(options, tf6server.WithManagedDebug())
		// A debugger's process is not started by Terraform: what it logs is for whoever started it.
	} else if err := limitLogs(os.Getenv, os.Setenv); err != nil {
		log.Fatal(err.Error())
	}
	server := provider.NewServer(version)
	err := tf6server.Serve(address, func() tfprotov6.ProviderServer { return server }, options...)
	if err := errors.Join(err, provider.Shutdown(context.Background())); err != nil {
		log.Fatal(err.Error())
	}
}
