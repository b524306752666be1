package provider

import (
	"context"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
)

// service opens the store beside Terraform, to look at it or to change it behind Terraform's back.
func (s accStore) service() *local.Service {
	s.t.Helper()
	svc, err := local.New(local.Config{Repository: s.dir, Password: accPassword, Host: "testhost", User: "tester"})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() {
		if err := svc.Close(context.Background()); err != nil {
			s.t.Error(err)
		}
	})
	return svc
}

// createPolicy makes a policy that Terraform does not know.
func createPolicy(t *testing.T, store accStore, name string) string {
	t.Helper()
	p, err := store.service().CreatePolicy(t.Context(), backup.Policy{
		Name: name, Schedules: []string{"FREQ=DAILY;BYHOUR=1;BYMINUTE=0"}, Timezone: "UTC", Enabled: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// createPoint takes a point that Terraform does not know.
func createPoint(t *testing.T, store accStore, serverID string) {
	t.Helper()
	svc := store.service()
	p, err := svc.StartPoint(t.Context(), backup.PointRequest{ServerID: serverID})
	if err != nil {
		t.Fatal(err)
	}
	p, err = backup.WaitPoint(t.Context(), svc, p, backup.WaitOptions{Interval: 10 * time.Millisecond})
	if err != nil || p.Status != backup.StatusAvailable {
		t.Fatalf("the point is %s: %s, %v", p.Status, p.Error, err)
	}
}

// countPoints counts the points of a server.
func countPoints(t *testing.T, store accStore, serverID string) int {
	t.Helper()
	count := 0
	for _, err := range store.service().Points(t.Context(), backup.PointFilter{ServerID: serverID}) {
		if err != nil {
			t.Fatal(err)
		}
		count++
	}
	return count
}

// deletePoints deletes every point of a store.
func deletePoints(t *testing.T, store accStore) {
	t.Helper()
	svc := store.service()
	for p, err := range svc.Points(t.Context(), backup.PointFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if err := svc.DeletePoint(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// localServer makes a server of the files of a store.
func localServer(t *testing.T, store accStore, service *local.Service) string {
	t.Helper()
	server, err := service.CreateServer(t.Context(), backup.Server{
		Name: "web", Enabled: true, Options: local.ServerOptions{Sources: []string{store.files}, OneFileSystem: true, OnUnreadable: local.UnreadableFails},
	})
	if err != nil {
		t.Fatal(err)
	}
	return server.ID
}
