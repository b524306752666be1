//go:build unix

package local_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// TestTwoHosts: two hosts run their policies in one repository, each in a process of its own, and a third
// one that reads no sources lists and manages all.
func TestTwoHosts(t *testing.T) {
	t.Parallel()
	if raceDetector {
		t.Skip("other processes, for the race detector")
	}
	rounds := proof(2, 10)
	repository := filepath.Join(t.TempDir(), "repository")
	config := func(host string) local.Config {
		return local.Config{Repository: repository, Password: "correct horse", Host: host, User: "tester"}
	}
	manager := newService(t, func(c *local.Config) { *c = config("manager") })
	policy, err := manager.CreatePolicy(t.Context(), backup.Policy{
		Name: "hourly", Enabled: true, Timezone: "UTC", Schedules: hourly, Retention: &backup.Retention{Latest: pointer[int64](1)},
	})
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{"db-1", "db-2"}
	servers := make(map[string]backup.Server)
	for _, host := range hosts {
		srv, err := manager.CreateServer(t.Context(), backup.Server{
			Name: host, Enabled: true, PolicyID: policy.ID,
			Options: local.ServerOptions{Host: host, User: "root", OneFileSystem: true, Sources: []string{tree(t, map[string]string{"name": host})}},
		})
		if err != nil {
			t.Fatal(err)
		}
		servers[host] = srv
		problems := manager.CheckPoint(t.Context(), backup.PointRequest{ServerID: srv.ID})
		if len(problems) != 1 || !strings.Contains(problems[0].Detail, host) {
			t.Errorf("a point of another host: %+v", problems)
		}
	}
	for round := range rounds {
		var group errgroup.Group
		for _, host := range hosts {
			j := job{Config: config(host), Agent: &agentJob{Offset: time.Duration(round) * time.Hour, Step: time.Hour, Steps: 1}}
			group.Go(helper(t, j).Run)
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	fresh := newService(t, func(c *local.Config) {
		*c = config("manager")
		c.Now = func() time.Time { return time.Now().Add(time.Duration(rounds) * time.Hour) }
	})
	for _, host := range hosts {
		list := points(t, fresh, backup.PointFilter{ServerID: servers[host].ID})
		if len(list) != 1 || list[0].Status != backup.StatusAvailable || *list[0].SizeBytes != int64(len(host)) {
			t.Errorf("points of %s: %+v", host, list)
			continue
		}
		if n := len(history(t, fresh, backup.HistoryFilter{ServerID: servers[host].ID, Kinds: []backup.HistoryKind{backup.KindBackup}})); n != rounds {
			t.Errorf("history of %s has %d runs, want %d", host, n, rounds)
		}
		srv := servers[host]
		srv.Name += " renamed"
		if _, err := fresh.UpdateServer(t.Context(), srv); err != nil {
			t.Error(err)
		}
		if err := fresh.DeletePoint(t.Context(), list[0].ID); err != nil {
			t.Error(err)
		}
	}
	figure(t, "%d hosts with an agent each, %d rounds at once; a third lists %d runs of each and manages all", len(hosts), rounds, rounds)
	verifyAll(t, config("manager"))
	if left := points(t, fresh, backup.PointFilter{}); len(left) > 0 {
		t.Errorf("left: %+v", left)
	}
}
