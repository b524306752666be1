package vngcloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/vngcloud/client"
)

func (s *Service) serverRows(ctx context.Context) ([]client.Server, error) {
	return cached(ctx, s, &s.servers, s.api.Servers)
}

// serverRow finds a backup server in the listing, and asks for it alone if it is not there.
func (s *Service) serverRow(ctx context.Context, id string) (client.Server, error) {
	rows, err := s.serverRows(ctx)
	if err != nil {
		return client.Server{}, err
	}
	if i := slices.IndexFunc(rows, func(r client.Server) bool { return r.ID == id }); i >= 0 {
		return rows[i], nil
	}
	row, err := s.api.Server(ctx, id)
	return row, named(err, "backup server", id)
}

func policyIDOf(r client.Server) string {
	if r.PolicyID == "" && r.Policy != nil {
		return r.Policy.ID
	}
	return r.PolicyID
}

func locationIDOf(r client.Server) string {
	if r.LocationID == "" && r.Location != nil {
		return r.Location.ID
	}
	return r.LocationID
}

func serverOf(r client.Server) backup.Server {
	srv := backup.Server{
		ID: r.ID, Name: r.Name, InstanceID: r.InstanceID, PolicyID: policyIDOf(r), LocationID: locationIDOf(r),
		Enabled: r.BackupEnabled, CreatedAt: r.CreatedAt.Time, InstanceDeleted: &r.ServerDeleted, LastPointAt: r.LatestRecord.Time,
	}
	for _, v := range r.Volumes {
		if !v.BackupEnabled {
			srv.ExcludeVolumeIDs = append(srv.ExcludeVolumeIDs, v.ID)
		}
	}
	slices.Sort(srv.ExcludeVolumeIDs)
	return srv
}

