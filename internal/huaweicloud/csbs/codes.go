package csbs

import (
	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

const (
	waitAdvice   = "Wait until that has ended, and try again."
	mapAdvice    = "Correct csbs.volume_mapping."
	serverAdvice = "Check that the server exists in this project and region."
)

// codes are the error codes of the service (§2.19). Those that are missing mean what their HTTP status does.
var codes = map[string]huaweicloud.Code{
	"CSBS.0001": {Kind: backup.ErrQuota, Advice: "Delete a policy, or ask for a higher quota."},
	"CSBS.1001": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.1002": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.2001": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.2003": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.2004": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.3000": {Kind: backup.ErrNotFound},
	"CSBS.3001": {Kind: backup.ErrNotFound},
	"CSBS.4000": {Kind: backup.ErrConflict, Advice: "Only an available point can be restored."},
	"CSBS.6000": {Kind: backup.ErrNotFound, Advice: serverAdvice},
	"CSBS.6001": {Kind: backup.ErrNotFound, Advice: serverAdvice},
	"CSBS.6003": {Kind: backup.ErrUnsupported},
	"CSBS.6004": {Kind: backup.ErrConflict, Advice: "A server can have one policy: take it off the other one, or import it."},
	"CSBS.6005": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.6013": {Kind: backup.ErrUnsupported},
	"CSBS.6014": {Kind: backup.ErrConflict, Advice: mapAdvice},
	"CSBS.6015": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.6017": {Kind: backup.ErrConflict, Advice: mapAdvice},
	"CSBS.6018": {Kind: backup.ErrConflict, Advice: mapAdvice},
	"CSBS.6023": {Kind: backup.ErrConflict, Advice: mapAdvice},
	"CSBS.6024": {Kind: backup.ErrConflict, Advice: mapAdvice},
	"CSBS.6030": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.6031": {Kind: backup.ErrBusy, Advice: waitAdvice},
	"CSBS.7000": {Kind: backup.ErrQuota, Advice: "A point or policy has at most 10 tags."},
	"CSBS.7001": {Kind: backup.ErrNotFound},
	"CSBS.8007": {Kind: backup.ErrConflict, Advice: "Delete the image that was made of the point first."},
	"CSBS.9006": {Kind: backup.ErrQuota, Advice: "Delete points, or ask for a higher quota."},
	"CSBS.9007": {Kind: backup.ErrConflict, Advice: "Import the policy that has this name, or choose another name."},
	"CSBS.9009": {Kind: backup.ErrDenied},
	"CSBS.9998": {Kind: backup.ErrUnsupported},
	"CSBS.9999": {Uncertain: true},
	"BackupService.4008": {
		Kind:   backup.ErrUnsupported,
		Advice: "Cloud Server Backup Service takes no new projects: configure the provider with cbr, its successor, instead of csbs.",
	},
}
