package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/provider"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestGolden(t *testing.T) {
	t.Parallel()

	var got bytes.Buffer
	if err := run(t.Context(), &got, providerserver.NewProtocol6(tinyProvider{})(), "tiny"); err != nil {
		t.Fatal(err)
	}

	golden := filepath.Join("testdata", "tiny.json")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the schema of the tiny provider changed; if that is right, run this test with -update\n%s", got.Bytes())
	}
}

// The documentation has a page for what is in this output, so the provider must dump without an error.
func TestProvider(t *testing.T) {
	t.Parallel()

	var out bytes.Buffer
	if err := run(t.Context(), &out, providerserver.NewProtocol6(provider.New("test")())(), "serverbackup"); err != nil {
		t.Fatal(err)
	}
	var dump struct {
		Schemas map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(out.Bytes(), &dump); err != nil {
		t.Fatal(err)
	}
	if len(dump.Schemas["serverbackup"]) == 0 {
		t.Error("no schema under the address asked for")
	}
}

func TestSameAsCLI(t *testing.T) {
	t.Parallel()

	want := cliSchema(t)
	schema, err := providerJSON(t.Context(), providerserver.NewProtocol6(provider.New("test")())())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(schema)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	withoutDeprecationMessages(want)
	withoutDeprecationMessages(got)

	// A CLI prints the sections that it knows, so only those can be compared.
	for section := range want {
		if !reflect.DeepEqual(got[section], want[section]) {
			t.Errorf("%s differs:\n got %v\nwant %v", section, got[section], want[section])
		}
	}
}

// withoutDeprecationMessages removes what older CLIs do not print.
func withoutDeprecationMessages(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "deprecation_message")
		for _, member := range v {
			withoutDeprecationMessages(member)
		}
	case []any:
		for _, member := range v {
			withoutDeprecationMessages(member)
		}
	}
}
