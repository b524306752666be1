package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// restoreOptions are the options of a request with defaults filled in.
func restoreOptions(r backup.RestoreRequest) (RestoreOptions, error) {
	o, ok := r.Options.(RestoreOptions)
	if !ok {
		return o, backup.Errorf(nil, "The restore has no local options: write local = { target = \"/some/directory\" }.")
	}
	if o.Overwrite == "" {
		o.Overwrite = OverwriteNever
	}
	if o.Target != "" {
		o.Target = filepath.Clean(o.Target)
	}
	return o, nil
}

// selects says whether a volume is to be restored.
func (o RestoreOptions) selects(v volumeRecord) bool {
	return len(o.VolumeIDs) == 0 || slices.Contains(o.VolumeIDs, v.ID)
}

// CheckRestore reports what the local service cannot do with a restore.
func (s *Service) CheckRestore(ctx context.Context, r backup.RestoreRequest) []backup.Problem {
	var problems []backup.Problem
	add := func(path []string, summary, format string, args ...any) {
		problems = append(problems, backup.Problem{Path: path, Summary: summary, Detail: fmt.Sprintf(format, args...)})
	}
	o, err := restoreOptions(r)
	if err != nil {
		add([]string{"local"}, "Missing Options", "%v", err)
		return problems
	}
	if o.InPlace && !r.OverwriteExistingData {
		add([]string{"overwrite_existing_data"}, "Overwriting Not Allowed",
			"A restore in place writes to the directories that were backed up. Set overwrite_existing_data = true to allow that, or restore to another directory with local.target.")
	}
	switch o.Overwrite {
	case OverwriteNever, OverwriteIfNewer, OverwriteAlways:
	default:
		add([]string{"local", "overwrite"}, "Invalid Value", "overwrite is %q; write never, if_newer or always.", o.Overwrite)
	}
	switch {
	case o.InPlace && o.Target != "":
		add([]string{"local", "in_place"}, "Conflicting Options", "in_place and target are both set. Keep one.")
	case !o.InPlace && o.Target == "":
		add([]string{"local", "target"}, "Missing Target", "Set local.target to the directory to restore into, or local.in_place = true.")
	case !o.InPlace:
		if text := s.badTarget(ctx, o.Target); text != "" {
			add([]string{"local", "target"}, "Invalid Target", "%s", text)
		}
	}
	if r.PointID == "" {
		return problems
	}
	rec, p, err := s.record(ctx, r.PointID)
	switch {
	case errors.Is(err, backup.ErrNotFound):
		add([]string{"point_id"}, "Point Not Found", "%v", err)
		return problems
	case err != nil: // shows again when the restore starts
		return problems
	}
	if err := whole(p); err != nil && (p.Status != backup.StatusError || !o.AllowIncomplete) {
		hint := ""
		if p.Status == backup.StatusError {
			hint = " To restore what there is of it, set local.allow_incomplete = true."
		}
		add([]string{"point_id"}, "Point Not Available", "%v%s", err, hint)
	} else if rec, err = s.salvage(ctx, rec, p); err != nil {
		add([]string{"point_id"}, "Point Not Available", "%v", err)
		return problems
	}
	if err := known(rec, o.VolumeIDs); err != nil {
		add([]string{"local", "volume_ids"}, "Unknown Volume", "%v", err)
	} else if o.InPlace {
		if text := s.notInPlace(ctx, rec, o); text != "" {
			add([]string{"local", "in_place"}, "Not Possible In Place", "%s", text)
		}
	}
	return problems
}

// badTarget says why nothing can be restored into a directory.
func (s *Service) badTarget(ctx context.Context, target string) string {
	if !filepath.IsAbs(target) || strings.ContainsRune(target, 0) {
		return fmt.Sprintf("The target %q is no absolute path.", target)
	}
	actual := resolve(target)
	for _, repository := range s.repositories(ctx) {
		if inside(actual, resolve(repository)) || inside(target, repository) {
			return fmt.Sprintf("The target %s is part of the repository %s. Restore to another directory.", target, repository)
		}
	}
	info, err := os.Stat(target)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Sprintf("The target %s is a file. Name a directory; it is made if it does not exist.", target)
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Sprintf("The target %s is below a file. Restore to another directory.", target)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("The target %s cannot be used: %v.", target, err)
	}
	if info, err := os.Lstat(target); err == nil && info.Mode()&fs.ModeSymlink != 0 && actual == target {
		return fmt.Sprintf("The target %s is a link to something that does not exist. Make that directory, or restore to another one.", target)
	}
	return ""
}

// resolve follows the links of the part of a path that exists.
func resolve(path string) string {
	for dir, rest := path, ""; ; dir, rest = filepath.Dir(dir), filepath.Join(filepath.Base(dir), rest) {
		if actual, err := filepath.EvalSymlinks(dir); err == nil {
			return filepath.Join(actual, rest)
		}
		if dir == filepath.Dir(dir) {
			return path
		}
	}
}

// notInPlace says why the volumes cannot go back to where they came from.
func (s *Service) notInPlace(ctx context.Context, rec runRecord, o RestoreOptions) string {
	st, err := s.storeOf(ctx, rec.LocationID)
	if err != nil {
		return "" // shows again when the restore starts
	}
	repo, err := st.read(ctx)
	if err != nil || repo == nil {
		return ""
	}
	trees, err := repo.Trees(ctx, rec.ID, o.AllowIncomplete)
	if err != nil {
		return ""
	}
	for _, v := range rec.Volumes {
		t := trees[v.ID]
		if t == nil || !o.selects(v) {
			continue
		}
		host := t.Source().Host
		switch info, err := os.Stat(v.Source); {
		case !strings.EqualFold(host, s.cfg.Host):
			return fmt.Sprintf("The point is of host %s, and this machine is %s. Restore it there, or to a directory with local.target; "+
				"if this machine is that host, set local.host of the provider.", host, s.cfg.Host)
		case !filepath.IsAbs(v.Source):
			return fmt.Sprintf("The source %s is no path of this system.", v.Source)
		case err == nil && info.IsDir() == v.Image:
			return fmt.Sprintf("The source %s was %s when it was backed up and is %s now.", v.Source, kindOf(!v.Image), kindOf(v.Image))
		}
	}
	return ""
}

func kindOf(directory bool) string {
	if directory {
		return "a directory"
	}
	return "a file"
}

// readOnly says whether an error is that the repository can be read and not written, as on a disk that
// was mounted only to get the data back.
func readOnly(err error) bool {
	return errors.Is(err, backup.ErrDenied) || errors.Is(err, syscall.EROFS)
}
