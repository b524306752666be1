package cbr

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// A mark is what the point of a request is recognised by, should nobody have heard of it. It stands at the
// end of its description, the only text of a backup that is free and that lists return.

// markPattern is a mark at the end of a description.
var markPattern = regexp.MustCompile(`\[request [0-9a-f]{16}\]$`)

// markLength is what a mark takes of a description, with the blank before it.
const markLength = len(" [request 0123456789abcdef]")

// markOf is the same for the same request: of one server, with one name, for the same triggers.
func markOf(r backup.PointRequest) string {
	// Maps are written with their keys sorted.
	data, err := json.Marshal([]any{r.ServerID, r.Name, r.Description, r.Triggers, r.Full})
	if err != nil {
		data = []byte(r.ServerID + "\x00" + r.Name) // Cannot happen with strings.
	}
	sum := sha256.Sum256(data)
	return "[request " + hex.EncodeToString(sum[:8]) + "]"
}

// addMark puts a mark at the end of a description.
func addMark(description, mark string) string {
	if description == "" {
		return mark
	}
	return description + " " + mark
}

// cutMark takes the mark off a description.
func cutMark(text string) (description, mark string) {
	at := markPattern.FindStringIndex(text)
	if at == nil {
		return text, ""
	}
	return strings.TrimSuffix(text[:at[0]], " "), text[at[0]:]
}
