package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// Config is where a repository is and how to open it. Empty members have defaults.
type Config struct {
	// Repository is a directory, default $XDG_DATA_HOME/serverbackup, or s3://bucket/prefix. The first
	// write creates it.
	Repository string
	// S3 says how to reach a bucket; nil is Amazon's, with the keys of the environment.
	S3 *S3Options
	// ObjectLock is for a repository that is created in a bucket; nil locks nothing.
	ObjectLock *ObjectLock
	// Password or PasswordFile open the repository; a bucket needs one of them. With neither, a key file
	// is made beside the user's configuration when the repository is created.
	Password     string
	PasswordFile string
	// CacheDirectory keeps recently read content; default none, which is fastest on a disk.
	CacheDirectory string
	// Host and User are the identity of the sources that this process reads; default short host
	// name, except with a bucket, and OS user.
	Host string
	User string
	// Compression is the name of a Kopia compressor; default zstd-fastest.
	Compression string
	// PointsInParallel is how many points this process takes at a time; default 1.
	PointsInParallel int
	// ReadCache is how long one listing answers reads; 0 switches that off.
	ReadCache time.Duration
	// CheckpointInterval is how much work a killed process can lose; default 5 minutes.
	CheckpointInterval time.Duration
	// Now is the clock; default time.Now.
	Now func() time.Time `json:"-"`
	// StorageNow is the clock of a storage on disk; default the file system's. Tests that move Now move
	// it too.
	StorageNow func() time.Time `json:"-"`
}

// resolve fills in the defaults and makes paths absolute.
func (c Config) resolve(ctx context.Context) (Config, error) {
	if c.Repository == "" {
		dir, err := dataHome()
		if err != nil {
			return c, backup.Errorf(nil, "local.repository is not set and has no default here: %v. Set local.repository to a directory.", err)
		}
		c.Repository = filepath.Join(dir, "serverbackup")
	}
	if c.Password != "" && c.PasswordFile != "" {
		return c, backup.Errorf(nil, "local.password and local.password_file are both set. Keep one.")
	}
	paths := []*string{&c.CacheDirectory, &c.PasswordFile}
	if onS3(c.Repository) {
		if err := c.resolveS3(); err != nil {
			return c, err
		}
	} else {
		if err := c.checkDirectory(); err != nil {
			return c, err
		}
		paths = append(paths, &c.Repository)
	}
	for _, path := range paths {
		if *path == "" {
			continue
		}
		abs, err := filepath.Abs(*path)
		if err != nil {
			return c, err
		}
		*path = abs
	}
	if c.Host == "" {
		c.Host = engine.DefaultHost(ctx)
	}
	if c.User == "" {
		c.User = engine.DefaultUser(ctx)
	}
	if c.Compression == "" {
		c.Compression = engine.DefaultCompression
	}
	if names := engine.Compressions(); !slices.Contains(names, c.Compression) {
		return c, backup.Errorf(nil, "local.compression is %q, which is none of: %s.", c.Compression, strings.Join(names, ", "))
	}
	c.PointsInParallel = max(c.PointsInParallel, 1)
	if c.Now == nil {
		c.Now = time.Now
	}
	return c, nil
}

// checkDirectory says what cannot be meant by a repository that is a directory.
func (c Config) checkDirectory() error {
	if scheme, _, ok := strings.Cut(c.Repository, "://"); ok {
		return backup.Errorf(backup.ErrUnsupported, "local.repository begins with %s://, but repositories are kept in directories and on s3:// only. Write an absolute path, or s3://bucket/prefix.", scheme)
	}
	if c.S3 != nil {
		return backup.Errorf(nil, "local.s3 is set, but local.repository is the directory %s. Leave local.s3 out, or set local.repository to s3://bucket/prefix.", c.Repository)
	}
	return nil
}

// storage is where the blobs are. That of a bucket has the keys as they are now.
func (c Config) storage() (engine.Storage, error) {
	if !onS3(c.Repository) {
		return engine.Storage{Path: c.Repository}, nil
	}
	bucket, err := c.bucket()
	return engine.Storage{S3: bucket}, err
}

// dataHome is $XDG_DATA_HOME or what stands for it on this system.
func dataHome() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	if runtime.GOOS == "windows" {
		if dir := os.Getenv("LocalAppData"); dir != "" {
			return dir, nil
		}
		return "", errors.New("%LocalAppData% is not set")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support"), nil
	}
	return filepath.Join(home, ".local", "share"), nil
}

// ServerOptions are the options of a [backup.Server] on this service.
type ServerOptions struct {
	// Host and User are the Kopia identity of the sources; default the service's own.
	Host string `json:"host"`
	User string `json:"user"`
	// Sources are absolute paths of directories, files or images.
	Sources []string `json:"sources"`
	// Exclude are gitignore-style rules.
	Exclude []string `json:"exclude,omitempty"`
	// OneFileSystem stays on the file system of each source.
	OneFileSystem bool `json:"one_file_system"`
	// OnUnreadable is what an unreadable file does to a point: fail (the default) or warn.
	OnUnreadable OnUnreadable `json:"on_unreadable"`
	// Runner is who runs the schedule; default [RunnerAgent].
	Runner Runner `json:"runner,omitempty"`
}

// OnUnreadable is what an unreadable file does to a point.
type OnUnreadable string

// The values of OnUnreadable.
const (
	// UnreadableFails puts the point in error; its readable part stays.
	UnreadableFails OnUnreadable = "fail"
	// UnreadableWarns counts the file in [backup.Point.IncompleteFiles].
	UnreadableWarns OnUnreadable = "warn"
)

// RestoreOptions are the options of a [backup.RestoreRequest] on this service.
type RestoreOptions struct {
	// Target is an absolute directory to restore into; with several volumes each gets a directory of
	// its own below it. Empty with InPlace, which restores to where the sources were.
	Target  string
	InPlace bool
	// VolumeIDs select volumes of the point; none are all.
	VolumeIDs []string
	// Overwrite says what happens to files that exist; default never, which fails.
	Overwrite Overwrite
	// SkipOwners leaves users and groups as the process makes them.
	SkipOwners bool
	// AllowIncomplete restores what there is of a point in error.
	AllowIncomplete bool
}

// Overwrite says what a restore does to a file that exists.
type Overwrite string

// The values of Overwrite.
const (
	OverwriteNever   Overwrite = "never"
	OverwriteIfNewer Overwrite = "if_newer"
	OverwriteAlways  Overwrite = "always"
)

// options are the options of a server with defaults filled in.
func (s *Service) options(server backup.Server) (ServerOptions, error) {
	o, ok := server.Options.(ServerOptions)
	if !ok {
		return o, backup.Errorf(nil, "the server %q has no local options: write local = { sources = [...] }", server.Name)
	}
	if o.Host == "" {
		o.Host = s.cfg.Host
	}
	if o.User == "" {
		o.User = s.cfg.User
	}
	if o.OnUnreadable == "" {
		o.OnUnreadable = UnreadableFails
	}
	o.Sources = slices.Sorted(slices.Values(o.Sources))
	return o, nil
}

// here says whether the sources of a server are on this machine.
func (s *Service) here(o ServerOptions) bool {
	return strings.EqualFold(o.Host, s.cfg.Host)
}

func elsewhere(server string, o ServerOptions, host string) string {
	return fmt.Sprintf("The sources of server %q are on host %s, and this machine is %s: it cannot read them. "+
		"Take the point where the provider runs on host %s, or set local.host of the provider if this machine is that host.",
		server, o.Host, host, o.Host)
}
