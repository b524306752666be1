package local

import (
	"context"
	"errors"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// MaintenanceReport is what was done for the repository of a location.
type MaintenanceReport struct {
	LocationID, LocationName string
	// Cycle is what ran: quick, full, collect, or nothing.
	Cycle string
	// Owner is who maintains the repository, user@host.
	Owner string
	// Ours says whether that is this host's agent.
	Ours bool
	// Busy says that another process maintains it now.
	Busy bool
	// Err is why it failed.
	Err error
}

// Maintain runs the maintenance that is due in the repository of each location, as its owner. A repository
// that nobody maintains gets this host's agent as owner; with takeOver all do. One location that fails does
// not keep the others from being maintained. Nothing is written where nothing is due.
func (s *Service) Maintain(ctx context.Context, takeOver bool) ([]MaintenanceReport, error) {
	if scope, err := s.Scope(ctx); err != nil || scope.ID == "" {
		return nil, err
	}
	var list []locationRecord
	err := s.view(ctx, true, func(ix *index) error {
		for _, id := range ix.locationIDs() {
			location, _ := ix.location(id)
			list = append(list, location)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	reports := make([]MaintenanceReport, len(list))
	for i, location := range list {
		reports[i] = s.maintain(ctx, location, takeOver)
		if ctx.Err() != nil {
			return reports[:i+1], context.Cause(ctx)
		}
	}
	return reports, nil
}

func (s *Service) maintain(ctx context.Context, location locationRecord, takeOver bool) MaintenanceReport {
	report := MaintenanceReport{LocationID: location.ID, LocationName: location.Name}
	owner := engine.Maintainer(s.cfg.Host)
	st, err := s.storeOf(ctx, location.ID)
	if err != nil {
		report.Err = err
		return report
	}
	m, err := s.runMaintenance(ctx, st, owner, takeOver)
	report.Cycle, report.Owner, report.Ours = string(m.Cycle), m.Owner, m.Ours
	switch {
	case errors.Is(err, engine.ErrMaintained):
		report.Busy, report.Cycle = true, ""
	case err != nil && !isServiceError(err):
		report.Err = st.explain("maintain", err)
	default:
		report.Err = err
	}
	return report
}

func (s *Service) runMaintenance(ctx context.Context, st *store, owner string, takeOver bool) (engine.Maintenance, error) {
	repo, err := st.existing(ctx)
	if err != nil {
		return engine.Maintenance{}, err
	}
	// Looking costs little, and needs no connection of its own.
	due, err := repo.MaintenanceDue(ctx, owner)
	if err != nil {
		return due, err
	}
	if takeOver && due.Owner != owner {
		repo.AllowWrites()
		if err := repo.TakeMaintenance(ctx, owner); err != nil {
			return due, err
		}
		if due, err = repo.MaintenanceDue(ctx, owner); err != nil {
			return due, err
		}
	}
	if !due.Ours || due.Cycle == engine.NoCycle {
		return due, nil
	}
	// A cache would only grow by what is looked at once, and could hide what is damaged.
	plain, release, err := st.reading(ctx)
	if err != nil {
		return due, err
	}
	defer release()
	return plain.Maintain(ctx, owner)
}
