package local

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// refuse turns problems that a plan let pass, because something was not known yet, into an error.
func refuse(problems []backup.Problem) error {
	for _, p := range problems {
		if !p.Warning {
			return backup.Errorf(nil, "%s: %s", strings.Join(p.Path, "."), p.Detail)
		}
	}
	return nil
}

// unsupported is the problem of an attribute that this service does not have.
func unsupported(attribute, instead string) backup.Problem {
	return backup.Problem{
		Path:    []string{attribute},
		Summary: "Attribute Not Supported",
		Detail:  fmt.Sprintf("The local service does not support %s. %s", attribute, instead),
	}
}

// CheckPolicy reports what the local service cannot do with a policy.
func (s *Service) CheckPolicy(ctx context.Context, p backup.Policy) []backup.Problem {
	problems := append(backup.CheckPolicy(p), s.checkKopiaUsers(ctx, p)...)
	if p.Default != nil {
		problems = append(problems, unsupported("default", "Name the policy in policy_id of each server."))
	}
	if len(p.Tags) > 0 {
		problems = append(problems, unsupported("tags", "Set tags on the points."))
	}
	return problems
}

// CheckServer reports what the local service cannot do with a server.
func (s *Service) CheckServer(ctx context.Context, srv backup.Server, _ *backup.Server) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, srv.Name)
	if srv.Name == "" {
		problems = append(problems, backup.Problem{
			Path: []string{"name"}, Summary: "Missing Name",
			Detail: "The local service needs a name, for example name = \"web-1\".",
		})
	}
	if srv.InstanceID != "" {
		problems = append(problems, unsupported("instance_id", "Name the machine in local.host, and what to back up in local.sources."))
	}
	if len(srv.ExcludeVolumeIDs) > 0 {
		problems = append(problems, unsupported("exclude_volume_ids", "Leave the source out of local.sources, or write rules in local.exclude."))
	}
	if srv.LocationID != "" {
		if _, err := s.Location(ctx, srv.LocationID); errors.Is(err, backup.ErrNotFound) {
			problems = append(problems, backup.Problem{Path: []string{"location_id"}, Summary: "Location Not Found", Detail: err.Error()})
		}
	}
	if srv.PolicyID != "" {
		if _, err := s.Policy(ctx, srv.PolicyID); errors.Is(err, backup.ErrNotFound) {
			problems = append(problems, backup.Problem{
				Path: []string{"policy_id"}, Summary: "Policy Not Found", Detail: err.Error(),
			})
		}
	}
	options, err := s.options(srv)
	if err != nil {
		return append(problems, backup.Problem{
			Path: []string{"local"}, Summary: "Missing Options",
			Detail: "The local service needs to know what to back up: write local = { sources = [\"/etc\"] }.",
		})
	}
	if len(options.Sources) > 0 {
		if err := s.free(ctx, serverRecord{ID: srv.ID, Options: options}); err != nil {
			problems = append(problems, backup.Problem{
				Path: []string{"local", "sources"}, Summary: "Source Already Protected",
				// The same plan may remove the other server.
				Detail: err.Error() + " The apply fails while that server has it.", Warning: true,
			})
		}
	}
	problems = append(problems, s.checkRunner(ctx, srv, options)...)
	return append(problems, s.checkOptions(ctx, options)...)
}

func (s *Service) checkOptions(ctx context.Context, o ServerOptions) []backup.Problem {
	var problems []backup.Problem
	add := func(attribute, summary, format string, args ...any) {
		problems = append(problems, backup.Problem{
			Path: []string{"local", attribute}, Summary: summary, Detail: fmt.Sprintf(format, args...),
		})
	}
	if o.OnUnreadable != UnreadableFails && o.OnUnreadable != UnreadableWarns {
		add("on_unreadable", "Invalid Value", "on_unreadable is %q; write fail or warn.", o.OnUnreadable)
	}
	for _, rule := range o.Exclude {
		if err := engine.CheckRule(ctx, rule); err != nil || rule == "" {
			add("exclude", "Invalid Exclude Rule", "The rule %q is no gitignore rule: %v.", rule, orEmpty(err))
		}
	}
	repositories := s.repositories(ctx)
	for i, source := range o.Sources {
		switch {
		case !s.here(o):
			if !absolute(source) {
				add("sources", "Invalid Source", "The source %q is no absolute path. Write it from the root, such as /etc.", source)
			}
		case !filepath.IsAbs(source) || filepath.Clean(source) != source:
			add("sources", "Invalid Source", "The source %q is no clean absolute path; write %q.", source, cleaned(source))
		case within(source, repositories) != "":
			add("sources", "Invalid Source", "The source %s is part of the repository %s, and repositories are never backed up. Leave it out.", source, within(source, repositories))
		default:
			if err := engine.CheckSource(source); err != nil {
				add("sources", "Source Not Readable", "%s. Sources are read on this machine (host %s); create it first, or leave it out.", sentence(err), s.cfg.Host)
			}
		}
		for _, other := range o.Sources[i+1:] {
			if inside(other, source) {
				add("sources", "Overlapping Sources", "The source %s is below the source %s and would be kept twice. Leave one of them out.", other, source)
			}
		}
	}
	if len(o.Sources) == 0 {
		add("sources", "No Sources", "A server has at least one source, for example sources = [\"/etc\"]; a point of nothing would look like a backup.")
	}
	return problems
}

// CheckPoint reports what the local service cannot do with a request for a point.
func (s *Service) CheckPoint(ctx context.Context, r backup.PointRequest) []backup.Problem {
	problems := backup.CheckName([]string{"name"}, r.Name)
	if r.ServerID == "" {
		return problems
	}
	srv, err := s.Server(ctx, r.ServerID)
	if err != nil {
		if errors.Is(err, backup.ErrNotFound) {
			problems = append(problems, backup.Problem{Path: []string{"server_id"}, Summary: "Server Not Found", Detail: err.Error()})
		}
		return problems
	}
	if o, err := s.options(srv); err == nil && !s.here(o) {
		problems = append(problems, backup.Problem{
			Path: []string{"server_id"}, Summary: "Server On Another Host",
			Detail: elsewhere(srv.Name, o, s.cfg.Host),
		})
	}
	return problems
}

// inside says whether path is dir or below it.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// within is the first of the directories that a path is in.
func within(path string, dirs []string) string {
	for _, dir := range dirs {
		if inside(path, dir) {
			return dir
		}
	}
	return ""
}

// absolute says whether a path could be absolute on some system.
func absolute(path string) bool {
	return strings.HasPrefix(path, "/") || filepath.IsAbs(path) || (len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/'))
}

func cleaned(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

func orEmpty(err error) error {
	if err == nil {
		return errors.New("it is empty")
	}
	return err
}

func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
