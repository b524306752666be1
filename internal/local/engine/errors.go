package engine

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/kopia/kopia/repo"
)

// Why a repository cannot be opened.
var (
	ErrAbsent        = errors.New("there is no repository")
	ErrNotRepository = errors.New("not a repository")
	ErrPassword      = errors.New("wrong password")
	ErrReadOnly      = errors.New("the repository was opened for reading only")
)

// SourceError is a source that cannot be read as a whole.
type SourceError struct {
	Path string
	Err  error
}

func (e *SourceError) Error() string {
	var reason *fs.PathError
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return fmt.Sprintf("the source %s does not exist", e.Path)
	case errors.As(e.Err, &reason):
		return fmt.Sprintf("the source %s cannot be read: %v", e.Path, reason.Err)
	}
	return fmt.Sprintf("the source %s cannot be read: %v", e.Path, e.Err)
}

// Unwrap returns the cause.
func (e *SourceError) Unwrap() error { return e.Err }

// translate replaces Kopia's words for what a user can mend by ours.
func translate(err error) error {
	switch {
	case errors.Is(err, repo.ErrInvalidPassword):
		return ErrPassword
	case errors.Is(err, repo.ErrRepositoryNotInitialized):
		return ErrAbsent
	case errors.Is(err, ErrReadOnly):
		return ErrReadOnly
	}
	return err
}
