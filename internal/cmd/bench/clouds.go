package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
	emulatedcbr "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	emulatedcsbs "github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud"
)

// latency is how long every request takes while something is measured.
const latency = 20 * time.Millisecond

// cloud is an emulated service that listens.
type cloud struct {
	*emulator.Emulator
	server *httptest.Server
	// block is the provider block.
	block string
	// svc is the service beside Terraform.
	svc backup.Service
	// serverBody is what a server has in a configuration.
	serverBody func(backup.Server) string
	// policyBody is the rest of each policy, and policies how many there can be beside those that the servers need.
	policyBody string
	policies   int
}

// plant makes a cloud with servers and so many points of each.
type plant func(ctx context.Context, servers, points int) (*cloud, error)

func plantCenter(_ context.Context, servers, points int) (*cloud, error) {
	center := backupcenter.New(backupcenter.Options{Clock: emulator.RunningClock()})
	var seed backupcenter.Seed
	for i := range servers {
		srv := backupcenter.SeedServer{Name: fmt.Sprintf("web-%04d", i)}
		for n := range points {
			srv.Points = append(srv.Points, backupcenter.SeedPoint{Age: fmt.Sprintf("%dh", points-n), Cadence: "daily"})
		}
		seed.Servers = append(seed.Servers, srv)
	}
	if _, _, err := center.Plant(seed); err != nil {
		return nil, err
	}
	c := listen(center.Emulator, center)
	at := c.server.URL
	c.block = fmt.Sprintf("client_id = \"emulator\"\n client_secret = \"emulator\"\n iam_endpoint = %q\n backup_endpoint = %q\n vserver_endpoint = %q",
		at+backupcenter.IAMPath, at+backupcenter.BackupPath, at+backupcenter.VServerPath)
	c.serverBody = func(s backup.Server) string { return fmt.Sprintf("instance_id = %q", s.InstanceID) }
	c.policyBody, c.policies = "\n  retention = { daily = 1 }", 50
	var err error
	c.svc, err = vngcloud.New(vngcloud.Config{
		ClientID: "emulator", ClientSecret: "emulator",
		IAMEndpoint: at + backupcenter.IAMPath, BackupEndpoint: at + backupcenter.BackupPath, VServerEndpoint: at + backupcenter.VServerPath,
	})
	return c, err
}

// csbsPolicies are those that share the servers.
const csbsPolicies = 50

func plantCSBS(ctx context.Context, servers, points int) (*cloud, error) {
	e := emulatedcsbs.New(emulator.RunningClock())
	e.MaxPolicies, e.MaxBackups = -1, -1
	c := listen(e.Emulator, e.Handler())
	c.block = huaweicloudBlock(c.server.URL)
	c.serverBody = func(s backup.Server) string {
		return fmt.Sprintf("instance_id = %q\n  policy_id = %q\n  points_on_destroy = \"keep\"", s.InstanceID, s.PolicyID)
	}
	var err error
	if c.svc, err = csbs.New(csbs.Config{Config: huaweicloudConfig(c.server.URL), ReadCache: time.Minute}); err != nil {
		return nil, err
	}
	var bound errgroup.Group
	bound.SetLimit(64)
	for i := range csbsPolicies {
		p, err := c.svc.CreatePolicy(ctx, benchPolicy(fmt.Sprintf("policy-%d", i)))
		if err != nil {
			return nil, err
		}
		for range servers / csbsPolicies {
			id := uuid.NewString()
			bound.Go(func() error {
				_, err := c.svc.CreateServer(ctx, backup.Server{InstanceID: id, PolicyID: p.ID, Enabled: true})
				return err
			})
			for n := range points {
				if _, err := e.AddBackup(id, "", e.Clock.Now().Add(-time.Duration(n+1)*time.Hour), nil); err != nil {
					return nil, err
				}
			}
		}
	}
	return c, bound.Wait()
}

// cbrVaults share the servers.
const cbrVaults = 4

func plantCBR(_ context.Context, servers, points int) (*cloud, error) {
	base := emulator.New(emulator.RunningClock())
	account := iam.DefaultAccount()
	e := emulatedcbr.New(base, emulatedcbr.Options{})
	e.Seed(account.ProjectID, emulatedcbr.Seeded{Vaults: cbrVaults, ServersPerVault: servers / cbrVaults, BackupsPerServer: points})
	c := listen(base, e.Handler(iam.New(base, account)))
	c.block = huaweicloudBlock(c.server.URL)
	c.serverBody = func(s backup.Server) string {
		return fmt.Sprintf("instance_id = %q\n  location_id = %q\n  points_on_destroy = \"delete\"", s.InstanceID, s.LocationID)
	}
	c.policies = 32 // the quota of a project
	var err error
	c.svc, err = cbr.New(cbr.Config{Config: huaweicloudConfig(c.server.URL)})
	return c, err
}

func listen(e *emulator.Emulator, handler http.Handler) *cloud {
	return &cloud{Emulator: e, server: httptest.NewServer(handler)}
}

func huaweicloudBlock(at string) string {
	return fmt.Sprintf("auth_url = %q\n region = \"eu-de\"\n user_name = \"emulator\"\n password = \"emulator\"\n domain_name = \"emulator\"", at+"/v3")
}

func huaweicloudConfig(at string) huaweicloud.Config {
	return huaweicloud.Config{AuthURL: at, Region: "eu-de", UserName: "emulator", Password: "emulator", DomainName: "emulator"}
}

func benchPolicy(name string) backup.Policy {
	return backup.Policy{
		Name: name, Timezone: "UTC", Enabled: true, Schedules: []string{benchRule},
	}
}

const benchRule = "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"

// configuration has what the service lists, each with an import.
func (c *cloud) configuration(ctx context.Context, service string, withPoints bool) (text string, servers, points, policies int, err error) {
	var out strings.Builder
	add := func(kind, id, body string) {
		n := servers + points + policies
		fmt.Fprintf(&out, "\nresource \"serverbackup_%s\" \"r%d\" {\n  %s\n}\nimport {\n  to = serverbackup_%s.r%d\n  id = %q\n}\n", kind, n, body, kind, n, id)
	}
	for i := range c.policies {
		p := benchPolicy(fmt.Sprintf("more-%d", i))
		if service == vngcloud.ServiceName {
			p.Retention = &backup.Retention{Daily: new(int64(1))}
		}
		if _, err := c.svc.CreatePolicy(ctx, p); err != nil {
			return "", 0, 0, 0, err
		}
	}
	c.policies = 0 // They are there now.
	for p, err := range c.svc.Policies(ctx) {
		if err != nil {
			return "", 0, 0, 0, err
		}
		if p.Default != nil && *p.Default {
			continue
		}
		add("policy", p.ID, fmt.Sprintf("name = %q\n  schedules = [%q]%s", p.Name, benchRule, c.policyBody))
		policies++
	}
	for s, err := range c.svc.Servers(ctx) {
		if err != nil {
			return "", 0, 0, 0, err
		}
		add("server", s.ID, c.serverBody(s))
		servers++
	}
	if !withPoints {
		return out.String(), servers, points, policies, nil
	}
	for p, err := range c.svc.Points(ctx, backup.PointFilter{}) {
		if err != nil {
			return "", 0, 0, 0, err
		}
		add("point", p.ID, fmt.Sprintf("server_id = %q", p.ServerID))
		points++
	}
	return out.String(), servers, points, policies, nil
}
