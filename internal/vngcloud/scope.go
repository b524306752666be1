package vngcloud

import (
	"context"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// home is where the service's objects are.
type home struct{ project, backend string }

// Scope is region and project. It is looked up once, if the configuration does not tell.
func (s *Service) Scope(ctx context.Context) (backup.Scope, error) {
	h, err := s.where(ctx)
	if err != nil {
		return backup.Scope{}, err
	}
	name := s.cfg.Region + "/" + h.project
	return backup.Scope{Service: ServiceName, ID: name, Name: name}, nil
}

func (s *Service) where(ctx context.Context) (home, error) {
	if ctx.Err() != nil {
		return home{}, context.Cause(ctx)
	}
	if s.cfg.ProjectID != "" && s.cfg.BackendID != "" {
		return home{s.cfg.ProjectID, s.cfg.BackendID}, nil
	}
	return constant(ctx, s, &s.home, s.discover)
}

// discover reads project and backend off the policies, one of which is always there, and asks elsewhere
// only if they do not tell [1.5]. The list of backends may name those of other regions [1.1].
func (s *Service) discover(ctx context.Context) (home, error) {
	policies, err := s.policyRows(ctx)
	if err != nil {
		return home{}, err
	}
	var projects, backends []string
	for _, p := range policies {
		projects, backends = append(projects, p.ProjectID), append(backends, p.BackendID)
	}
	project, err := s.only("project_id", s.cfg.ProjectID, projects, func() (ids []string, err error) {
		rows, err := s.api.Projects(ctx)
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		return ids, err
	})
	if err != nil {
		return home{}, err
	}
	backend, err := s.only("backend_id", s.cfg.BackendID, backends, func() (ids []string, err error) {
		rows, err := s.api.Backends(ctx)
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
		return ids, err
	})
	return home{project, backend}, err
}

// only is the configured id, or the only one that was seen, or the only one that can be asked for.
func (s *Service) only(attribute, configured string, seen []string, ask func() ([]string, error)) (string, error) {
	if configured != "" {
		return configured, nil
	}
	distinct := func(ids []string) []string {
		ids = slices.Compact(sorted(ids))
		return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
	}
	ids := distinct(seen)
	if len(ids) == 0 {
		asked, err := ask()
		if err != nil {
			return "", err
		}
		ids = distinct(asked)
	}
	if len(ids) != 1 {
		return "", backup.Errorf(nil, "The region %s has %d candidates for vngcloud.%s: %q. Set it to the one that is meant.", s.cfg.Region, len(ids), attribute, ids)
	}
	return ids[0], nil
}
