package cbr

import (
	"errors"
	"fmt"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

const (
	waitAdvice   = "Try again when it is finished."
	vaultFull    = "Raise quota_gb of the location, set cbr.auto_expand, or delete points."
	lockedAdvice = "The vault is locked, which cannot be undone: its automatic points stay until the retention of the policy lets them go."
)

// codes are the error codes that mean more than their HTTP status (§3.11).
var codes = map[string]huaweicloud.Code{
	"BackupService.0002": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"BackupService.2002": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"BackupService.2010": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"BackupService.6125": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"BackupService.6134": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"BackupService.6201": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"BackupService.6203": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"BackupService.6216": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"BackupService.7009": {Kind: backup.ErrBusy, Advice: waitAdvice},

	"BackupService.2005": {Kind: backup.ErrConflict},
	"BackupService.6103": {Kind: backup.ErrConflict, Advice: "Import the server, or take it out of the other vault; that deletes its points there."},
	"BackupService.6112": {Kind: backup.ErrConflict},
	"BackupService.6202": {Kind: backup.ErrConflict},
	"BackupService.6204": {Kind: backup.ErrConflict, Advice: "Delete the image that was made of the point first."},
	"BackupService.7116": {Kind: backup.ErrConflict, Advice: "Import the server, or take it out of the other vault; that deletes its points there."},

	"BackupService.6001": {Kind: backup.ErrQuota, Advice: "A project has at most 32 backup policies."},
	"BackupService.6100": {Kind: backup.ErrQuota, Advice: "A vault has at most 256 servers. Make another location."},
	"BackupService.6101": {Kind: backup.ErrQuota, Advice: vaultFull},
	"BackupService.6114": {Kind: backup.ErrQuota, Advice: vaultFull},
	"BackupService.6133": {Kind: backup.ErrQuota},
	"BackupService.6600": {Kind: backup.ErrQuota},
	"BackupService.8300": {Kind: backup.ErrQuota},

	"BackupService.6220": {Kind: backup.ErrLocked, Advice: lockedAdvice},
	"BackupService.8600": {Kind: backup.ErrDenied, Advice: "Complete the real-name authentication of the account."},
	"BackupService.9998": {Kind: backup.ErrDenied},
}

func notFound(kind, id string) error {
	return backup.Errorf(backup.ErrNotFound, "There is no %s with the id %q.", kind, id)
}

// named turns the service's way to say that an object is not there into ours.
func named(err error, kind, id string) error {
	if !errors.Is(err, backup.ErrNotFound) {
		return err
	}
	return &backup.ServiceError{Kind: backup.ErrNotFound, Message: fmt.Sprintf("There is no %s with the id %q.", kind, id), Err: err}
}

// uncertain says whether nobody knows if a write was taken.
func uncertain(err error) bool { return errors.Is(err, huaweicloud.ErrUncertain) }

// refuse turns problems that a plan let pass, because something was not known yet, into an error.
func refuse(problems []backup.Problem) error {
	for _, p := range problems {
		if !p.Warning {
			return backup.Errorf(nil, "%s: %s", strings.Join(p.Path, "."), p.Detail)
		}
	}
	return nil
}

// unsupported is the problem of an attribute that this service does not have.
func unsupported(attribute, instead string) backup.Problem {
	return backup.Problem{
		Path:    strings.Split(attribute, "."),
		Summary: "Attribute Not Supported",
		Detail:  strings.TrimSpace(fmt.Sprintf("The cbr service does not support %s. %s", attribute, instead)),
	}
}

// problem is a problem of an attribute with a dotted path.
func problem(attribute, summary, format string, args ...any) backup.Problem {
	return backup.Problem{Path: strings.Split(attribute, "."), Summary: summary, Detail: fmt.Sprintf(format, args...)}
}
