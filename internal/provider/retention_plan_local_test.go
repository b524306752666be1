package provider

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestAccLocalRetention: what the plan names is what the embedded service then deletes.
func TestAccLocalRetention(t *testing.T) {
	t.Parallel()
	store := newAccStore(t)
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	service, err := local.New(local.Config{
		Repository: store.dir, Password: accPassword, Host: "testhost", User: "tester", Now: now, StorageNow: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	config := func(retention string) string {
		return fmt.Sprintf(`
resource "serverbackup_policy" "test" {
  name      = "hourly"
  schedules = ["FREQ=HOURLY;BYMINUTE=0"]
  %s
}
resource "serverbackup_server" "test" {
  name              = "web-1"
  policy_id         = serverbackup_policy.test.id
  points_on_destroy = "delete"
  local             = { sources = [%q] }
}
`, retention, store.files)
	}
	var taken []string
	takeFour := func() {
		for range 4 {
			ahead.Add(int64(time.Hour))
			started, err := service.StartDue(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range started {
				if p, err = service.Await(t.Context(), p.ID); err != nil {
					t.Fatal(err)
				}
				taken = append(taken, p.ID)
			}
		}
	}
	f := newFakeTest(t, service)
	f.run(
		resource.TestStep{Config: config("")},
		resource.TestStep{PreConfig: func() { takeFour(); f.forget() }, Config: config(""), ConfigPlanChecks: nothingPlanned(), Check: f.saysNow()},
		resource.TestStep{
			PreConfig: f.forget,
			Config:    config("retention = { latest = 2 }"),
			Check: func(*terraform.State) error {
				if len(taken) != 4 {
					return fmt.Errorf("taken: %q", taken)
				}
				if err := f.heard(`Points Will Be Deleted: .*2 in all.*\n\n  ` + taken[1] + ` of "web-1", \S+\n  ` + taken[0] + ` of "web-1", \S+\n\n`); err != nil {
					return err
				}
				gone, err := service.ApplyRetention(t.Context())
				if slices.Sort(gone); err != nil || !slices.Equal(gone, slices.Sorted(slices.Values(taken[:2]))) {
					return fmt.Errorf("retention deletes %q of %q, %w", gone, taken, err)
				}
				return nil
			},
		},
	)
}
