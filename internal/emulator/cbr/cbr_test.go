package cbr_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

const (
	web = "11111111-1111-4111-8111-111111111111"
	db  = "22222222-2222-4222-8222-222222222222"
)

// client talks to an emulator as any client of the service would.
type client struct {
	*testing.T
	*cbr.Emulator
	base, token string
}

func newClient(t *testing.T, options cbr.Options) *client {
	t.Helper()
	base := emulator.New(emulator.NewClock(time.Date(2026, 7, 5, 9, 0, 0, 0, time.UTC)))
	e := cbr.New(base, options)
	account := iam.DefaultAccount()
	server := httptest.NewServer(e.Handler(iam.New(base, account)))
	t.Cleanup(server.Close)
	return &client{T: t, Emulator: e, base: server.URL + "/v3/" + account.ProjectID, token: base.Tokens.Issue(time.Hour * 24 * 365)}
}

// call sends a request and returns its status and answer.
func (c *client) call(method, path, body string) (int, map[string]any) {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.base+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", c.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.Fatal(err)
	}
	answer := map[string]any{}
	if len(raw) > 0 && json.Unmarshal(raw, &answer) != nil {
		c.Fatalf("%s %s answers %q", method, path, raw)
	}
	return resp.StatusCode, answer
}

// ok returns a member of the answer to a call that must succeed.
func (c *client) ok(method, path, body, member string) map[string]any {
	c.Helper()
	status, answer := c.call(method, path, body)
	if status != http.StatusOK {
		c.Fatalf("%s %s answers %d %v", method, path, status, answer)
	}
	out, _ := answer[member].(map[string]any)
	return out
}

// refused wants a call to fail with a status and a code.
func (c *client) refused(what, method, path, body string, status int, code string) {
	c.Helper()
	got, answer := c.call(method, path, body)
	if text := fmt.Sprint(answer); got != status || !strings.Contains(text, code) {
		c.Errorf("%s: %s %s answers %d %s, want %d %s", what, method, path, got, text, status, code)
	}
}

func (c *client) vault(resources ...string) string {
	c.Helper()
	entries := []string{}
	for _, id := range resources {
		entries = append(entries, `{"id":"`+id+`","type":"OS::Nova::Server"}`)
	}
	v := c.ok("POST", "/vaults", `{"vault":{"name":"vault","resources":[`+strings.Join(entries, ",")+`],
		"billing":{"consistent_level":"crash_consistent","object_type":"server","protect_type":"backup","size":100}}}`, "vault")
	return fmt.Sprint(v["id"])
}

func (c *client) policy(pattern string) string {
	c.Helper()
	p := c.ok("POST", "/policies", `{"policy":{"name":"policy","operation_type":"backup","operation_definition":{"max_backups":2,"timezone":"UTC+01:00"},
		"trigger":{"properties":{"pattern":["`+pattern+`"]}}}}`, "policy")
	return fmt.Sprint(p["id"])
}

func (c *client) run(vault, server string) map[string]any {
	c.Helper()
	return c.ok("POST", "/checkpoints", `{"checkpoint":{"vault_id":"`+vault+`","parameters":{"resources":["`+server+`"]}}}`, "checkpoint")
}

func (c *client) backups(query string) []any {
	c.Helper()
	_, answer := c.call("GET", "/backups"+query, "")
	list, _ := answer["backups"].([]any)
	return list
}

func TestGateway(t *testing.T) {
	t.Parallel()
	c := newClient(t, cbr.Options{})
	c.refused("unknown path", "GET", "/nothing", "", 404, "APIGW.0101")
	c.refused("malformed id", "GET", "/backups/no-such-id", "", 401, "Malformed request url")
	c.refused("Huawei's own call", "GET", "/storage_usage", "", 404, "APIGW.0101")
	c.token = "stale"
	c.refused("bad token", "GET", "/vaults", "", 401, "APIGW.0301")
	h := newClient(t, cbr.Options{Huawei: true})
	if status, answer := h.call("GET", "/storage_usage", ""); status != 200 || answer["resource_count"] != 0.0 {
		t.Errorf("storage_usage on Huawei Cloud: %d %v", status, answer)
	}
	h.run(h.vault(web), web)
	if list := h.backups("?enterprise_project_id=0"); len(list) != 1 || list[0].(map[string]any)["enterprise_project_id"] != "0" { //nolint:forcetypeassert // a panic is a failure, too
		t.Errorf("the backups of Huawei Cloud are %v, want an enterprise project in quotes", list)
	}
}

