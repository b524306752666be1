package engine

import (
	"context"
	"regexp"

	"github.com/kopia/kopia/snapshot/upload"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/local/tree"
)

// partialName is the name that Kopia gives to a file, or a piece of one, that was being read at a checkpoint.
// Its entry has the size of the file and less data.
var partialName = regexp.MustCompile(`^\.checkpointed\..*\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// isPartial says whether an entry is not a file of the source, but what was stored of one.
func (t *Tree) isPartial(e tree.Entry) bool {
	return t.man.IncompleteReason == upload.IncompleteReasonCheckpoint && e.Mode.IsRegular() && partialName.MatchString(e.Name)
}

// countPartial counts what is left out of a checkpoint: its own counts have it.
func (t *Tree) countPartial(ctx context.Context) error {
	if t.bare() {
		return nil
	}
	var walk func(dir tree.Entry) error
	walk = func(dir tree.Entry) error {
		entries, err := t.stored(ctx, dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			switch {
			case t.isPartial(e):
				t.partial.Add(e)
			case e.Mode.IsDir():
				if err := walk(e); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return walk(entry(t.man.RootEntry))
}
