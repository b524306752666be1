package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
)

// TestServeCBR configures the service as the command says, and finds what the seed says.
func TestServeCBR(t *testing.T) {
	t.Parallel()
	seed := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(seed, []byte(`{"servers":[{"id":"11111111-1111-4111-8111-111111111111","name":"web","disks":[{"id":"22222222-2222-4222-8222-222222222222","name":"system","size_gb":40}]}],
		"fill":{"vaults":1,"servers_per_vault":2,"backups_per_server":3}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	said, _ := serve(t, "-service", "cbr", "-seed", seed, "-variation", "naive-times")
	value := func(name string) string {
		found := regexp.MustCompile(name + ` += "([^"]*)"`).FindStringSubmatch(said)
		if found == nil {
			t.Fatalf("%s is not in:\n%s", name, said)
		}
		return found[1]
	}
	svc, err := cbr.New(cbr.Config{Config: huaweicloud.Config{
		AuthURL: value("auth_url"), Region: value("region"), UserName: value("user_name"), Password: value("password"), DomainName: value("domain_name"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	points := 0
	for p, err := range svc.Points(t.Context(), backup.PointFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if points++; p.ScheduleType != backup.SchedulePolicy {
			t.Errorf("point %+v", p)
		}
		if points == 1 {
			added, err := svc.CreateServer(t.Context(), backup.Server{InstanceID: "11111111-1111-4111-8111-111111111111", LocationID: p.LocationID, Enabled: true})
			if err != nil || added.Name != "web" {
				t.Errorf("server %+v, %v", added, err)
			}
		}
	}
	if points != 6 {
		t.Errorf("there are %d points, want 6", points)
	}
	if _, _, err := startCBR(options{variation: "no-such"}, ""); err == nil {
		t.Error("an unknown variation is served")
	}
}
