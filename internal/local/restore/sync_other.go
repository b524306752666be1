//go:build !linux

package restore

import "os"

// syncer does nothing: this system has no call for it, and syncing file by file takes too long.
type syncer struct{}

func newSyncer() *syncer { return &syncer{} }

func (*syncer) add(*os.Root) error { return nil }

func (*syncer) wrote(int64) {}

func (*syncer) end() error { return nil }

func (*syncer) close() {}
