package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine/enginetest"
)

// operation is what a process of ours does; its result goes to standard output as JSON.
type operation struct {
	Config local.Config
	// Do is protect, point, seed, restore, archive or list.
	Do      string
	Server  string
	Point   string
	Sources []string
	Full    bool
	Count   int
	Target  string
}

// result is what a process of ours found.
type result struct {
	Server   string
	Point    string
	NewBytes int64
	Points   int
	// Inside is the time of the operation after the repository was open.
	Inside time.Duration
}

func (op operation) run(ctx context.Context) error {
	svc, err := local.New(op.Config)
	if err != nil {
		return err
	}
	res, err := op.do(ctx, svc)
	if err := errors.Join(err, svc.Close(ctx)); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(res)
}

func (op operation) do(ctx context.Context, svc *local.Service) (result, error) {
	switch op.Do {
	case "protect":
		srv, err := svc.CreateServer(ctx, backup.Server{
			Name: "bench", Enabled: true,
			Options: local.ServerOptions{Sources: op.Sources, OneFileSystem: true},
		})
		return result{Server: srv.ID}, err
	case "point":
		return op.point(ctx, svc)
	case "seed":
		o := enginetest.Options{Path: op.Config.Repository, Password: op.Config.Password, Host: op.Config.Host, User: op.Config.User}
		return result{}, enginetest.Seed(ctx, o, op.Point, op.Count, time.Minute)
	case "restore":
		return op.restore(ctx, svc)
	case "archive":
		downloader, ok := any(svc).(backup.Downloader)
		if !ok {
			return result{}, backup.ErrUnsupported
		}
		f, err := os.Create(op.Target)
		if err != nil {
			return result{}, err
		}
		err = downloader.Archive(ctx, backup.ArchiveRequest{PointID: op.Point, Format: "tar.zst"}, f, nil)
		return result{}, errors.Join(err, f.Close())
	case "list":
		if _, err := svc.Scope(ctx); err != nil {
			return result{}, err
		}
		start := time.Now()
		n := 0
		for _, err := range svc.Points(ctx, backup.PointFilter{}) {
			if err != nil {
				return result{}, err
			}
			n++
		}
		return result{Points: n, Inside: time.Since(start)}, nil
	}
	return result{}, fmt.Errorf("unknown operation %q", op.Do)
}

func (op operation) point(ctx context.Context, svc *local.Service) (result, error) {
	p, err := svc.StartPoint(ctx, backup.PointRequest{ServerID: op.Server, Full: &op.Full})
	if err != nil {
		return result{}, err
	}
	p, err = backup.WaitPoint(ctx, svc, p, backup.WaitOptions{Interval: 5 * time.Millisecond})
	if err == nil && p.Status != backup.StatusAvailable {
		err = errors.New(p.Error)
	}
	if err != nil {
		return result{}, err
	}
	return result{Point: p.ID, NewBytes: *p.NewBytes}, nil
}

func (op operation) restore(ctx context.Context, svc *local.Service) (result, error) {
	restorer, ok := any(svc).(backup.Restorer)
	if !ok {
		return result{}, backup.ErrUnsupported
	}
	r, err := restorer.StartRestore(ctx, backup.RestoreRequest{
		PointID: op.Point, Options: local.RestoreOptions{Target: op.Target},
	})
	if err != nil {
		return result{}, err
	}
	r, err = backup.WaitRestore(ctx, restorer, r, 5*time.Millisecond, nil)
	if err == nil && r.Status != backup.HistorySucceeded {
		err = errors.New(r.Error)
	}
	return result{}, err
}
