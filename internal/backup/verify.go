package backup

import "context"

// Verifier is a service that can prove that a point can be read.
type Verifier interface {
	// VerifyPoint reads every byte of a point back, past any cache. Damage is a result and no error;
	// a point that is not available, and a store that cannot be opened, is one. progress, which may be
	// nil, is told how many of how many bytes are done, by one goroutine at a time.
	VerifyPoint(ctx context.Context, id string, progress func(done, total int64)) (Verification, error)
}

// Verification is what reading a point back showed.
type Verification struct {
	// Files and Bytes were read.
	Files, Bytes int64
	// Damages name what could not be read, and why; none means that all is well.
	Damages []string
}
