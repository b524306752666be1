package csbs_test

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
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

// client speaks to an emulator as any client does.
type client struct {
	*testing.T
	e     *csbs.Emulator
	url   string
	token string
}

func newClient(t *testing.T) *client {
	t.Helper()
	e := csbs.New(emulator.NewClock(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
	server := httptest.NewServer(e.Handler())
	t.Cleanup(server.Close)
	return &client{T: t, e: e, url: server.URL + "/v1/" + iam.DefaultAccount().ProjectID, token: e.Tokens.Issue(30 * 24 * time.Hour)}
}

// do sends a request and wants a status.
func (c *client) do(status int, method, path, body string) map[string]any {
	c.Helper()
	req, err := http.NewRequestWithContext(c.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", c.token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		c.Fatal(err)
	}
	defer resp.Body.Close() //nolint:errcheck // read to its end
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		c.Fatal(err)
	}
	if resp.StatusCode != status {
		c.Fatalf("%s %s gets %d %s, want %d", method, path, resp.StatusCode, data, status)
	}
	var out map[string]any
	if len(data) > 0 {
		if err := json.Unmarshal(data, &out); err != nil {
			c.Fatal(err)
		}
	}
	return out
}

// at walks into an answer.
func (c *client) at(v any, path ...any) any {
	c.Helper()
	for _, step := range path {
		switch s := step.(type) {
		case string:
			m, ok := v.(map[string]any)
			if !ok {
				c.Fatalf("there is no %v in %v", s, v)
			}
			v = m[s]
		case int:
			list, ok := v.([]any)
			if !ok || len(list) <= s {
				c.Fatalf("there is no %v in %v", s, v)
			}
			v = list[s]
		}
	}
	return v
}

func (c *client) text(v any, path ...any) string {
	c.Helper()
	text, ok := c.at(v, path...).(string)
	if !ok {
		c.Fatalf("%v is no text", c.at(v, path...))
	}
	return text
}

// want wants an error code.
func (c *client) want(status int, code, method, path, body string) {
	c.Helper()
	if got := c.text(c.do(status, method, path, body), "error_code"); got != code {
		c.Errorf("%s %s gets code %s, want %s", method, path, got, code)
	}
}

const (
	server    = "11111111-1111-4111-8111-111111111111"
	providers = "/providers/" + csbs.ProviderID
	protectIt = providers + "/resources/" + server + "/action"
)

// take takes a backup and returns its item.
func (c *client) take(body string) any {
	c.Helper()
	answer := c.do(http.StatusOK, http.MethodPost, protectIt, `{"protect":`+body+`}`)
	if plan := c.text(answer, "checkpoint", "protection_plan", "id"); !strings.HasPrefix(plan, "fake_") {
		c.Errorf("the plan of a backup by hand is %s, want a made-up one", plan)
	}
	return c.at(c.do(http.StatusOK, http.MethodGet, "/checkpoint_items?checkpoint_id="+c.text(answer, "checkpoint", "id"), ""), "checkpoint_items", 0)
}

func TestBackup(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.e.Plans.Set(server, emulator.Plan{Duration: 10 * time.Minute})
	it := c.take(`{"backup_name":"one","description":"d","incremental":true,"tags":[{"key":"env","value":"prod"}]}`)
	id := c.text(it, "id")
	if c.text(it, "status") != "protecting" || c.text(it, "created_at") != "2026-03-01T12:00:00.000000" {
		t.Errorf("a backup that runs is %v", it)
	}
	c.want(http.StatusInternalServerError, "CSBS.1001", http.MethodPost, protectIt, `{"protect":{}}`)
	c.want(http.StatusBadRequest, "CSBS.2003", http.MethodDelete, providers+"/checkpoints/"+c.text(it, "checkpoint_id"), "")
	c.e.Clock.Advance(5 * time.Minute)
	it = c.at(c.do(http.StatusOK, http.MethodGet, "/checkpoint_items/"+id, ""), "checkpoint_item")
	if got := c.at(it, "extend_info", "progress"); got != 50.0 {
		t.Errorf("half way through the progress is %v", got)
	}
	c.e.Clock.Advance(5 * time.Minute)
	it = c.at(c.do(http.StatusOK, http.MethodGet, "/checkpoint_items/"+id, ""), "checkpoint_item")
	info := c.at(it, "extend_info")
	// The first backup is full, whatever was asked for; mean speeds are floats, and those of disks are integers.
	if speed := c.at(info, "volume_backups", 0, "average_speed"); speed != 30.0 {
		t.Errorf("the speed of a disk is %v", speed)
	}
	if c.text(it, "status") != "available" || c.at(info, "incremental") != false || c.at(info, "average_speed") != 29.9 || c.at(info, "size") != 143360.0 {
		t.Errorf("a backup that ended is %v", it)
	}
	if got := c.at(c.do(http.StatusOK, http.MethodGet, "/checkpoint_items/count?status=available", ""), "count"); got != 1.0 {
		t.Errorf("%v backups are counted", got)
	}
	c.do(http.StatusOK, http.MethodDelete, providers+"/checkpoints/"+c.text(it, "checkpoint_id"), "")
	c.want(http.StatusNotFound, "CSBS.3001", http.MethodGet, "/checkpoint_items/"+id, "")
}

func TestFailedBackup(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.e.Plans.Set(server, emulator.Plan{Fail: "no space"})
	c.take(`{}`)
	it := c.at(c.do(http.StatusOK, http.MethodGet, "/checkpoint_items?status=error", ""), "checkpoint_items", 0)
	if c.text(it, "extend_info", "fail_op") != "backup" || c.text(it, "extend_info", "fail_code", "Description") != "no space" {
		t.Errorf("a backup that failed is %v", it)
	}
	c.want(http.StatusBadRequest, "CSBS.4000", http.MethodPost, "/restores", `{"restore":{"provider_id":"`+csbs.ProviderID+`","checkpoint_id":"`+c.text(it, "checkpoint_id")+
		`","parameters":{"checkpoint_item_id":"`+c.text(it, "id")+`","power_on":true,"targets":{"server_id":"`+server+`","volumes":[]}}}}`)
}

// TestDeletionQueue wants five deletions to run and the rest to wait.
func TestDeletionQueue(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for range 7 {
		c.take(`{}`)
	}
	c.e.Plans.Set("", emulator.Plan{Duration: time.Minute})
	for _, it := range c.e.Items() {
		c.do(http.StatusOK, http.MethodDelete, providers+"/checkpoints/"+it.Checkpoint+"?checkpoint_items="+it.ID, "")
	}
	states := func() map[string]int {
		n := map[string]int{}
		for _, it := range c.e.Items() {
			n[it.Status]++
		}
		return n
	}
	if n := states(); n["deleting"] != 5 || n["waiting_delete"] != 2 {
		t.Errorf("after seven deletions the states are %v", n)
	}
	c.e.Clock.Advance(time.Minute)
	if n := states(); n["deleting"] != 2 || len(n) != 1 {
		t.Errorf("after the first five the states are %v", n)
	}
	c.e.Clock.Advance(time.Minute)
	if n := states(); len(n) != 0 {
		t.Errorf("at the end the states are %v", n)
	}
}

const policyBody = `{"policy":{"name":"NAME","description":"","provider_id":"` + csbs.ProviderID + `","parameters":{"common":{}},
	"resources":[{"id":"` + server + `","type":"OS::Nova::Server","name":"web"}],
	"scheduled_operations":[{"name":"op","enabled":true,"operation_type":"backup",
		"operation_definition":{"max_backups":2,"retention_duration_days":-1,"permanent":false,"day_backups":0,"timezone":"UTC+01:00"},
		"trigger":{"properties":{"pattern":"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:FREQ=DAILY;BYHOUR=3;BYMINUTE=0\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"}}}],
	"tags":[{"key":"env","value":"prod"}]}}`

func TestPolicy(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	p := c.at(c.do(http.StatusOK, http.MethodPost, "/policies", strings.Replace(policyBody, "NAME", "daily", 1)), "policy")
	definition, ok := c.at(p, "scheduled_operations", 0, "operation_definition").(map[string]any)
	if !ok || definition["day_backups"] != nil || definition["max_backups"] != 2.0 || definition["permanent"] != nil || c.text(p, "status") != "suspended" {
		t.Errorf("a policy is %v, want it suspended and without long-term retention", p)
	}
	c.want(http.StatusBadRequest, "CSBS.9007", http.MethodPost, "/policies", strings.Replace(policyBody, "NAME", "daily", 1))
	c.want(http.StatusBadRequest, "CSBS.6004", http.MethodPost, "/policies", strings.Replace(policyBody, "NAME", "other", 1))
	c.want(http.StatusBadRequest, "CSBS.9001", http.MethodPost, "/policies",
		strings.NewReplacer("BYMINUTE=0", "BYMINUTE=0,30", server, "22222222-2222-4222-8222-222222222222").Replace(policyBody))
	c.e.Clock.Advance(5 * 24 * time.Hour)
	items := c.e.Items()
	if len(items) != 2 || items[0].Tags["env"] != "prod" {
		t.Errorf("after five days there are %+v, want the newest two with the tags of the policy", items)
	}
	run := c.do(http.StatusOK, http.MethodPost, providers+"/checkpoints", `{"checkpoint":{"plan_id":"`+c.text(p, "id")+`","parameters":{"auto_trigger":false}}}`)
	if c.text(run, "checkpoint", "extra_info") != `{"created_by": "manual"}` {
		t.Errorf("a run by hand is %v", run)
	}
	c.do(http.StatusOK, http.MethodDelete, "/policies/"+c.text(p, "id"), "")
	c.want(http.StatusNotFound, "CSBS.3000", http.MethodGet, "/policies/"+c.text(p, "id"), "")
}

func TestTags(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	id := c.text(c.take(`{"tags":[{"key":"env","value":"prod"}]}`), "id")
	c.take(`{"tags":[{"key":"env","value":"dev"}]}`)
	query := func(body string) map[string]any {
		return c.do(http.StatusOK, http.MethodPost, "/csbs_backup/resource_instances/action", body)
	}
	for body, n := range map[string]float64{
		`{"action":"count"}`: 2,
		`{"action":"count","tags":[{"key":"env","values":["prod"]}]}`:        1,
		`{"action":"count","tags":[{"key":"env","values":["prod","dev"]}]}`:  2,
		`{"action":"count","tags":[{"key":"env","values":["*ro"]}]}`:         1,
		`{"action":"count","tags_any":[{"key":"no","values":[]}]}`:           0,
		`{"action":"count","not_tags_any":[{"key":"env","values":["dev"]}]}`: 1,
	} {
		if got := c.at(query(body), "total_count"); got != n {
			t.Errorf("%s finds %v, want %v", body, got, n)
		}
	}
	if got := c.text(query(`{"action":"filter","limit":"1","offset":"1"}`), "resources", 0, "resource_detail", "id"); got != id {
		t.Errorf("the second row is %s, want the older backup", got)
	}
	c.want(http.StatusBadRequest, "CSBS.9001", http.MethodPost, "/csbs_backup/resource_instances/action", `{"action":"filter","tags":[]}`)
	c.do(http.StatusNoContent, http.MethodPost, "/csbs_backup/"+id+"/tags", `{"tag":{"key":"env","value":"test"}}`)
	c.do(http.StatusNoContent, http.MethodDelete, "/csbs_backup/"+id+"/tags/env", "")
	c.want(http.StatusNotFound, "CSBS.7001", http.MethodDelete, "/csbs_backup/"+id+"/tags/env", "")
	var many []string
	for i := range 11 {
		many = append(many, `{"key":"k`+string(rune('a'+i))+`","value":""}`)
	}
	c.want(http.StatusBadRequest, "CSBS.7000", http.MethodPost, "/csbs_backup/"+id+"/tags/action", `{"action":"create","tags":[`+strings.Join(many, ",")+`]}`)
}

func TestGateway(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	c.want(http.StatusBadRequest, "CSBS.9001", http.MethodPost, "/providers/other/checkpoints", `{}`)
	c.want(http.StatusNotFound, "APIGW.0101", http.MethodGet, "/operation_logs", "")
	c.url = strings.Replace(c.url, iam.DefaultAccount().ProjectID, "other", 1)
	c.want(http.StatusForbidden, "APIGW.0302", http.MethodGet, "/policies", "")
	c.token = "stale"
	c.want(http.StatusUnauthorized, "APIGW.0301", http.MethodGet, "/policies", "")
}

func TestSeed(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	seed := `{"servers":[{"id":"` + server + `","name":"web","disk_gb":[10]}],"backups":[{"server":"` + server + `","name":"old","days_ago":3,"tags":{"a":"b"}}]}`
	if err := c.e.Plant(strings.NewReader(seed)); err != nil {
		t.Fatal(err)
	}
	it := c.at(c.do(http.StatusOK, http.MethodGet, "/checkpoint_items", ""), "checkpoint_items", 0)
	if c.text(it, "name") != "old" || c.text(it, "created_at") != "2026-02-26T12:00:00.000000" || c.text(it, "extend_info", "resource_name") != "web" {
		t.Errorf("the seed shows as %v", it)
	}
	c.want(http.StatusBadRequest, "CSBS.6000", http.MethodPost, strings.Replace(protectIt, server, "22222222-2222-4222-8222-222222222222", 1), `{"protect":{}}`)
	for _, bad := range []string{`{"server":[]}`, `{"servers":[{"id":"x"}]}`, `{"backups":[{"server":"x"}]}`} {
		if err := c.e.Plant(strings.NewReader(bad)); err == nil {
			t.Errorf("the seed %s is taken", bad)
		}
	}
}

// TestShownRetention: a policy is shown with what was sent, or in the words of the documentation.
func TestShownRetention(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		sent, want string
		quoted     bool
	}{
		"a number":     {sent: `"max_backups":2,"permanent":false`, want: "max_backups:2"},
		"days":         {sent: `"max_backups":-1,"retention_duration_days":7`, want: "max_backups:-1 retention_duration_days:7"},
		"everything":   {sent: `"permanent":true`, want: "permanent:true"},
		"documented":   {sent: `"max_backups":2,"permanent":false`, want: "max_backups:2 permanent:False retention_duration_days:-1", quoted: true},
		"documented 2": {sent: `"permanent":true`, want: "max_backups:-1 permanent:True retention_duration_days:-1", quoted: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newClient(t)
			c.e.Switches.QuotedNumbers = tc.quoted
			body := strings.Replace(policyBody, `"max_backups":2,"retention_duration_days":-1,"permanent":false,"day_backups":0,"timezone":"UTC+01:00"`, tc.sent, 1)
			p := c.do(http.StatusOK, http.MethodPost, "/policies", strings.Replace(body, "NAME", "daily", 1))
			definition, _ := c.at(p, "policy", "scheduled_operations", 0, "operation_definition").(map[string]any)
			delete(definition, "plan_id")
			delete(definition, "provider_id")
			if got := fmt.Sprint(definition); got != "map["+tc.want+"]" {
				t.Errorf("the policy keeps %s, want %s", got, tc.want)
			}
		})
	}
}