// Servers lists backup servers by name.
func (s *Service) Servers(ctx context.Context) iter.Seq2[backup.Server, error] {
	return collect(func() ([]backup.Server, error) {
		rows, err := s.serverRows(ctx)
		list := make([]backup.Server, len(rows))
		for i, row := range rows {
			list[i] = serverOf(row)
		}
		slices.SortFunc(list, func(a, b backup.Server) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
		return list, err
	})
}

// Server returns one backup server.
func (s *Service) Server(ctx context.Context, id string) (backup.Server, error) {
	row, err := s.serverRow(ctx, id)
	if err != nil {
		return backup.Server{}, err
	}
	return serverOf(row), nil
}

// dropServers forgets what the listing of backup servers told, of policies and locations, too.
func (s *Service) dropServers() {
	s.servers.drop()
	s.locations.drop()
}

// CreateServer puts an instance under backup, by the default policy and in the default location if it
// names none.
func (s *Service) CreateServer(ctx context.Context, srv backup.Server) (backup.Server, error) {
	if err := refuse(s.CheckServer(ctx, srv, nil)); err != nil {
		return srv, err
	}
	if srv.InstanceID == "" {
		return srv, backup.Errorf(nil, "instance_id must not be empty.")
	}
	h, err := s.where(ctx)
	if err != nil {
		return srv, err
	}
	w := client.ServerWrite{
		BackendID: h.backend, ProjectID: h.project, BackupEnabled: srv.Enabled,
		ServerConfig: []client.ServerConfig{{InstanceID: srv.InstanceID, Volumes: []string{}}},
	}
	if w.PolicyID, err = s.policyOrDefault(ctx, srv.PolicyID); err != nil {
		return srv, err
	}
	if w.LocationID, err = s.locationOrDefault(ctx, srv.LocationID); err != nil {
		return srv, err
	}
	defer s.dropServers()
	if err := s.api.CreateServer(ctx, w); err != nil {
		if err = s.explainCreate(ctx, srv, w, err); err != nil {
			return srv, err
		}
	}
	s.dropServers()
	row, found, err := s.api.ServerOf(context.WithoutCancel(ctx), srv.InstanceID)
	if err != nil || !found {
		return srv, errors.Join(backup.Errorf(nil, "The backup server of instance %s was made, but is not shown. Look for it in the console, and import it by its id.", srv.InstanceID), err)
	}
	for _, volume := range srv.ExcludeVolumeIDs {
		if err := s.api.SetServerVolume(ctx, row.ID, volume, false); err != nil {
			s.notice("Volume Not Excluded", fmt.Sprintf(
				"The backup server %s was made, but the volume %s could not be left out: %v The next plan shows the difference.", row.ID, volume, err))
		}
	}
	return s.readServer(context.WithoutCancel(ctx), row.ID)
}

// explainCreate turns a failed creation into nil if it was made all the same.
func (s *Service) explainCreate(ctx context.Context, srv backup.Server, w client.ServerWrite, err error) error {
	ambiguous := errors.Is(err, client.ErrAmbiguous)
	if !ambiguous && !errors.Is(err, backup.ErrConflict) {
		return err
	}
	row, found, lookErr := s.api.ServerOf(context.WithoutCancel(ctx), srv.InstanceID)
	switch {
	case lookErr != nil || !found:
		return errors.Join(err, lookErr)
	case ambiguous && s.madeLately(row.CreatedAt.Time) && policyIDOf(row) == w.PolicyID && locationIDOf(row) == w.LocationID:
		return nil
	}
	return &backup.ServiceError{
		Kind: backup.ErrConflict, Err: err,
		Message: fmt.Sprintf("The instance %s has a backup server already: %q, id %s. Import that one.", srv.InstanceID, row.Name, row.ID),
	}
}

func (s *Service) policyOrDefault(ctx context.Context, id string) (string, error) {
	if id != "" {
		_, err := s.policyRow(ctx, id)
		return id, err
	}
	rows, err := s.policyRows(ctx)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(rows, func(p client.Policy) bool { return p.IsDefault }); i >= 0 {
		return rows[i].ID, nil
	}
	return "", backup.Errorf(nil, "There is no default policy. Set policy_id.")
}

func (s *Service) locationOrDefault(ctx context.Context, id string) (string, error) {
	if id != "" {
		_, err := s.locationRow(ctx, id)
		return id, err
	}
	rows, err := s.locationRows(ctx)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(rows, func(l client.Location) bool {
		return l.IsDefault && (l.Product == "" || l.Product == product) // vDB has one of its own
	}); i >= 0 {
		return rows[i].ID, nil
	}
	return "", backup.Errorf(nil, "There is no default location. Set location_id.")
}

func (s *Service) readServer(ctx context.Context, id string) (backup.Server, error) {
	row, err := s.api.Server(ctx, id)
	if err != nil {
		return backup.Server{}, named(err, "backup server", id)
	}
	return serverOf(row), nil
}

// UpdateServer changes what differs. A schedule is switched off first and on last.
func (s *Service) UpdateServer(ctx context.Context, srv backup.Server) (backup.Server, error) {
	row, err := s.api.Server(ctx, srv.ID)
	if err != nil {
		return srv, named(err, "backup server", srv.ID)
	}
	have := serverOf(row)
	if err := refuse(s.CheckServer(ctx, srv, &have)); err != nil {
		return srv, err
	}
	defer s.dropServers()
	if have.Enabled && !srv.Enabled {
		if err := s.api.EnableServer(ctx, srv.ID, false); err != nil {
			return srv, err
		}
	}
	if srv.PolicyID != "" && srv.PolicyID != have.PolicyID {
		if err := s.api.SetServerPolicy(ctx, srv.ID, srv.PolicyID); err != nil {
			return srv, err
		}
	}
	if srv.LocationID != "" && srv.LocationID != have.LocationID {
		if err := s.api.SetServerLocation(ctx, srv.ID, srv.LocationID); err != nil {
			return srv, err
		}
	}
	for _, v := range row.Volumes {
		if wanted := !slices.Contains(srv.ExcludeVolumeIDs, v.ID); wanted != v.BackupEnabled {
			if err := s.api.SetServerVolume(ctx, srv.ID, v.ID, wanted); err != nil {
				return srv, err
			}
		}
	}
	if !have.Enabled && srv.Enabled {
		if err := s.api.EnableServer(ctx, srv.ID, true); err != nil {
			return srv, err
		}
	}
	s.dropServers()
	return s.readServer(ctx, srv.ID)
}
