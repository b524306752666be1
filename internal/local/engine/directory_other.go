//go:build !linux

package engine

import "github.com/kopia/kopia/repo/blob"

// begun leaves it to the system when to begin with what is written.
type begun struct{ blob.Bytes }
