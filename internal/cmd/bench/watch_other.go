//go:build !linux

package main

import "errors"

// watch counts what processes do with a repository on disk.
type watch struct{}

func watchRepository(string) (*watch, error) {
	return nil, errors.New("counting how often a repository is opened needs Linux")
}

func (*watch) stop() (opened, listed int, err error) { return 0, 0, nil }