func TestVaultRefusals(t *testing.T) {
	t.Parallel()
	c := newClient(t, cbr.Options{})
	vault, other := c.vault(web), c.vault()
	policy, second := c.policy("FREQ=DAILY;BYHOUR=1;BYMINUTE=00"), c.policy("FREQ=DAILY;BYHOUR=2;BYMINUTE=00")
	c.refused("no size", "POST", "/vaults", `{"vault":{"name":"x","resources":[]}}`, 400, "BackupService.9900")
	c.refused("taken server", "POST", "/vaults/"+other+"/addresources", `{"resources":[{"id":"`+web+`","type":"OS::Nova::Server"}]}`, 400, "BackupService.6103")
	c.refused("absent server", "POST", "/vaults/"+vault+"/removeresources", `{"resource_ids":["`+db+`"]}`, 400, "BackupService.6135")
	c.refused("unknown policy", "POST", "/vaults/"+vault+"/associatepolicy", `{"policy_id":"x"}`, 404, "BackupService.6000")
	c.Plans.Set("", emulator.Plan{Duration: time.Minute})
	c.call("POST", "/vaults/"+other+"/addresources", `{"resources":[{"id":"`+db+`","type":"OS::Nova::Server"}]}`)
	c.call("POST", "/vaults/"+other+"/removeresources", `{"resource_ids":["`+db+`"]}`)
	if v := c.ok("GET", "/vaults/"+other, "", "vault"); fmt.Sprint(v["resources"]) != "[]" {
		t.Errorf("a server without backups that was taken out is still there: %v", v["resources"])
	}
	c.ok("POST", "/vaults/"+vault+"/associatepolicy", `{"policy_id":"`+policy+`"}`, "associate_policy")
	c.refused("second policy", "POST", "/vaults/"+vault+"/associatepolicy", `{"policy_id":"`+second+`"}`, 400, "BackupService.6110")
	c.refused("other policy", "POST", "/vaults/"+vault+"/dissociatepolicy", `{"policy_id":"`+second+`"}`, 404, "BackupService.6002")
	c.ok("PUT", "/vaults/"+vault, `{"vault":{"locked":true}}`, "vault")
	c.refused("unlock", "PUT", "/vaults/"+vault, `{"vault":{"locked":false}}`, 400, "BackupService.6220")
	c.refused("unknown vault", "GET", "/vaults/"+web, "", 404, "BackupService.6105")
	p := c.ok("GET", "/policies/"+policy, "", "policy")
	if vaults := fmt.Sprint(p["associated_vaults"]); !strings.Contains(vaults, vault) {
		t.Errorf("the policy has vaults %s", vaults)
	}
}

func TestPolicyRefusals(t *testing.T) {
	t.Parallel()
	c := newClient(t, cbr.Options{NoEmptySchedule: true})
	for name, policy := range map[string]string{
		"no timezone":   `"operation_definition":{"max_backups":1},"trigger":{"properties":{"pattern":["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]}}`,
		"days and more": `"operation_definition":{"max_backups":1,"retention_duration_days":1,"timezone":"UTC+00:00"},"trigger":{"properties":{"pattern":["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]}}`,
		"monthly":       `"trigger":{"properties":{"pattern":["FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0"]}}`,
		"too close":     `"trigger":{"properties":{"pattern":["FREQ=DAILY;BYHOUR=1;BYMINUTE=0","FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=30"]}}`,
		"no rules":      `"trigger":{"properties":{"pattern":[]}}`,
	} {
		c.refused(name, "POST", "/policies", `{"policy":{"name":"p","operation_type":"backup",`+policy+`}}`, 400, "BackupService.9900")
	}
	h := newClient(t, cbr.Options{Huawei: true})
	const start = `{"policy":{"name":"p","operation_type":"backup","trigger":{"properties":{"pattern":["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]}},"operation_definition":`
	h.ok("POST", "/policies", start+`{"retention_duration_days":7}}}`, "policy")
	h.refused("periods without a timezone on Huawei Cloud", "POST", "/policies", start+`{"day_backups":7}}}`, 400, "BackupService.9900")
	h.refused("bad timezone on Huawei Cloud", "POST", "/policies", start+`{"max_backups":7,"timezone":"Berlin"}}}`, 400, "BackupService.9900")
	c.refused("bad name", "POST", "/policies", `{"policy":{"name":"a b","operation_type":"backup","trigger":{"properties":{"pattern":["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]}}}}`, 400, "BackupService.9900")
	for range 32 {
		c.policy("FREQ=DAILY;BYHOUR=1;BYMINUTE=00")
	}
	c.refused("33 policies", "POST", "/policies", `{"policy":{"name":"p","operation_type":"backup","trigger":{"properties":{"pattern":["FREQ=DAILY;BYHOUR=1;BYMINUTE=0"]}}}}`, 400, "BackupService.6001")
}

