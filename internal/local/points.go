package local

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Points lists newest first.
func (s *Service) Points(ctx context.Context, f backup.PointFilter) iter.Seq2[backup.Point, error] {
	return collect(func() (list []backup.Point, err error) {
		err = s.view(ctx, backup.Cached, func(ix *index) error {
			for _, r := range ix.runs.rows {
				p, ok := s.point(ix, r.value)
				if !ok || !f.Match(p) {
					continue
				}
				if err := ix.snapshots.broken[p.LocationID]; err != nil {
					return err
				}
				list = append(list, p)
			}
			return nil
		})
		slices.SortFunc(list, func(a, b backup.Point) int {
			if c := b.CreatedAt.Compare(a.CreatedAt); c != 0 {
				return c
			}
			return strings.Compare(a.ID, b.ID)
		})
		return list, err
	})
}

// Point returns one point. A run of this process is always seen as it is now.
func (s *Service) Point(ctx context.Context, id string, fresh backup.Freshness) (p backup.Point, err error) {
	s.mu.Lock()
	ours := s.running[id] != nil || s.unheard[id]
	s.mu.Unlock()
	err = s.view(ctx, fresh && backup.Freshness(!ours), func(ix *index) error {
		if rec, ok := ix.runs.get(id); ok {
			if p, ok = s.point(ix, rec); ok {
				s.heard(p)
				return ix.snapshots.broken[p.LocationID]
			}
		}
		return notFound("point", id)
	})
	return p, err
}

// answerTime is how long the answer about a point may take to get from here to Terraform.
const answerTime = time.Second

// heard notes that the caller knows how a point ended. The caller holds the lock.
func (s *Service) heard(p backup.Point) {
	if p.Status.Stable() && s.unheard[p.ID] {
		delete(s.unheard, p.ID)
		time.AfterFunc(answerTime, func() { s.lease.deliver(p.ID) })
	}
}

const interruptedText = "The process that took the point ended before it was finished. The next apply of the same configuration, " +
	"or the agent if it ran a policy, takes it up again."

// point is the point of a run, if there is one: not after it was deleted or its time in the bin is over,
// and not if its snapshots are gone by other hands. Of a location that cannot be read it is what the
// record says.
func (s *Service) point(ix *index, r runRecord) (backup.Point, bool) {
	if !r.DeletedAt.IsZero() || s.lapsed(r) {
		return backup.Point{}, false
	}
	location, _ := ix.location(r.LocationID)
	p := backup.Point{
		ID:             r.ID,
		ServerID:       r.ServerID,
		ServerName:     r.ServerName,
		Name:           r.Name,
		Description:    r.Description,
		ServiceStatus:  string(r.State),
		Error:          r.Error,
		Type:           r.Type,
		ScheduleType:   r.ScheduleType,
		PolicyID:       r.PolicyID,
		LocationID:     r.LocationID,
		LocationName:   location.Name,
		CreatedAt:      r.StartedAt,
		FinishedAt:     r.FinishedAt,
		Tags:           maps.Clone(r.Tags),
		DeletionStatus: backup.DeletionPresent,
	}
	if !r.BinnedAt.IsZero() {
		p.DeletionStatus, p.RecoverUntil = backup.DeletionSoftDeleted, r.RecoverUntil
	}
	switch {
	case r.State == runRunning && s.running[r.ID] != nil:
		p.Status = backup.StatusCreating
		p.Progress, p.ReadBytes = s.running[r.ID].progressNow()
		return p, true
	case r.State == runRunning && r.Owner.alive(r.RenewedAt, s.cfg.Now()):
		p.Status = backup.StatusCreating
		return p, true
	case r.State == runRunning:
		p.Status, p.ServiceStatus = backup.StatusError, string(runDiscarded)
		p.Error = interruptedText
		if held, _ := ix.snapshots.of(r.LocationID, r.ID); len(held) > 0 {
			p.Error += " What its last checkpoint holds can be restored with local.allow_incomplete = true."
		}
	case r.State == runComplete:
		p.Status = backup.StatusAvailable
	default:
		p.Status = backup.StatusError
	}

	var size int64
	lost := 0
	exists, broken := ix.snapshots.of(r.LocationID, r.ID)
	for _, v := range r.Volumes {
		vp := backup.VolumePoint{
			ID: v.ID, Name: v.Source, SourceID: v.Source, Status: backup.StatusAvailable,
			Type: v.Type, SizeBytes: ptr(v.SizeBytes), SourceSizeBytes: ptr(v.SizeBytes), Bootable: ptr(false),
		}
		if !v.Complete {
			vp.Status = backup.StatusError
		}
		if broken == nil && !exists[v.ID] {
			vp.Status = backup.StatusError
			lost++
		}
		size += v.SizeBytes
		p.Volumes = append(p.Volumes, vp)
	}
	switch {
	case p.Status != backup.StatusAvailable || lost == 0:
	case lost == len(r.Volumes):
		return backup.Point{}, false
	default:
		p.Status = backup.StatusError
		p.Error = fmt.Sprintf("%d of the %d snapshots of this point are gone; they were deleted with another program.", lost, len(r.Volumes))
	}
	if len(r.Volumes) > 0 {
		p.SizeBytes, p.SourceSizeBytes = ptr(size), ptr(size)
	}
	p.NewBytes, p.IncompleteFiles = ptr(r.NewBytes), ptr(r.IncompleteFiles)
	return p, true
}

// UpdatePoint changes the tags of a point.
func (s *Service) UpdatePoint(ctx context.Context, id string, u backup.PointUpdate) (backup.Point, error) {
	if _, err := s.Point(ctx, id, backup.Cached); err != nil {
		return backup.Point{}, err
	}
	err := s.change(ctx, "tag point", func(ctx context.Context, t *tx) error {
		rec, ok := t.index.runs.get(id)
		if !ok {
			return notFound("point", id)
		}
		if s.running[id] != nil {
			return backup.Errorf(backup.ErrBusy, "The point %s is being taken; its tags can be changed when it is finished.", id)
		}
		if u.Tags != nil {
			rec.Tags = maps.Clone(*u.Tags)
		}
		return put(ctx, t, t.index.runs, id, rec)
	})
	if err != nil {
		return backup.Point{}, err
	}
	return s.Point(ctx, id, backup.Cached)
}

// DeletePoint deletes a point, or moves it to the bin of its location; its history stays. Space is given
// back by the repository's maintenance.
func (s *Service) DeletePoint(ctx context.Context, id string) error {
	if err := s.view(ctx, backup.Cached, func(*index) error { return nil }); err != nil {
		return err
	}
	if scope, err := s.Scope(ctx); err != nil || scope.ID == "" {
		return err
	}
	return s.change(ctx, "delete point", func(ctx context.Context, t *tx) error {
		rec, ok := t.index.runs.get(id)
		if !ok || !rec.DeletedAt.IsZero() {
			return nil
		}
		if p, ok := s.point(t.index, rec); ok && p.Status == backup.StatusCreating {
			return backup.Errorf(backup.ErrBusy, "The point %s is being taken.", id)
		}
		return s.discard(ctx, t, rec)
	})
}

func ptr[T any](v T) *T { return &v }

// samePtr says whether both are nil or point to the same value.
func samePtr[T comparable](a, b *T) bool { return a == b || (a != nil && b != nil && *a == *b) }
