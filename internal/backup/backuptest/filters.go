package backuptest

import (
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// pointFilters wants every member of a filter to select the same points on every service.
func pointFilters(s *suite) {
	alpha, beta := s.createServer("alpha-server"), s.createServer("beta-server")
	request := func(server backup.Server, name string, tags map[string]string) backup.PointRequest {
		r := backup.PointRequest{ServerID: server.ID, Name: name, Tags: tags}
		problems := s.svc.CheckPoint(s.ctx, r)
		if complains(problems, "name") {
			r.Name = ""
		}
		if complains(problems, "tags") {
			r.Tags = nil
		}
		return r
	}
	both := map[string]string{"env": "prod", "team": "web"}
	first := s.take(request(alpha, "Before-Upgrade", both))
	s.take(request(beta, "Nightly", map[string]string{"env": "prod"}))
	s.change(alpha)
	s.take(request(alpha, "After-Upgrade", map[string]string{"env": "dev", "team": "web"}))

	all := collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{}))
	if len(all) != 3 {
		s.Fatalf("%d points are listed, want 3", len(all))
	}
	if !slices.IsSortedFunc(all, func(a, b backup.Point) int { return b.CreatedAt.Compare(a.CreatedAt) }) {
		s.Errorf("points are not listed newest first: created at %s, %s, %s", all[0].CreatedAt, all[1].CreatedAt, all[2].CreatedAt)
	}
	tagged := first.Tags != nil
	for _, tc := range []struct {
		name   string
		filter backup.PointFilter
		want   func(p backup.Point) bool
	}{
		{"server", backup.PointFilter{ServerID: alpha.ID}, func(p backup.Point) bool { return p.ServerID == alpha.ID }},
		{"unknown server", backup.PointFilter{ServerID: "no-such-id"}, never},
		{"part of a server's id", backup.PointFilter{ServerID: alpha.ID[:len(alpha.ID)-1]}, never},
		{"instance", backup.PointFilter{InstanceID: orElse(first.InstanceID, "any")}, func(p backup.Point) bool {
			return first.InstanceID != "" && p.InstanceID == first.InstanceID
		}},
		{"location", backup.PointFilter{LocationID: orElse(first.LocationID, "any")}, func(p backup.Point) bool {
			return first.LocationID != "" && p.LocationID == first.LocationID
		}},
		{"unknown location", backup.PointFilter{LocationID: "no-such-id"}, never},
		{"ids", backup.PointFilter{IDs: []string{all[0].ID, "no-such-id", all[2].ID}}, func(p backup.Point) bool {
			return p.ID == all[0].ID || p.ID == all[2].ID
		}},
		{"unknown id", backup.PointFilter{IDs: []string{"no-such-id"}}, never},
		{"part of a name in other case", backup.PointFilter{Name: "uPGRADe"}, func(p backup.Point) bool {
			return p.ServerID == alpha.ID && p.Name != ""
		}},
		{"other name", backup.PointFilter{Name: "no such name"}, never},
		{"part of a server's name in other case", backup.PointFilter{ServerName: strings.ToUpper(beta.Name)}, func(p backup.Point) bool {
			return beta.Name == "" || strings.Contains(strings.ToLower(p.ServerName), strings.ToLower(beta.Name))
		}},
		{"status", backup.PointFilter{Status: []backup.Status{backup.StatusError, backup.StatusAvailable}}, always},
		{"other status", backup.PointFilter{Status: []backup.Status{backup.StatusError, backup.StatusCreating}}, never},
		{"full", backup.PointFilter{Type: backup.TypeFull}, func(p backup.Point) bool { return p.Type == backup.TypeFull }},
		{"incremental", backup.PointFilter{Type: backup.TypeIncremental}, func(p backup.Point) bool { return p.Type == backup.TypeIncremental }},
		{"manual", backup.PointFilter{ScheduleType: backup.ScheduleManual}, func(p backup.Point) bool { return p.ScheduleType != "" }},
		{"by policy", backup.PointFilter{ScheduleType: backup.SchedulePolicy}, never},
		{"from the oldest", backup.PointFilter{From: first.CreatedAt}, always},
		{"until the oldest", backup.PointFilter{To: first.CreatedAt}, never},
		{"after the newest", backup.PointFilter{From: all[0].CreatedAt.Add(1)}, never},
		{"until the newest", backup.PointFilter{To: all[0].CreatedAt}, func(p backup.Point) bool { return p.CreatedAt.Before(all[0].CreatedAt) }},
		{"one moment, other zone", backup.PointFilter{
			From: first.CreatedAt.In(time.FixedZone("", -5*3600)), To: first.CreatedAt.Add(1),
		}, func(p backup.Point) bool { return p.CreatedAt.Equal(first.CreatedAt) }},
		{"empty interval", backup.PointFilter{From: first.CreatedAt, To: first.CreatedAt}, never},
		{"deleted too", backup.PointFilter{IncludeDeleted: true}, always},
		{"two tags", backup.PointFilter{Tags: both}, func(p backup.Point) bool { return p.ID == first.ID }},
		{"one tag", backup.PointFilter{Tags: map[string]string{"team": "web"}}, func(p backup.Point) bool { return p.ServerID == alpha.ID }},
		{"unknown tag", backup.PointFilter{Tags: map[string]string{"no-such-tag": ""}}, never},
		{"several members", backup.PointFilter{ServerID: alpha.ID, Status: []backup.Status{backup.StatusAvailable}, IDs: ids(all[1:])}, func(p backup.Point) bool {
			return p.ServerID == alpha.ID && p.ID != all[0].ID
		}},
	} {
		if len(tc.filter.Tags) > 0 && !tagged {
			continue
		}
		var want []string
		for _, p := range all {
			if tc.want(p) {
				want = append(want, p.ID)
			}
		}
		got := ids(collect(s, "points by "+tc.name, s.svc.Points(s.ctx, tc.filter)))
		if !slices.Equal(got, want) && len(got)+len(want) > 0 {
			s.Errorf("filter by %s, %s: points %q, want %q", tc.name, show(tc.filter), got, want)
		}
	}
}

func never(backup.Point) bool  { return false }
func always(backup.Point) bool { return true }

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
