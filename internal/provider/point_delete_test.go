package provider

import (
	"regexp"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// none is a configuration without the point.
const none = `output "none" { value = "" }`

func TestAccPointDeleteLocked(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	newFakeTest(t, service).run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			PreConfig: func() {
				service.deleteErrs = []error{backup.Errorf(backup.ErrLocked, "The point is locked until 2027-01-01.")}
			},
			Config:      none,
			ExpectError: regexp.MustCompile(`(?s)Unable to Delete Backup Point point-0.*locked until 2027-01-01`),
		},
	)
	expectIDs(t, "deleted", service.deleted, "point-0")
}

func TestAccPointDeleteBusy(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	newFakeTest(t, service).run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			PreConfig: func() { service.deleteErrs = []error{backup.Errorf(backup.ErrBusy, "it is being restored")} },
			Config:    none,
		},
	)
	expectIDs(t, "deleted", service.deleted, "point-0")
}

func TestAccPointDeleteBusyForTooLong(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	newFakeTest(t, service).run(
		resource.TestStep{Config: pointWith(`timeouts = { delete = "200ms" }`)},
		resource.TestStep{
			PreConfig:   func() { service.deleteErrs = []error{backup.Errorf(backup.ErrBusy, "it is being restored")} },
			Config:      none,
			ExpectError: regexp.MustCompile(`(?s)Unable to Delete Backup Point.*being restored`),
		},
	)
}

func TestAccPointDeleteGone(t *testing.T) {
	t.Parallel()
	service := newFakeService(finished)
	newFakeTest(t, service).run(
		resource.TestStep{Config: pointConfig},
		resource.TestStep{
			PreConfig: func() { service.deleteErrs = []error{backup.Errorf(backup.ErrNotFound, "no such point")} },
			Config:    none,
		},
	)
}
