package main

import (
	"os"
	"path/filepath"
)

// kopia is the stock command line on a repository of its own, without caches as ours.
type kopia struct {
	*run
	home string
}

// newKopia makes an empty repository with a compression.
func (b *run) newKopia(name, compression string) (*kopia, error) {
	k := &kopia{b, filepath.Join(b.dir, name)}
	if err := fresh(k.home); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(k.home, 0o700); err != nil {
		return nil, err
	}
	if _, err := k.do("repository", "create", "filesystem", "--path", filepath.Join(k.home, "repository"),
		"--cache-directory", filepath.Join(k.home, "cache"), "--content-cache-size-mb=0", "--metadata-cache-size-mb=0"); err != nil {
		return nil, err
	}
	_, err := k.do("policy", "set", "--global", "--compression="+compression)
	return k, err
}

func (k *kopia) do(args ...string) (sample, error) {
	args = append(args, "--config-file", filepath.Join(k.home, "repository.config"), "--log-dir", filepath.Join(k.home, "log"), "--no-progress")
	s, _, err := k.command([]string{"KOPIA_PASSWORD=" + password, "KOPIA_CHECK_FOR_UPDATES=false", "HOME=" + k.home}, k.kopia, args...)
	return s, err
}

// restic is restic on a repository of its own, without a cache as ours.
type restic struct {
	*run
	home string
}

func (b *run) newRestic(name string) (*restic, error) {
	r := &restic{b, filepath.Join(b.dir, name)}
	if err := fresh(r.home); err != nil {
		return nil, err
	}
	_, err := r.do("init", "--repository-version=2")
	return r, err
}

func (r *restic) do(args ...string) (sample, error) {
	args = append(args, "--repo", filepath.Join(r.home, "repository"), "--no-cache", "--quiet")
	s, _, err := r.command([]string{"RESTIC_PASSWORD=" + password}, "restic", args...)
	return s, err
}
