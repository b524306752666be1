package local

import (
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// Config is where a repository is and how to open it. Empty members have defaults.
type Config struct {
	// Repository is a directory; default $XDG_DATA_HOME/serverbackup. The first write creates it.
	Repository string
	// Password or PasswordFile open the repository. With neither, a key file is made beside the
	// user's configuration when the repository is created.
	Password     string
	PasswordFile string
	// CacheDirectory keeps recently read content; default none, which is fastest on a disk.
	CacheDirectory string
	// Host and User are the identity of the sources that this process reads; default short host
	// name and OS user.
	Host string
	User string
	// Compression is the name of a Kopia compressor; default zstd-fastest.
	Compression string
	// PointsInParallel is how many points this process takes at a time; default 1.
	PointsInParallel int
	// ReadCache is how long one listing answers reads; 0 switches that off.
	ReadCache time.Duration
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// ServerOptions are the options of a [backup.Server] on this service.
type ServerOptions struct {
	// Host and User are the Kopia identity of the sources; default the service's own.
	Host string
	User string
	// Sources are absolute paths of directories, files or images.
	Sources []string
	// Exclude are gitignore-style rules.
	Exclude []string
	// OneFileSystem stays on the file system of each source.
	OneFileSystem bool
	// OnUnreadable is what an unreadable file does to a point: fail or warn.
	OnUnreadable OnUnreadable
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

// Service is the embedded backup service.
type Service struct{ backup.Service }

// New returns a service for a repository. It touches no disk: the repository is opened by the first
// call that needs it.
func New(cfg Config) (*Service, error) { return &Service{}, nil }
