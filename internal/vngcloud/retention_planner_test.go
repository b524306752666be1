package vngcloud_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
)

// TestDroppedPoints: points are spelled oldest first, F a full one, i an incremental one, ? one that does not say,
// and x one of another policy. The ids are their places.
func TestDroppedPoints(t *testing.T) {
	t.Parallel()
	n := func(count int64) *int64 { return &count }
	daily := func(count int64) *backup.Retention { return &backup.Retention{Daily: &count} }
	for name, c := range map[string]struct {
		points      string
		prior, next *backup.Retention
		want        string
	}{
		"fulls":                     {"FFFF", daily(4), daily(2), "01"},
		"incrementals go too":       {"FiiFiiFi", daily(3), daily(2), "012"},
		"incrementals of none":      {"iFiFi", daily(3), daily(1), "012"},
		"not so many":               {"FiFi", daily(9), daily(2), ""},
		"incrementals do not count": {"Fiiiiii", daily(7), daily(1), ""},
		"looser":                    {"FFFF", daily(2), daily(3), ""},
		"the same":                  {"FFFF", daily(2), daily(2), ""},
		"type is not known":         {"F?FF", daily(4), daily(2), ""},
		"points of another policy":  {"xFFF", daily(4), daily(2), ""},
		"several cadences":          {"FFFF", &backup.Retention{Daily: n(4), Weekly: n(4)}, &backup.Retention{Daily: n(2), Weekly: n(4)}, ""},
		"one cadence less":          {"FFFF", &backup.Retention{Daily: n(4), Weekly: n(4)}, daily(2), ""},
		"another cadence":           {"FFFF", &backup.Retention{Weekly: n(4)}, daily(2), ""},
		"no retention":              {"FFFF", nil, daily(2), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			svc := newCenter(t, backupcenter.Switches{}, "").client(t)
			var points []backup.Point
			for i, spelled := range c.points {
				p := backup.Point{
					ID: fmt.Sprint(i), PolicyID: "policy", Type: backup.TypeFull,
					Status: backup.StatusAvailable, ScheduleType: backup.SchedulePolicy,
					CreatedAt: time.Date(2026, 11, 1+i, 1, 0, 0, 0, time.UTC),
				}
				switch spelled {
				case 'i':
					p.Type = backup.TypeIncremental
				case '?':
					p.Type = ""
				case 'x':
					p.PolicyID = "other"
				}
				points = append(points, p)
			}
			slices.Reverse(points)
			got, err := svc.DroppedPoints(t.Context(),
				backup.Policy{ID: "policy", Retention: c.prior}, backup.Policy{ID: "policy", Retention: c.next}, points)
			slices.Sort(got)
			if err != nil || strings.Join(got, "") != c.want {
				t.Errorf("%v go, want %q; %v", got, c.want, err)
			}
		})
	}
}
