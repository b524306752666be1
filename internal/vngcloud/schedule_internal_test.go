package vngcloud

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

// withHours are the documented limits with 23:00 switched off.
func withHours() limits {
	l := documented()
	l.disabled = map[int]bool{23: true}
	return l
}

// TestSlots is the contract of which schedules this service can run.
func TestSlots(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		rules string // separated by blanks
		want  string // hour:minute and cadences with what they have, or
		not   string // what the problem says
	}{
		{rules: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0", want: `1:0 daily{}`},
		{rules: "FREQ=HOURLY;INTERVAL=6;BYMINUTE=30", want: `0:30 hourly{"interval":6}`},
		{rules: "FREQ=DAILY;BYHOUR=1,7,13,19;BYMINUTE=0", want: `1:0 hourly{"interval":6}`},
		{rules: "FREQ=DAILY;BYHOUR=3,15;BYMINUTE=0", want: `3:0 hourly{"interval":12}`},
		{rules: "FREQ=DAILY;BYHOUR=7,15,23;BYMINUTE=0", want: `7:0 hourly{"interval":8}`},
		{rules: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0 FREQ=DAILY;BYHOUR=1,7,13,19;BYMINUTE=0", want: `1:0 hourly{"interval":6} daily{}`},
		{rules: "FREQ=DAILY;BYHOUR=13;BYMINUTE=0 FREQ=DAILY;BYHOUR=1,7,13,19;BYMINUTE=0", want: `13:0 hourly{"interval":6} daily{}`},
		{rules: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=5;BYMINUTE=0", want: `5:0 weekly{"dayOfWeek":7}`},
		{rules: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=5;BYMINUTE=0", want: `5:0 weekly{"dayOfWeek":1}`},
		{rules: "FREQ=MONTHLY;BYMONTHDAY=31;BYHOUR=5;BYMINUTE=0", want: `5:0 monthly{"type":"DAY_OF_MONTH","dayOfMonth":31}`},
		{rules: "FREQ=MONTHLY;BYDAY=2TU;BYHOUR=5;BYMINUTE=0", want: `5:0 monthly{"type":"DAY_OF_WEEK","dayOfWeek":2,"weekOfMonth":2}`},

		{rules: "FREQ=HOURLY;INTERVAL=3;BYMINUTE=0", not: "FREQ=HOURLY;INTERVAL=4;BYMINUTE=0"},
		{rules: "FREQ=HOURLY;BYMINUTE=0", not: "FREQ=HOURLY;INTERVAL=4;BYMINUTE=0"},
		{rules: "FREQ=HOURLY;INTERVAL=24;BYMINUTE=0", not: "FREQ=DAILY;BYHOUR=0;BYMINUTE=0"},
		{rules: "FREQ=HOURLY;INTERVAL=6;BYDAY=MO;BYMINUTE=0", not: "FREQ=HOURLY;INTERVAL=6;BYMINUTE=0"},
		{rules: "FREQ=DAILY;BYHOUR=8,12,16;BYMINUTE=0", not: "FREQ=HOURLY;INTERVAL=8;BYMINUTE=0"},
		{rules: "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=0", not: "FREQ=DAILY;BYHOUR=1,5,9,13,17,21;BYMINUTE=0"},
		{rules: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0,30", not: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0"},
		{rules: "FREQ=DAILY;BYDAY=MO,TU;BYHOUR=1;BYMINUTE=0", not: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=1;BYMINUTE=0"},
		{rules: "FREQ=DAILY;BYMONTHDAY=15;BYHOUR=1;BYMINUTE=0", not: "FREQ=MONTHLY;BYMONTHDAY=15;BYHOUR=1;BYMINUTE=0"},
		{rules: "FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=2;BYMINUTE=30", not: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=2;BYMINUTE=30"},
		{rules: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=2,14;BYMINUTE=30", not: "FREQ=WEEKLY;BYDAY=MO;BYHOUR=2;BYMINUTE=30"},
		{rules: "FREQ=MONTHLY;BYMONTHDAY=-1;BYHOUR=1;BYMINUTE=0", not: "FREQ=MONTHLY;BYMONTHDAY=28;BYHOUR=1;BYMINUTE=0"},
		{rules: "FREQ=MONTHLY;BYMONTHDAY=1,15;BYHOUR=1;BYMINUTE=0", not: "FREQ=MONTHLY;BYMONTHDAY=1;BYHOUR=1;BYMINUTE=0"},
		{rules: "FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=1;BYMINUTE=0", not: "FREQ=MONTHLY;BYDAY=4FR;BYHOUR=1;BYMINUTE=0"},
		{rules: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0 FREQ=DAILY;BYHOUR=2;BYMINUTE=0", not: "one daily schedule"},
		{rules: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0 FREQ=WEEKLY;BYDAY=SU;BYHOUR=3;BYMINUTE=0", not: "FREQ=WEEKLY;BYDAY=SU;BYHOUR=1;BYMINUTE=0"},
		{rules: "FREQ=DAILY;BYHOUR=1;BYMINUTE=0 FREQ=HOURLY;INTERVAL=6;BYMINUTE=0", not: "FREQ=DAILY;BYHOUR=1,7,13,19;BYMINUTE=0"},
		{rules: "FREQ=DAILY;BYHOUR=6;BYMINUTE=30 FREQ=HOURLY;INTERVAL=6;BYMINUTE=0", not: "FREQ=HOURLY;INTERVAL=6;BYMINUTE=30"},
		{rules: "FREQ=DAILY;BYHOUR=23;BYMINUTE=0", not: "no new policy at 23:00"},
	} {
		rules := strings.Fields(tc.rules)
		slots, problems := slotsFor(rules, withHours(), -1)
		if tc.not != "" {
			if len(problems) != 1 || !strings.Contains(problems[0].Detail, tc.not) || problems[0].Path[0] != "schedules" {
				t.Errorf("%s: problems %+v; want one that says %q", tc.rules, problems, tc.not)
			}
			continue
		}
		var got []string
		clock := ""
		for _, name := range cadences {
			if at, on := slots[name]; on {
				raw, err := json.Marshal(at.config())
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, string(name)+string(raw))
				clock = strings.Trim(strings.Join(strings.Fields(jsonText(t, []int{at.hour, at.minute})), ""), "[]")
			}
		}
		if text := strings.Replace(clock, ",", ":", 1) + " " + strings.Join(got, " "); text != tc.want || len(problems) > 0 {
			t.Errorf("%s: %s, problems %+v; want %s", tc.rules, text, problems, tc.want)
		}
	}
}

func jsonText(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestNearest: what the service is said to come nearest with, it can do.
func TestNearest(t *testing.T) {
	t.Parallel()
	l := documented()
	tried := 0
	for _, rule := range []string{
		"FREQ=HOURLY;INTERVAL=%;BYMINUTE=7", "FREQ=DAILY;BYHOUR=%;BYMINUTE=0", "FREQ=DAILY;BYHOUR=0,%;BYMINUTE=0", "FREQ=DAILY;BYHOUR=1,2,%;BYMINUTE=5",
		"FREQ=DAILY;BYMONTHDAY=%;BYHOUR=1;BYMINUTE=0", "FREQ=MONTHLY;BYMONTHDAY=%;BYHOUR=1;BYMINUTE=0", "FREQ=MONTHLY;BYMONTHDAY=-%;BYHOUR=1;BYMINUTE=0",
		"FREQ=MONTHLY;BYMONTHDAY=1,%;BYHOUR=1;BYMINUTE=0", "FREQ=MONTHLY;BYDAY=%FR;BYHOUR=1;BYMINUTE=0", "FREQ=MONTHLY;BYDAY=-%SU;BYHOUR=1,2;BYMINUTE=0",
		"FREQ=WEEKLY;BYDAY=SU,MO;BYHOUR=%;BYMINUTE=1,2", "FREQ=HOURLY;INTERVAL=%;BYMONTHDAY=1;BYMINUTE=0",
	} {
		for n := range 32 {
			text := strings.ReplaceAll(rule, "%", jsonText(t, n))
			s, err := backup.ParseSchedule(text)
			if err != nil {
				continue
			}
			tried++
			_, why, nearest := slotOf(s, l.intervals)
			if why == "" && !reflect.DeepEqual(mustSlot(t, text, l), mustSlot(t, nearest, l)) {
				t.Errorf("%s is taken for %s", text, nearest)
			}
			mustSlot(t, nearest, l)
		}
	}
	if tried < 200 {
		t.Errorf("only %d rules were tried", tried)
	}
}

func mustSlot(t *testing.T, rule string, l limits) slot {
	t.Helper()
	s, err := backup.ParseSchedule(rule)
	if err != nil {
		t.Fatalf("%s: %v", rule, err)
	}
	at, why, _ := slotOf(s, l.intervals)
	if why != "" {
		t.Errorf("%s: %s", rule, why)
	}
	return at
}

// TestPolicyRoundTrip: what is written comes back, and what comes back can be written.
func TestPolicyRoundTrip(t *testing.T) {
	t.Parallel()
	for _, hour := range []int{0, 1, 5, 13} {
		for mask := 1; mask < 16; mask++ {
			c := client.PolicyConfig{Hour: client.NumberOf(hour), Minute: client.NumberOf(30), TimeZone: "Asia/Ho_Chi_Minh", StatusSendEmail: []string{"ERROR"}}
			for i, name := range cadences {
				if mask&(1<<i) == 0 {
					continue
				}
				on, config := cadenceOf(&c, name)
				at := slot{cadence: name, interval: 8, weekday: 3, week: 5}
				*on, *config = true, at.config()
				config.Retention, config.BackupType, config.IncrementalQuantity = client.NumberOf(i+1), client.BackupIncremental, client.NumberOf(i+2)
			}
			p := policyOf(client.Policy{Name: "p", Config: c}, nil)
			p.IncrementalsPerFull = nil
			if problems := backup.CheckPolicy(p); len(problems) > 0 {
				t.Fatalf("hour %d, mask %d: %+v", hour, mask, problems)
			}
			got, problems := configOf(p, documented(), &c)
			if len(problems) > 0 || !reflect.DeepEqual(got, c) {
				t.Errorf("hour %d, mask %d: %s\nbecomes %s, problems %+v", hour, mask, jsonText(t, c), jsonText(t, got), problems)
			}
		}
	}
}

func TestStatusWords(t *testing.T) {
	t.Parallel()
	for word, want := range map[client.Text]backup.Status{
		"ACTIVE": "available", "SUCCESS": "available", "active": "available", "ERROR": "error", "FAILED": "error",
		"BACKING_UP": "creating", "UPLOADING": "creating", "": "creating", "NOBODY_KNOWS": "creating", "DELETING": "deleting", "RESTORING": "restoring",
	} {
		if got := statusOf(word, ""); got != want {
			t.Errorf("%q is %s, want %s", word, got, want)
		}
		if got := statusOf(word, "no space"); (want == "available" || want == "creating") && got != backup.StatusError {
			t.Errorf("%q with a failure is %s", word, got)
		}
	}
	for word, want := range map[client.Text]backup.DeletionStatus{
		"": "present", "Empty": "present", "DELETED": "deleted", "Deleted": "deleted", "DELETE": "deleted", "SOFT_DELETED": "soft_deleted",
		"SOFT_DELETE": "soft_deleted", "Soft deleted": "soft_deleted", "softDeleted": "soft_deleted", "NOBODY_KNOWS": "",
	} {
		if got := deletionOf(word); got != want {
			t.Errorf("%q is %q, want %q", word, got, want)
		}
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		snapshot string
		kind     backup.PointType
		by       backup.ScheduleType
	}{
		{`{"modes":["manual"],"backupType":"MANUAL_FULL"}`, "full", "manual"},
		{`{"modes":["hourly","daily"],"backupType":"FULL"}`, "full", "policy"},
		{`{"modes":["daily"],"backupType":"INCREMENTAL"}`, "incremental", "policy"},
		{`{"modes":["daily"]}`, "", "policy"},
		{`{"backupType":"FULL"}`, "full", ""},
		{`{"id":"bk-pol-1","name":"nightly"}`, "", ""},
		{`{"modes":[],"backupType":"SOMETHING"}`, "", ""},
	} {
		var n client.Nested[client.PolicySnapshot]
		if err := json.Unmarshal([]byte(tc.snapshot), &n); err != nil {
			t.Fatal(err)
		}
		if kind, by := typeOf(n.Value); kind != tc.kind || by != tc.by {
			t.Errorf("%s is %q, %q; want %q, %q", tc.snapshot, kind, by, tc.kind, tc.by)
		}
	}
}

// FuzzPolicySnapshot: nothing that a snapshot may hold is taken for more than it says.
func FuzzPolicySnapshot(f *testing.F) {
	f.Add(`{"modes":["manual"],"backupType":"MANUAL_FULL"}`)
	f.Add(`"{\"modes\":\"daily\"}"`)
	f.Fuzz(func(t *testing.T, text string) {
		var n client.Nested[client.PolicySnapshot]
		if !json.Valid([]byte(text)) || json.Unmarshal([]byte(text), &n) != nil {
			t.Skip()
		}
		kind, by := typeOf(n.Value)
		upper := strings.ToUpper(text)
		switch {
		case kind == backup.TypeFull && !strings.Contains(upper, "FULL") && !strings.Contains(text, `\u`),
			kind == backup.TypeIncremental && !strings.Contains(upper, "INCREMENTAL") && !strings.Contains(text, `\u`),
			by == backup.ScheduleManual && !strings.Contains(upper, "MANUAL") && !strings.Contains(text, `\u`):
			t.Errorf("%s is %q, %q", text, kind, by)
		}
	})
}
