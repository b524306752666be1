package backup

import (
	"errors"
	"fmt"
	"strings"
)

// What can go wrong with any service. A service joins one of these with what it knows, usually in
// a [ServiceError]; test with [errors.Is].
var (
	ErrNotFound    = errors.New("not found")
	ErrConflict    = errors.New("conflict")
	ErrBusy        = errors.New("busy")
	ErrLocked      = errors.New("locked")
	ErrUnsupported = errors.New("not supported")
	ErrDenied      = errors.New("access denied")
	ErrQuota       = errors.New("quota exceeded")
	ErrThrottled   = errors.New("too many requests")
	// ErrCanceled is a run that was stopped on request.
	ErrCanceled = errors.New("canceled")
)

// ServiceError is an error as a service reported it.
type ServiceError struct {
	// Kind is one of the sentinels of this package, nil if none fits.
	Kind error
	// Message is for the user: what is wrong and, where known, what to do. No secrets.
	Message string
	// HTTPStatus, Code and RequestID are the cloud's, for its support; zero elsewhere.
	HTTPStatus int
	Code       string
	RequestID  string
	// Err is the cause, if any; it is not part of the text.
	Err error
}

func (e *ServiceError) Error() string {
	var extra []string
	if e.HTTPStatus != 0 {
		extra = append(extra, fmt.Sprintf("HTTP %d", e.HTTPStatus))
	}
	if e.Code != "" {
		extra = append(extra, "code "+e.Code)
	}
	if e.RequestID != "" {
		extra = append(extra, "request "+e.RequestID)
	}
	if len(extra) == 0 {
		return e.Message
	}
	return e.Message + " (" + strings.Join(extra, ", ") + ")"
}

// Unwrap makes errors.Is find both the sentinel and the cause.
func (e *ServiceError) Unwrap() []error {
	var errs []error
	if e.Kind != nil {
		errs = append(errs, e.Kind)
	}
	if e.Err != nil {
		errs = append(errs, e.Err)
	}
	return errs
}

// Errorf returns a [ServiceError] of a kind.
func Errorf(kind error, format string, args ...any) error {
	return &ServiceError{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Problem is something that a service cannot do with an attribute, found before anything is written.
type Problem struct {
	// Path are attribute names from the root of the object, in the schema's words:
	// {"retention", "hourly"}. Empty is the object as a whole.
	Path []string
	// Summary is a few words in title case, such as "Source Not Found".
	Summary string
	// Detail says what is wrong and what to write instead.
	Detail string
	// Warning problems do not stop a plan.
	Warning bool
}