func TestBackupLife(t *testing.T) {
	t.Parallel()
	c := newClient(t, cbr.Options{})
	c.Plans.Set("", emulator.Plan{Duration: time.Minute})
	vault := c.vault(web)
	run := c.run(vault, web)
	if run["status"] != "protecting" || !strings.Contains(fmt.Sprint(run["vault"]), "skipped_resources") {
		t.Errorf("checkpoint %v", run)
	}
	if !strings.Contains(fmt.Sprint(run["vault"]), "extra_info:{}") {
		t.Errorf("extra_info of a server in a checkpoint is no string: %v", run["vault"])
	}
	shown := c.ok("GET", "/checkpoints/"+fmt.Sprint(run["id"]), "", "checkpoint")
	if shown["extra_info"] != nil || strings.Contains(fmt.Sprint(shown["vault"]), "skipped_resources") {
		t.Errorf("the checkpoint is shown with more than the service shows: %v", shown)
	}
	list := c.backups("?checkpoint_id=" + fmt.Sprint(run["id"]))
	if len(list) != 1 {
		t.Fatalf("%d backups, want 1", len(list))
	}
	first, _ := list[0].(map[string]any)
	if first["enterprise_project_id"] != 0.0 {
		t.Errorf("the enterprise project is %v, want a number", first["enterprise_project_id"])
	}
	id := fmt.Sprint(first["id"])
	if first["status"] != "protecting" || !strings.HasPrefix(fmt.Sprint(first["name"]), "manualbk_") || first["created_at"] != "2026-07-05T09:00:00.000+00:00" || len(first["children"].([]any)) != 0 { //nolint:forcetypeassert // a panic is a failure, too
		t.Errorf("backup %v", first)
	}
	body := `{"checkpoint":{"vault_id":"` + vault + `","parameters":{"resources":["` + web + `"]}}}`
	c.refused("busy server", "POST", "/checkpoints", body, 400, "BackupService.0001")
	c.refused("running backup", "DELETE", "/backups/"+id, "", 400, "BackupService.6201")
	c.refused("server with a running backup", "POST", "/vaults/"+vault+"/removeresources", `{"resource_ids":["`+web+`"]}`, 400, "BackupService.6203")
	c.refused("restore of a running backup", "POST", "/backups/"+id+"/restore", `{"restore":{"server_id":"`+web+`"}}`, 400, "BackupService.2005")
	c.Clock.Advance(time.Minute)
	b := c.ok("GET", "/backups/"+id, "", "backup")
	if children, _ := b["children"].([]any); b["status"] != "available" || len(children) != 2 || b["resource_size"] != 140.0 {
		t.Errorf("backup %v", b)
	}
	full := `{"checkpoint":{"vault_id":"` + vault + `","parameters":{"incremental":false,"resources":["` + web + `"]}}}`
	c.refused("second full one", "POST", "/checkpoints", full, 400, "BackupService.9900")
	c.refused("restore without disks", "POST", "/backups/"+id+"/restore", `{"restore":{"server_id":"`+web+`"}}`, 400, "BackupService.2012")
	c.run(vault, web)
	c.refused("newest while the next is made", "DELETE", "/backups/"+id, "", 400, "BackupService.6216")
	c.Clock.Advance(time.Minute)
	if status, _ := c.call("DELETE", "/backups/"+id, ""); status != http.StatusNoContent {
		t.Errorf("DELETE answers %d", status)
	}
	c.Clock.Advance(time.Minute)
	c.refused("deleted backup", "GET", "/backups/"+id, "", 404, "BackupService.6200")
	_, answer := c.call("GET", "/operation-logs?operation_type=backup&status=success", "")
	if logs, _ := answer["operation_logs"].([]any); len(logs) != 2 || answer["count"] != 2.0 {
		t.Errorf("operation logs %v", answer)
	}
	if got := c.Counts.Snapshot().Backups[web]; got != 2 {
		t.Errorf("%d backups were counted, want 2", got)
	}

	if status, _ := c.call("POST", "/vaults/"+vault+"/removeresources", `{"resource_ids":["`+web+`"]}`); status != 200 {
		t.Errorf("removeresources answers %d", status)
	}
	if v := c.ok("GET", "/vaults/"+vault, "", "vault"); !strings.Contains(fmt.Sprint(v["resources"]), "protect_status:removing") {
		t.Errorf("a server whose backups are being deleted is %v, want it removing", v["resources"])
	}
	c.Clock.Advance(time.Minute)
	if left := c.backups(""); len(left) != 0 {
		t.Errorf("backups of a removed server are left: %v", left)
	}
}

