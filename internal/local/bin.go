package local

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

const day = 24 * time.Hour

// discard deletes a point as its location has it: to the bin, or for good. The lock is honoured.
func (s *Service) discard(ctx context.Context, t *tx, rec runRecord) error {
	if !rec.BinnedAt.IsZero() {
		return nil
	}
	if err := s.locked(t.index, rec); err != nil {
		return err
	}
	location, _ := t.index.location(rec.LocationID)
	if location.BinDays == nil || rec.State != runComplete {
		return s.purge(ctx, t, rec)
	}
	now := s.cfg.Now().UTC()
	rec.BinnedAt, rec.RecoverUntil = now, now.Add(time.Duration(*location.BinDays)*day)
	return s.setBin(ctx, t, rec)
}

// setBin writes down whether a point is in the bin, on its snapshots first: the record decides.
func (s *Service) setBin(ctx context.Context, t *tx, rec runRecord) error {
	err := s.inLocation(ctx, t, rec.LocationID, "bin", func(ctx context.Context, w *engine.Writer) error {
		return w.SetBin(ctx, rec.ID, rec.RecoverUntil)
	})
	if err != nil {
		return err
	}
	return put(ctx, t, t.index.runs, rec.ID, rec)
}

// purge deletes a point for good; its history stays.
func (s *Service) purge(ctx context.Context, t *tx, rec runRecord) error {
	err := s.inLocation(ctx, t, rec.LocationID, "delete point", func(ctx context.Context, w *engine.Writer) error {
		return w.DeletePoint(ctx, rec.ID)
	})
	if err != nil {
		return err
	}
	rec.DeletedAt = s.cfg.Now().UTC()
	if !rec.BinnedAt.IsZero() && rec.RecoverUntil.Before(rec.DeletedAt) {
		rec.DeletedAt = rec.RecoverUntil
	}
	ix := t.index
	t.after = append(t.after, func() { ix.snapshots.remove(rec.LocationID, rec.ID) })
	return put(ctx, t, t.index.runs, rec.ID, rec)
}

// inLocation runs f in the session of t if the location is the main one, and else in a session of its
// own, which is durable before that of t.
func (s *Service) inLocation(ctx context.Context, t *tx, location, purpose string, f func(context.Context, *engine.Writer) error) error {
	if location == mainLocation {
		return f(ctx, t.Writer)
	}
	st, err := s.locationStore(t.index, location)
	if err != nil {
		return err
	}
	repo, err := st.existing(ctx)
	if err != nil {
		return err
	}
	repo.AllowWrites()
	return st.explain("write to", repo.Write(ctx, purpose, false, nil, f))
}

// lapsed says whether a point in the bin can no longer be recovered.
func (s *Service) lapsed(rec runRecord) bool {
	return !rec.BinnedAt.IsZero() && !s.cfg.Now().Before(rec.RecoverUntil)
}

// RecoverPoint takes a point out of the bin.
func (s *Service) RecoverPoint(ctx context.Context, id string) (backup.Point, error) {
	if _, err := s.Point(ctx, id, backup.Fresh); err != nil {
		return backup.Point{}, err
	}
	err := s.change(ctx, "recover point", func(ctx context.Context, t *tx) error {
		rec, ok := t.index.runs.get(id)
		if !ok || s.lapsed(rec) {
			return notFound("point", id)
		}
		if rec.BinnedAt.IsZero() {
			return nil
		}
		rec.BinnedAt, rec.RecoverUntil = time.Time{}, time.Time{}
		return s.setBin(ctx, t, rec)
	})
	if err != nil {
		return backup.Point{}, err
	}
	return s.Point(ctx, id, backup.Cached)
}

// RecoverCommand is what does RecoverPoint without Terraform, in quotes. It has no secrets.
func (s *Service) RecoverCommand(id string) string {
	flags := "--repository " + quoted(s.cfg.Repository)
	if o := s.cfg.S3; o != nil {
		for _, f := range [][2]string{{"endpoint", o.Endpoint}, {"region", o.Region}, {"ca-file", o.CAFile}, {"profile", o.Profile}} {
			if f[1] != "" {
				flags += fmt.Sprintf(" --s3-%s %s", f[0], quoted(f[1]))
			}
		}
	}
	return fmt.Sprintf("\"terraform-provider-serverbackup agent recover %s %s\"", flags, id)
}

// quoted is an argument of a shell.
func quoted(argument string) string {
	if !strings.ContainsAny(argument, " \t'\"`$&|;<>()*?[]#~!\\") {
		return argument
	}
	return "'" + strings.ReplaceAll(argument, "'", `'\''`) + "'"
}

// EmptyBin deletes the points whose time in the bin is over, also if the bin was switched off since, and
// returns how many there were.
func (s *Service) EmptyBin(ctx context.Context) (int, error) {
	due := 0
	err := s.view(ctx, backup.Fresh, func(ix *index) error {
		due = len(s.purgeable(ix))
		return nil
	})
	if err != nil || due == 0 {
		return 0, err
	}
	n := 0
	err = s.change(ctx, "empty bin", func(ctx context.Context, t *tx) error {
		for _, rec := range s.purgeable(t.index) {
			if err := s.purge(ctx, t, rec); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// purgeable are the points whose time in the bin is over, but for those that a lock holds which was set
// since, and those of a location that cannot be read now: they wait.
func (s *Service) purgeable(ix *index) []runRecord {
	var list []runRecord
	for _, row := range ix.runs.rows {
		r := row.value
		if r.DeletedAt.IsZero() && s.lapsed(r) && s.locked(ix, r) == nil && ix.snapshots.broken[r.LocationID] == nil {
			list = append(list, r)
		}
	}
	return list
}
