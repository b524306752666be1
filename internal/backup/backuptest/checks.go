package backuptest

import (
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// checks wants mistakes to be problems of a plan rather than errors of an apply.
func checks(s *suite) {
	s.noProblems("a valid policy", s.svc.CheckPolicy(s.ctx, s.h.Policy("valid")))
	s.noProblems("a valid server", s.svc.CheckServer(s.ctx, s.h.Server(s.T, s.svc, "valid"), nil))

	// What is missing may be complained of, but at its own attribute: the caller knows whether it is
	// only unknown yet.
	for _, p := range slices.Concat(
		s.svc.CheckPolicy(s.ctx, backup.Policy{Enabled: true}),
		s.svc.CheckServer(s.ctx, backup.Server{Enabled: true}, nil),
		s.svc.CheckPoint(s.ctx, backup.PointRequest{}),
	) {
		if len(p.Path) == 0 {
			s.Errorf("with nothing set, the check complains without naming an attribute: %+v", p)
		}
	}

	for _, bad := range []struct {
		path  []string
		spoil func(p *backup.Policy)
	}{
		{[]string{"schedules"}, func(p *backup.Policy) { p.Schedules = []string{"FREQ=DAILY"} }},
		{[]string{"schedules"}, func(p *backup.Policy) { p.Schedules = []string{"0 1 * * *"} }},
		{[]string{"timezone"}, func(p *backup.Policy) { p.Timezone = "Local" }},
		{[]string{"timezone"}, func(p *backup.Policy) { p.Timezone = "Mars/Olympus" }},
		{[]string{"retention", "daily"}, func(p *backup.Policy) { p.Retention = &backup.Retention{Daily: new(int64(0))} }},
		{[]string{"name"}, func(p *backup.Policy) { p.Name = "line\nbreak" }},
	} {
		p := s.h.Policy("spoiled")
		bad.spoil(&p)
		s.wantProblem("CheckPolicy of "+show(p), bad.path, s.svc.CheckPolicy(s.ctx, p))
	}
	for attribute, server := range s.h.BadServers {
		s.wantProblem("CheckServer of "+show(server), []string{attribute}, s.svc.CheckServer(s.ctx, server, nil))
	}
	for _, name := range illegalNames {
		s.wantProblem("CheckPoint of name "+show(name), []string{"name"}, s.svc.CheckPoint(s.ctx, backup.PointRequest{Name: name}))
	}
	for _, p := range collect(s, "policies", s.svc.Policies(s.ctx)) {
		if p.Name == "valid" || p.Name == "spoiled" {
			s.Errorf("a check created policy %q", p.Name)
		}
	}
}

// wantProblem wants a problem at or below a path, with something to read in it.
func (s *suite) wantProblem(what string, path []string, problems []backup.Problem) {
	s.Helper()
	found := false
	for _, p := range problems {
		if p.Summary == "" || p.Detail == "" {
			s.Errorf("%s: a problem without text: %+v", what, p)
		}
		found = found || !p.Warning && len(p.Path) >= len(path) && slices.Equal(p.Path[:len(path)], path)
	}
	if !found {
		s.Errorf("%s reports %s; it must complain of %s", what, show(problems), strings.Join(path, "."))
	}
}
