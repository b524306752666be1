package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/engine"
)

// part is a volume of a point with what is in it.
type part struct {
	volumeRecord
	tree *engine.Tree
	// dir is where the volume goes below a target: nowhere special if it is the only one, else a
	// directory of its own.
	dir string
}

// parts opens the chosen volumes of a point, all if none is chosen, in the order of their sources. A
// volume without a snapshot is left out if the point need not be whole.
func parts(ctx context.Context, repo *engine.Repo, rec runRecord, chosen []string, incomplete bool) ([]part, error) {
	if err := known(rec, chosen); err != nil {
		return nil, err
	}
	trees, err := repo.Trees(ctx, rec.ID, incomplete)
	if err != nil {
		return nil, err
	}
	var list []part
	for _, v := range rec.Volumes {
		if len(chosen) > 0 && !slices.Contains(chosen, v.ID) {
			continue
		}
		t := trees[v.ID]
		switch {
		case t != nil:
			list = append(list, part{volumeRecord: v, tree: t, dir: directoryFor(v.Source)})
		case !incomplete:
			return nil, backup.Errorf(backup.ErrConflict, "The data of volume %s (%s) is gone; it was deleted with another program. Choose another point, or other volumes.", v.ID, v.Source)
		}
	}
	switch len(list) {
	case 0:
		return nil, noData(rec)
	case 1:
		list[0].dir = ""
	}
	return list, nil
}

func noData(rec runRecord) error {
	return backup.Errorf(backup.ErrConflict, "The point %s holds no data. Choose another one.", rec.ID)
}

// known says whether a point has the volumes.
func known(rec runRecord, ids []string) error {
	has := func(id string) bool {
		return slices.ContainsFunc(rec.Volumes, func(v volumeRecord) bool { return v.ID == id })
	}
	for _, id := range ids {
		if has(id) {
			continue
		}
		var names []string
		for _, v := range rec.Volumes {
			names = append(names, fmt.Sprintf("%s (%s)", v.ID, v.Source))
		}
		return backup.Errorf(backup.ErrNotFound, "The point %s has no volume %q. Its volumes are: %s.", rec.ID, id, strings.Join(names, ", "))
	}
	return nil
}

// record returns the record of a point that exists.
func (s *Service) record(ctx context.Context, id string) (rec runRecord, p backup.Point, err error) {
	if p, err = s.Point(ctx, id, backup.Fresh); err != nil {
		return rec, p, err
	}
	err = s.view(ctx, backup.Cached, func(ix *index) error {
		rec, _ = ix.runs.get(id)
		return nil
	})
	return rec, p, err
}

// longestDirectory leaves room for the hash below the 255 bytes that names may have.
const longestDirectory = 200

// directoryFor is the name of a directory for the files of a source: its path with _ for the separators,
// as in var_lib_postgresql. Different sources have different names, and none leads anywhere else.
func directoryFor(source string) string {
	var b strings.Builder
	for i, r := range strings.TrimPrefix(source, "/") {
		switch {
		case r == '/':
			b.WriteByte('_')
		case r < ' ', r == 0x7f, r == utf8.RuneError, strings.ContainsRune(`%_\:*?"<>|~`, r), i == 0 && r == '.':
			fmt.Fprintf(&b, "%%%02X", r)
		default:
			b.WriteRune(r)
		}
	}
	name := b.String()
	if name == "" {
		return "%2F"
	}
	if len(name) > longestDirectory {
		sum := sha256.Sum256([]byte(source))
		return strings.ToValidUTF8(name[:longestDirectory], "") + "~" + hex.EncodeToString(sum[:8])
	}
	return name
}
