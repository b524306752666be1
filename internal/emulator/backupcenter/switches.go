package backupcenter

import (
	"net/http"
	"time"
)

// Switches choose among the forms that the real service may have where nobody knows which it has. The
// zero value of each is the likeliest.
type Switches struct {
	// PointsEnvelope answers the list of points with an envelope, not with a bare array.
	PointsEnvelope bool
	// CreateWithoutBody answers the creation of a backup server without a body.
	CreateWithoutBody bool
	// StaleTokenIs500 answers a stale token with 500 and IAM_VALIDATION_ERROR, not with 401.
	StaleTokenIs500 bool
	// OnlyTokenV1 has no v2 token endpoint.
	OnlyTokenV1 bool
	// BackupNowStatus is the status of backup-now; 0 is 202.
	BackupNowStatus int
	// WriteStatus is the status of point deletions and location changes; 0 is 204.
	WriteStatus int
	// SoftDeletedWord and DeletedWord are values of deletionStatus; empty is SOFT_DELETED and DELETED.
	SoftDeletedWord, DeletedWord string
	// SoftDeletedListed keeps soft-deleted points in the list of points.
	SoftDeletedListed bool
	// FailureWord is the status of a failed point; empty is ERROR.
	FailureWord string
	// SuccessWord is the status of a good point in history; empty is ACTIVE.
	SuccessWord string
	// SnapshotNameOnly leaves modes and backupType out of policySnapshot.
	SnapshotNameOnly bool
	// SnapshotObject sends policySnapshot as an object, not as JSON in a string.
	SnapshotObject bool
	// VolumePointsProjected sends the volumes of a point in the shape of the vServer projection.
	VolumePointsProjected bool
	// LocationConfigText sends the config of a location as JSON in a string.
	LocationConfigText bool
	// FlatDestination sends destinationId instead of destination in points.
	FlatDestination bool
	// SingleLink sends the link of a volume in one part as a string, not as a list.
	SingleLink bool
	// NoRanges makes the storage ignore the header Range.
	NoRanges bool
	// RestoreSuccessWord is the status of a good restore; empty is SUCCESS.
	RestoreSuccessWord string
	// RestorePrefix starts the ids of restores; empty is rst-.
	RestorePrefix string
	// DeletionTakes is how long a deleted point or backup server is still shown as it was.
	DeletionTakes time.Duration
	// DeletingWord is the status of a point or backup server that is being deleted; empty is the one before.
	DeletingWord string
	// PointAppearsAfter is how long after backup-now the point shows, and after a restore its row.
	PointAppearsAfter time.Duration
	// SoftDeleteOffKeeps lets points in the bin lapse on their dates when soft delete is switched off.
	SoftDeleteOffKeeps bool
	// ServerDeletionSoft moves the points of a deleted backup server into the bin of their location.
	ServerDeletionSoft bool
	// ManualHasPolicy tells the policy of a manual point as well.
	ManualHasPolicy bool
	// ErrorForm is how errors are written; empty is ErrorMessage.
	ErrorForm ErrorForm
	// PageCap is the most rows of a page, however many are asked for; 0 is 200.
	PageCap int
}

// ErrorForm is how an error body is written.
type ErrorForm string

// The forms of error bodies.
const (
	ErrorMessage ErrorForm = "message"
	ErrorArray   ErrorForm = "array"
	ErrorErrors  ErrorForm = "errors"
	ErrorError   ErrorForm = "error"
	ErrorDetail  ErrorForm = "detail"
	ErrorCode    ErrorForm = "code"
)

// Variation is a set of switches with one of them turned.
type Variation struct {
	Name string
	Switches
}

// Variations are the likeliest form and, for each switch, the others.
func Variations() []Variation {
	variations := []Variation{{Name: "likeliest"}}
	add := func(name string, turn func(s *Switches)) {
		v := Variation{Name: name}
		turn(&v.Switches)
		variations = append(variations, v)
	}
	add("points-envelope", func(s *Switches) { s.PointsEnvelope = true })
	add("create-without-body", func(s *Switches) { s.CreateWithoutBody = true })
	add("stale-token-is-500", func(s *Switches) { s.StaleTokenIs500 = true })
	add("only-token-v1", func(s *Switches) { s.OnlyTokenV1 = true })
	add("backup-now-200", func(s *Switches) { s.BackupNowStatus = http.StatusOK })
	add("backup-now-204", func(s *Switches) { s.BackupNowStatus = http.StatusNoContent })
	add("write-200", func(s *Switches) { s.WriteStatus = http.StatusOK })
	add("write-202", func(s *Switches) { s.WriteStatus = http.StatusAccepted })
	add("soft-delete-words", func(s *Switches) { s.SoftDeletedWord, s.DeletedWord = "SOFT_DELETE", "DELETE" })
	add("soft-deleted-spaced", func(s *Switches) { s.SoftDeletedWord, s.DeletedWord = "Soft deleted", "Deleted" })
	add("soft-deleted-listed", func(s *Switches) { s.SoftDeletedListed = true })
	add("failed-word", func(s *Switches) { s.FailureWord = "FAILED" })
	add("success-word", func(s *Switches) { s.SuccessWord = "SUCCESS" })
	add("snapshot-name-only", func(s *Switches) { s.SnapshotNameOnly = true })
	add("snapshot-object", func(s *Switches) { s.SnapshotObject = true })
	add("volume-points-projected", func(s *Switches) { s.VolumePointsProjected = true })
	add("location-config-text", func(s *Switches) { s.LocationConfigText = true })
	add("flat-destination", func(s *Switches) { s.FlatDestination = true })
	add("single-link", func(s *Switches) { s.SingleLink = true })
	add("no-ranges", func(s *Switches) { s.NoRanges = true })
	add("restore-active", func(s *Switches) { s.RestoreSuccessWord = "ACTIVE" })
	add("restore-prefix", func(s *Switches) { s.RestorePrefix = "bk-res-" })
	add("deletion-lingers", func(s *Switches) { s.DeletionTakes = 5 * time.Second })
	add("deleting-word", func(s *Switches) { s.DeletionTakes, s.DeletingWord = 5*time.Second, "DELETING" })
	add("point-appears-later", func(s *Switches) { s.PointAppearsAfter = 4 * time.Second })
	add("soft-delete-off-keeps", func(s *Switches) { s.SoftDeleteOffKeeps = true })
	add("server-deletion-soft", func(s *Switches) { s.ServerDeletionSoft = true })
	add("manual-has-policy", func(s *Switches) { s.ManualHasPolicy = true })
	for _, form := range []ErrorForm{ErrorArray, ErrorErrors, ErrorError, ErrorDetail, ErrorCode} {
		add("error-"+string(form), func(s *Switches) { s.ErrorForm = form })
	}
	add("page-cap", func(s *Switches) { s.PageCap = 2 })
	return variations
}
