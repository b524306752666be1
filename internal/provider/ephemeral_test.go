package provider

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"
	"github.com/hashicorp/terraform-plugin-testing/echoprovider"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// secretLink must not be said anywhere.
const secretLink = "https://store.example/part?signature=secret" //nolint:gosec // made up

// fakeLinker is a fake service that gives links out.
type fakeLinker struct {
	*fakeService
	busy  int
	fails error
}

func newFakeLinker() *fakeLinker {
	f := &fakeLinker{fakeService: newFakeService()}
	f.points = []backup.Point{{ID: "point-0", Status: backup.StatusAvailable}}
	return f
}

func (f *fakeLinker) Links(ctx context.Context, pointID, volumeID string) ([]backup.VolumeLinks, error) {
	if f.busy > 0 {
		f.busy--
		return nil, backup.Errorf(backup.ErrBusy, "the data are not ready")
	}
	if _, err := f.Point(ctx, pointID, backup.Cached); err != nil || f.fails != nil {
		return nil, orError(f.fails, err)
	}
	all := []backup.VolumeLinks{
		{VolumeID: "vol-1", URLs: []string{secretLink + "1", secretLink + "2"}, ExpiresAt: fakeStart.Add(time.Hour)},
		{VolumeID: "vol-2", URLs: []string{secretLink + "3"}},
	}
	if volumeID == "" {
		return all, nil
	}
	for _, v := range all {
		if v.VolumeID == volumeID {
			return []backup.VolumeLinks{v}, nil
		}
	}
	return nil, backup.Errorf(backup.ErrNotFound, "The point %s has no volume %s.", pointID, volumeID)
}

func orError(err, other error) error {
	if err != nil {
		return err
	}
	return other
}

// TestAccPointDownload opens the links with a CLI, and shows them with a provider made for that.
func TestAccPointDownload(t *testing.T) {
	t.Parallel()
	f := newFakeTest(t, newFakeLinker())
	factories := f.factories()
	factories["echo"] = echoprovider.NewProviderServer()
	config := func(more string) string {
		return `
provider "serverbackup" {
  local = {}
}
ephemeral "serverbackup_point_download" "test" {
  ` + more + `
}
provider "echo" {
  data = ephemeral.serverbackup_point_download.test.volumes
}
resource "echo" "test" {}
`
	}
	text := knownvalue.StringExact
	volume := func(id string, expires knownvalue.Check, urls ...knownvalue.Check) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{"id": text(id), "urls": knownvalue.ListExact(urls), "expires_at": expires})
	}
	first := volume("vol-1", text("2026-03-01T13:00:00Z"), text(secretLink+"1"), text(secretLink+"2"))
	second := volume("vol-2", knownvalue.Null(), text(secretLink+"3"))
	shows := func(volumes ...knownvalue.Check) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue("echo.test", tfjsonpath.New("data"), knownvalue.TupleExact(volumes))}
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{
				Config: config(`point_id = "point-9"`), PlanOnly: true,
				ExpectError: regexp.MustCompile(`(?s)Unable to Make Links to Backup Point point-9.*There is no point point-9`),
			},
			{Config: config(`point_id = "point-0"`), ConfigStateChecks: shows(first, second)},
		},
	})
}

func TestAccPointDownloadExample(t *testing.T) {
	t.Parallel()
	service := newFakeLinker()
	service.points[0].ServerName = "web-1"
	text, err := os.ReadFile("../../examples/ephemeral-resources/serverbackup_point_download/ephemeral-resource.tf")
	if err != nil {
		t.Fatal(err)
	}
	newFakeTest(t, service).run(resource.TestStep{Config: string(text)})
}

// openDownload opens the links through the protocol; log gets everything that is logged meanwhile.
func openDownload(t *testing.T, service backup.Service, values map[string]tftypes.Value, log *bytes.Buffer) (result tftypes.Value, private []byte, said string) {
	t.Helper()
	a := newActionTest(t, "serverbackup_verify_point", service)
	schemas, err := a.server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	config := objectType(t, schemas.EphemeralResourceSchemas["serverbackup_point_download"])
	all := nulls(config)
	for name, value := range values {
		all[name] = value
	}
	ctx := tflogtest.RootLogger(tfsdklogtest.RootLogger(t.Context(), log), log)
	resp, err := a.server.OpenEphemeralResource(ctx, &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: "serverbackup_point_download", Config: a.dynamic(config, all),
	})
	if err != nil {
		t.Fatal(err)
	}
	result, err = resp.Result.Unmarshal(config)
	if err != nil {
		t.Fatal(err)
	}
	return result, resp.Private, inLines(resp.Diagnostics)
}

func TestPointDownload(t *testing.T) {
	t.Parallel()
	local := newFakeService()
	unreadable := newFakeLinker()
	unreadable.fails = backup.Errorf(backup.ErrDenied, "the point is encrypted with a key of somebody else")
	busy := newFakeLinker()
	busy.busy = 1
	point := func(id, volume any) map[string]tftypes.Value {
		return map[string]tftypes.Value{"point_id": textOf(id), "volume_id": textOf(volume)}
	}
	for name, c := range map[string]struct {
		service backup.Service
		values  map[string]tftypes.Value
		links   int
		want    string
	}{
		"all":               {newFakeLinker(), point("point-0", nil), 3, "^$"},
		"one":               {newFakeLinker(), point("point-0", "vol-2"), 1, "^$"},
		"busy at first":     {busy, point("point-0", nil), 3, "^$"},
		"no such volume":    {newFakeLinker(), point("point-0", "vol-9"), 0, "^ERROR: Unable to Make Links to Backup Point point-0: The point point-0 has no volume vol-9.$"},
		"no such point":     {newFakeLinker(), point("point-9", nil), 0, "^ERROR: Unable to Make Links to Backup Point point-9: There is no point point-9.$"},
		"refused":           {unreadable, point("point-0", nil), 0, "^ERROR: Unable to Make Links .*key of somebody else$"},
		"no links":          {local, point("point-0", nil), 0, "^ERROR: Unable to Make Links .*: The configured backup service gives no links"},
		"provider unknown":  {nil, point("point-0", nil), 0, "^ERROR: Provider Configuration Not Known Yet"},
		"timeout":           {&fakeLinker{fakeService: newFakeService(), busy: 1000}, point("point-0", nil), 0, "time allowed in the timeouts block"},
		"timeout not valid": {newFakeLinker(), point("point-0", nil), 0, "^ERROR: .*soon"},
	} {
		open := map[string]tftypes.Type{"open": tftypes.String}
		if limit, ok := map[string]string{"timeout": "50ms", "timeout not valid": "soon"}[name]; ok {
			c.values["timeouts"] = tftypes.NewValue(tftypes.Object{AttributeTypes: open}, map[string]tftypes.Value{"open": textOf(limit)})
		}
		var log bytes.Buffer
		result, private, said := openDownload(t, c.service, c.values, &log)
		if !regexp.MustCompile("(?s)" + c.want).MatchString(said) {
			t.Errorf("%s: said %q, want %s", name, said, c.want)
		}
		if got := strings.Count(result.String(), secretLink); got != c.links {
			t.Errorf("%s: got %d links, want %d", name, got, c.links)
		}
		if strings.Contains(log.String(), "secret") || strings.Contains(said, secretLink) || strings.Contains(string(private), "secret") {
			t.Errorf("%s: a link was told: %s %s %s", name, log.String(), said, private)
		}
		if name == "busy at first" && !strings.Contains(log.String(), "the data are not ready") {
			t.Errorf("nobody listened to the log: %s", log.String())
		}
	}
}
