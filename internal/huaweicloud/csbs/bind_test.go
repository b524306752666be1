package csbs_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	emucsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
)

const putPolicy = "PUT /v1/{project}/policies/{policy}"

// bindAll binds servers to a policy at once.
func bindAll(t *testing.T, svc *csbs.Service, policyID string, ids []string) []error {
	t.Helper()
	errs := make([]error, len(ids))
	var group sync.WaitGroup
	for i, id := range ids {
		group.Go(func() {
			_, errs[i] = svc.CreateServer(t.Context(), backup.Server{InstanceID: id, PolicyID: policyID, Enabled: true})
		})
	}
	group.Wait()
	return errs
}

func uuids(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = uuid.NewString()
	}
	return ids
}

func createPolicy(t *testing.T, svc *csbs.Service, name string) backup.Policy {
	t.Helper()
	p, err := svc.CreatePolicy(t.Context(), policy(name))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestTwentyServersAtOnce wants none of the servers to be lost that are bound to one policy at once.
func TestTwentyServersAtOnce(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]*emulator.Fault{
		"in peace":                 nil,
		"an answer is lost":        {Kind: emulator.FaultDropAfter, Method: "PUT", Skip: 1},
		"a request is lost":        {Kind: emulator.FaultDropBefore, Method: "PUT", Skip: 1},
		"the gateway gives up":     {Kind: emulator.FaultStatus, Status: 504, Method: "PUT"},
		"the gateway throttles":    {Kind: emulator.FaultStatus, Status: 429, Method: "PUT", Times: 2, Body: `{"error_code":"APIGW.0308","error_msg":"limit:1"}`},
		"the answer is cut in two": {Kind: emulator.FaultTruncate, Method: "PUT"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCloud(t, func(e *emucsbs.Emulator) { e.Latency = time.Millisecond })
			svc := c.service(t)
			p := createPolicy(t, svc, "shared")
			if fault != nil {
				c.Faults.Inject(*fault)
			}
			ids := uuids(20)
			for i, err := range bindAll(t, svc, p.ID, ids) {
				if err != nil {
					t.Errorf("server %d: %v", i, err)
				}
			}
			slices.Sort(ids)
			read, err := c.service(t).Policy(t.Context(), p.ID)
			if err != nil || !slices.Equal(read.ServerIDs, ids) {
				t.Errorf("%d of 20 servers are bound (%v)", len(read.ServerIDs), err)
			}
			if n := c.Counts.Snapshot().Requests[putPolicy]; n > 5 {
				t.Errorf("20 servers took %d requests; those that wait go together", n)
			}
		})
	}
}

func TestOneBadServerStopsNoOther(t *testing.T) {
	t.Parallel()
	c := newCloud(t, func(e *emucsbs.Emulator) { e.Latency = time.Millisecond })
	svc := c.service(t)
	p := createPolicy(t, svc, "shared")
	ids := uuids(8)
	for _, id := range ids[1:] {
		c.AddServer(id, emucsbs.Server{Name: "web", DiskGB: []int{40}})
	}
	for i, err := range bindAll(t, svc, p.ID, ids) {
		if (i == 0) != errors.Is(err, backup.ErrNotFound) {
			t.Errorf("server %d: %v; only the first is unknown to the cloud", i, err)
		}
	}
	if read, err := svc.Policy(t.Context(), p.ID); err != nil || len(read.ServerIDs) != 7 {
		t.Errorf("%d of 7 servers are bound (%v)", len(read.ServerIDs), err)
	}
}

func TestUnbindAndBindAtOnce(t *testing.T) {
	t.Parallel()
	c := newCloud(t, func(e *emucsbs.Emulator) { e.Latency = time.Millisecond })
	svc := c.service(t)
	p := createPolicy(t, svc, "shared")
	old, added := uuids(5), uuids(5)
	for _, err := range bindAll(t, svc, p.ID, old) {
		if err != nil {
			t.Fatal(err)
		}
	}
	var group sync.WaitGroup
	for _, id := range old {
		group.Go(func() {
			if err := svc.DeleteServer(t.Context(), id, backup.PointsKeep); err != nil {
				t.Error(err)
			}
		})
	}
	group.Go(func() {
		changed := p
		changed.Description = "changed meanwhile"
		if _, err := svc.UpdatePolicy(t.Context(), changed); err != nil {
			t.Error(err)
		}
	})
	for _, err := range bindAll(t, svc, p.ID, added) {
		if err != nil {
			t.Error(err)
		}
	}
	group.Wait()
	slices.Sort(added)
	read, err := svc.Policy(t.Context(), p.ID)
	if err != nil || !slices.Equal(read.ServerIDs, added) || read.Description != "changed meanwhile" {
		t.Errorf("the policy has servers %q and description %q (%v), want %q", read.ServerIDs, read.Description, err, added)
	}
}

func TestServerLimits(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	first, second := createPolicy(t, svc, "first"), createPolicy(t, svc, "second")
	for _, err := range bindAll(t, svc, first.ID, uuids(64)) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := bindAll(t, svc, first.ID, uuids(1))[0]; !errors.Is(err, backup.ErrQuota) {
		t.Errorf("the 65th server of a policy: %v, want a quota", err)
	}

	srv := c.bind(t, svc, second.ID)
	if err := bindAll(t, svc, second.ID, []string{srv.ID})[0]; !errors.Is(err, backup.ErrConflict) || !strings.Contains(err.Error(), "Import") {
		t.Errorf("a server that is bound already: %v, want a conflict that speaks of import", err)
	}
	moved := srv
	moved.PolicyID = first.ID
	if _, err := svc.UpdateServer(t.Context(), moved); !errors.Is(err, backup.ErrQuota) {
		t.Errorf("a move to a full policy: %v, want a quota", err)
	}
	if read, err := svc.Server(t.Context(), srv.ID); err != nil || read.PolicyID != second.ID {
		t.Errorf("after a refused move the server uses %q (%v), want its old policy", read.PolicyID, err)
	}
}

// TestMoveThatFails wants a server whose new policy refuses it to have its old one again.
func TestMoveThatFails(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	svc := c.service(t)
	from, to := createPolicy(t, svc, "from"), createPolicy(t, svc, "to")
	srv := c.bind(t, svc, from.ID)
	c.Faults.Inject(emulator.Fault{
		Kind: emulator.FaultStatus, Method: "PUT", Path: to.ID, Status: 400, Body: `{"error_code":"CSBS.6006","error_msg":"The status of the server is not allowed."}`,
	})
	srv.PolicyID = to.ID
	if _, err := svc.UpdateServer(t.Context(), srv); err == nil || !strings.Contains(err.Error(), "not allowed") {
		t.Errorf("the move ends with %v", err)
	}
	if read, err := svc.Server(t.Context(), srv.ID); err != nil || read.PolicyID != from.ID {
		t.Errorf("the server uses policy %q (%v), want the old one", read.PolicyID, err)
	}
}
