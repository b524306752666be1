// Schemadump prints the provider's schema in the layout of `terraform providers schema -json`, without a
// Terraform CLI: documentation made from it has a page for every action, list resource and identity,
// also where the CLI at hand is too old to know them.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/provider"
)

func main() {
	address := flag.String("address", "registry.terraform.io/serverbackup/serverbackup", "provider address to print the schema under")
	flag.Parse()

	server := provider.NewServer("dev")
	if err := run(context.Background(), os.Stdout, server, *address); err != nil {
		fmt.Fprintln(os.Stderr, "schemadump:", err)
		os.Exit(1)
	}
}

// run writes the schema of a provider server as indented JSON.
func run(ctx context.Context, w io.Writer, server tfprotov6.ProviderServer, address string) error {
	schema, err := providerJSON(ctx, server)
	if err != nil {
		return err
	}

	// Descriptions hold placeholders such as <point-id>, and people read this output.
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(object{
		"format_version":   "1.0",
		"provider_schemas": object{address: schema},
	})
}