// TestCheckpointGoesWithItsBackups: other clients delete a checkpoint by its backups, and look at it until it
// is not found.
func TestCheckpointGoesWithItsBackups(t *testing.T) {
	t.Parallel()
	c := newClient(t, cbr.Options{})
	c.Plans.Set("", emulator.Plan{Duration: time.Minute})
	vault := c.vault(web, db)
	run := c.ok("POST", "/checkpoints", `{"checkpoint":{"vault_id":"`+vault+`","parameters":{}}}`, "checkpoint")
	path := "/checkpoints/" + fmt.Sprint(run["id"])
	c.Clock.Advance(time.Minute)
	list := c.backups("?checkpoint_id=" + fmt.Sprint(run["id"]))
	if len(list) != 2 {
		t.Fatalf("the checkpoint has %d backups, want 2", len(list))
	}
	remove := func(row any) (server string) {
		b, _ := row.(map[string]any)
		if status, _ := c.call("DELETE", "/backups/"+fmt.Sprint(b["id"]), ""); status != http.StatusNoContent {
			t.Errorf("DELETE answers %d", status)
		}
		return fmt.Sprint(b["resource_id"])
	}
	gone := remove(list[0])
	if shown := c.ok("GET", path, "", "checkpoint"); shown["status"] != "deleting" {
		t.Errorf("a checkpoint with a backup that is being deleted is %v", shown)
	}
	c.Clock.Advance(time.Minute)
	if shown := c.ok("GET", path, "", "checkpoint"); shown["status"] != "available" || strings.Contains(fmt.Sprint(shown["vault"]), gone) {
		t.Errorf("a checkpoint with one backup left is %v", shown)
	}
	last := remove(list[1])
	c.refused("a second deletion", "DELETE", "/backups/"+fmt.Sprint(list[1].(map[string]any)["id"]), "", 400, "BackupService.6201") //nolint:forcetypeassert // a panic is a failure, too
	c.Clock.Advance(time.Minute)
	c.refused("checkpoint of "+last+" without backups", "GET", path, "", 404, "BackupService.6217")
}

// TestFailedDeletion: what could not be deleted is there, and the checkpoint with it.
func TestFailedDeletion(t *testing.T) {
	t.Parallel()
	for status, options := range map[string]cbr.Options{"error": {}, "available": {SurvivorsAvailable: true}} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			c := newClient(t, options)
			vault := c.vault(web)
			run := c.run(vault, web)
			b, _ := c.backups("")[0].(map[string]any)
			path := "/backups/" + fmt.Sprint(b["id"])
			still := func(what string) {
				t.Helper()
				if b := c.ok("GET", path, "", "backup"); b["status"] != status {
					t.Errorf("%s: the backup is %v, want %s", what, b["status"], status)
				}
			}
			c.Plans.Set("delete "+web, emulator.Plan{Fail: "away"})
			c.call("DELETE", path, "")
			still("after its deletion failed")
			c.ok("GET", "/checkpoints/"+fmt.Sprint(run["id"]), "", "checkpoint")
			c.Plans.Set("remove_resource "+web, emulator.Plan{Fail: "away"})
			c.call("POST", "/vaults/"+vault+"/removeresources", `{"resource_ids":["`+web+`"]}`)
			still("after the removal of its server failed")
			c.Plans.Set("vault_delete "+vault, emulator.Plan{Fail: "away"})
			c.call("DELETE", "/vaults/"+vault, "")
			still("after the deletion of its vault failed")
		})
	}
}

