package provider

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflogtest"
)

func TestPace(t *testing.T) {
	t.Parallel()
	percent := func(n int64) *int64 { return &n }
	for _, c := range []struct {
		name       string
		first, now reach
		took       time.Duration
		want       string
	}{
		{"nothing known", reach{}, reach{}, time.Minute, ""},
		{"first look", reach{percent: percent(30)}, reach{percent: percent(30)}, 0, "30 %"},
		{"percent alone", reach{percent: percent(10)}, reach{percent: percent(30)}, time.Minute, "30 %, 3m30s left"},
		{"percent that was not known at first", reach{}, reach{percent: percent(50)}, time.Minute, "50 %, 1m0s left"},
		{"percent that stands still", reach{percent: percent(30)}, reach{percent: percent(30)}, time.Minute, "30 %"},
		{"percent that fell", reach{percent: percent(30)}, reach{percent: percent(20)}, time.Minute, "20 %"},
		{"bytes alone", reach{}, reach{done: 3 << 29}, time.Minute, "1.5 GB, 25.6 MB per second"},
		{"bytes and percent", reach{percent: percent(0)}, reach{percent: percent(50), done: 6 << 30}, time.Minute, "50 %, 102.4 MB per second, 1m0s left"},
		{"bytes of bytes", reach{}, reach{done: 1 << 40, total: 4 << 40}, time.Hour, "25 % of 4.0 TB, 291.3 MB per second, 3h0m0s left"},
		{"from the middle", reach{done: 50 << 10, total: 100 << 10}, reach{done: 75 << 10, total: 100 << 10}, 5 * time.Second, "75 % of 100.0 KB, 5.0 KB per second, 5s left"},
		{"done", reach{}, reach{done: 100, total: 100}, 100 * time.Second, "100 % of 100 bytes, 1 bytes per second"},
		{"more than all", reach{}, reach{done: 200, total: 100}, 100 * time.Second, "100 % of 100 bytes, 2 bytes per second"},
		{"too many bytes to multiply", reach{}, reach{done: 1 << 62, total: 1<<63 - 1}, 0, "50 % of 8388608.0 TB"},
	} {
		if got := strings.Join(paceOf(c.first, c.now, c.took).inWords(c.now), ", "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestProgress: one report of each state, and the rest only as often as anybody wants to hear them.
func TestProgress(t *testing.T) {
	t.Parallel()
	var (
		log  bytes.Buffer
		said []string
	)
	ctx := tflogtest.RootLogger(t.Context(), &log)
	p := progress{what: "backup point p-1", say: func(text string) { said = append(said, text) }}
	for range 3 {
		p.report(ctx, "creating", reach{total: 100})
	}
	p.report(ctx, "deleting", reach{})
	p.last = p.last.Add(-progressEvery)
	p.report(ctx, "deleting", reach{done: 2048})
	p.report(ctx, "deleting", reach{done: 4096})
	want := []string{"backup point p-1: creating, 0 % of 100 bytes", "backup point p-1: deleting", "backup point p-1: deleting, 2.0 KB"}
	if !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
	entries, err := tflogtest.MultilineJSONDecode(&log)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want) {
		t.Fatalf("logged %v", entries)
	}
	for i, entry := range entries {
		if entry["@message"] != want[i] || entry["@level"] != "info" {
			t.Errorf("logged %v, want %q", entry, want[i])
		}
	}
}
