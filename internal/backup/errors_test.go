package backup_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestServiceErrorText(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		err  backup.ServiceError
		want string
	}{
		{"message only", backup.ServiceError{Message: "no such point"}, "no such point"},
		{"status", backup.ServiceError{Message: "m", HTTPStatus: 404}, "m (HTTP 404)"},
		{"everything", backup.ServiceError{Message: "m", HTTPStatus: 409, Code: "CSBS.1", RequestID: "r-1"}, "m (HTTP 409, code CSBS.1, request r-1)"},
		{"the cause is not told", backup.ServiceError{Message: "m", Err: io.EOF}, "m"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.err.Error(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestServiceErrorIs(t *testing.T) {
	t.Parallel()
	err := fmt.Errorf("reading: %w", &backup.ServiceError{Kind: backup.ErrNotFound, Err: io.EOF})
	for _, target := range []error{backup.ErrNotFound, io.EOF} {
		if !errors.Is(err, target) {
			t.Errorf("%v is not found in the error", target)
		}
	}
	if errors.Is(err, backup.ErrConflict) {
		t.Error("another kind is found in the error")
	}
	if errors.Is(&backup.ServiceError{Message: "m"}, backup.ErrNotFound) {
		t.Error("an error without kind has one")
	}
	var service *backup.ServiceError
	if err := backup.Errorf(backup.ErrQuota, "%d GB are full", 5); !errors.As(err, &service) || service.Message != "5 GB are full" || !errors.Is(err, backup.ErrQuota) {
		t.Errorf("Errorf returned %#v", err)
	}
}