// TestDiskVault: other clients have vaults of disks, which are none of ours.
func TestDiskVault(t *testing.T) {
	t.Parallel()
	c := newClient(t, cbr.Options{})
	vault := func(kind, object, id string) string {
		return `{"vault":{"name":"vault","resources":[{"id":"` + id + `","type":"` + kind + `"}],
			"billing":{"consistent_level":"crash_consistent","object_type":"` + object + `","protect_type":"backup","size":100}}}`
	}
	c.refused("server among disks", "POST", "/vaults", vault("OS::Nova::Server", "disk", db), 400, "BackupService.6102")
	c.refused("unknown kind", "POST", "/vaults", vault("OS::Sfs::Turbo", "turbo", db), 400, "BackupService.6102")
	servers := c.vault(web)
	v := c.ok("POST", "/vaults", vault("OS::Cinder::Volume", "disk", db), "vault")
	id := fmt.Sprint(v["id"])
	if billing, _ := v["billing"].(map[string]any); billing["object_type"] != "disk" || billing["allocated"] != 10.0 {
		t.Errorf("the vault is billed as %v, want a disk of 10 GB", billing)
	}
	for object, want := range map[string]string{"disk": id, "server": servers} {
		_, answer := c.call("GET", "/vaults?object_type="+object, "")
		if list := fmt.Sprint(answer["vaults"]); answer["count"] != 1.0 || !strings.Contains(list, want) {
			t.Errorf("the vaults of type %s are %v, want %s", object, answer, want)
		}
	}
	c.run(id, db)
	c.run(servers, web)
	c.Clock.Advance(time.Hour)
	list := c.backups("?resource_type=OS::Cinder::Volume")
	if len(list) != 1 {
		t.Fatalf("there are %d backups of disks, want 1", len(list))
	}
	b, _ := list[0].(map[string]any)
	if b["resource_id"] != db || b["status"] != "available" {
		t.Errorf("the backup of a disk is %v", b)
	}
	c.refused("restore of a disk", "POST", "/backups/"+fmt.Sprint(b["id"])+"/restore", `{"restore":{"server_id":"`+web+`"}}`, 400, "BackupService.6102")
	if list := c.backups("?resource_az=eu-de-02"); len(list) != 0 {
		t.Errorf("another zone has the backups %v", list)
	}
}

// Policies run as the clock moves, in UTC, and keep what their retention says.
func TestPolicyRuns(t *testing.T) {
	t.Parallel()
	c := newClient(t, cbr.Options{})
	vault := c.vault(web, db)
	policy := c.policy("FREQ=WEEKLY;BYDAY=MO,TU,WE;BYHOUR=1,13;BYMINUTE=30")
	c.ok("POST", "/vaults/"+vault+"/associatepolicy", `{"policy_id":"`+policy+`"}`, "associate_policy")
	c.run(vault, web)
	c.Clock.Advance(7 * 24 * time.Hour)
	_ = c.backups("")
	_, answer := c.call("GET", "/operation-logs?operation_type=backup", "")
	if answer["count"] != 13.0 {
		t.Errorf("%v runs, want one by hand and two a day on three days for two servers", answer["count"])
	}
	automatic := map[string]int{}
	for _, row := range c.backups("?status=available") {
		b, _ := row.(map[string]any)
		if info, _ := b["extend_info"].(map[string]any); info["auto_trigger"] == true {
			automatic[fmt.Sprint(b["created_at"])]++
		}
	}
	if len(automatic) != 2 || automatic["2026-07-08T13:30:00.000+00:00"] != 2 || automatic["2026-07-08T01:30:00.000+00:00"] != 2 {
		t.Errorf("automatic backups at %v, want the last two of each server", automatic)
	}
	if manual := c.backups("?resource_id=" + web + "&sort=created_at:asc&limit=1"); !strings.Contains(fmt.Sprint(manual), "auto_trigger:false") {
		t.Errorf("the oldest backup is %v, want the one by hand", manual)
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	c := newClient(t, cbr.Options{})
	c.Seed(iam.DefaultAccount().ProjectID, cbr.Seeded{Vaults: 1, ServersPerVault: 2, BackupsPerServer: 600})
	_, answer := c.call("GET", "/backups?offset=1000", "")
	if list, _ := answer["backups"].([]any); len(list) != 200 || answer["count"] != 1200.0 {
		t.Errorf("the second page has %d of %v", len(list), answer["count"])
	}
	for _, query := range []string{"?limit=0", "?limit=1001", "?offset=-1", "?start_time=2018-02-01", "?sort=size", "?marker=" + web} {
		c.refused(query, "GET", "/backups"+query, "", 400, "BackupService.9900")
	}
	if list := c.backups("?status=error&status=available&limit=5"); len(list) != 5 {
		t.Errorf("two states find %d", len(list))
	}
	if list := c.backups("?start_time=2026-07-05T07:30:00Z&end_time=2026-07-05T08:00:00Z"); len(list) != 2 {
		t.Errorf("half an hour has %d backups, want 2", len(list))
	}
}
