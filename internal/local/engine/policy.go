package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kopia/kopia/repo/compression"
	"github.com/kopia/kopia/snapshot/policy"
)

const (
	// DefaultCompression is Zstandard, of which archives take contents as they are stored, at its fastest: a backup should
	// not be what a server is busy with.
	DefaultCompression = "zstd-fastest"
	// metadataCompression is for directories, which compress well and are few.
	metadataCompression = "zstd-fastest"
)

// imageSplitter cuts a disk image at fixed places: a changed block changes one piece, where a
// content-defined splitter stores many times as much.
const imageSplitter = "FIXED-1M"

// parallelAbove is the size in bytes above which one file is read in several places at once.
const parallelAbove = 2 << 30

// SourcePolicy is how a source is read.
type SourcePolicy struct {
	// Exclude are gitignore-style rules; Protect are absolute paths that are never read.
	Exclude       []string
	Protect       []string
	OneFileSystem bool
	Compression   string
	// Schedule is for Kopia's own server.
	Schedule Schedule
}

// Compressions are the names that SourcePolicy.Compression takes.
func Compressions() []string {
	names := []string{"none"}
	for name := range compression.ByName {
		if !compression.IsDeprecated[name] {
			names = append(names, string(name))
		}
	}
	slices.Sort(names)
	return names
}

// policy is all that Kopia needs to know of a source. Nothing comes from parent or global policies:
// they are not ours and could delete or leave out what the configuration asks to keep.
func (p SourcePolicy) policy(source string, image bool) *policy.Policy {
	keepAll := policy.OptionalInt(0)
	above := policy.OptionalInt64(parallelAbove)
	pol := &policy.Policy{
		NoParent: true,
		// All six counts 0 means everything stays.
		RetentionPolicy: policy.RetentionPolicy{
			KeepLatest: &keepAll, KeepHourly: &keepAll, KeepDaily: &keepAll,
			KeepWeekly: &keepAll, KeepMonthly: &keepAll, KeepAnnual: &keepAll,
			IgnoreIdenticalSnapshots: policy.NewOptionalBool(false),
		},
		FilesPolicy: policy.FilesPolicy{
			// The last rule wins, so that no exclude rule brings a protected path back.
			IgnoreRules:            slices.Concat(p.Exclude, protectRules(source, p.Protect)),
			NoParentIgnoreRules:    true,
			NoParentDotIgnoreFiles: true,
			IgnoreCacheDirectories: policy.NewOptionalBool(false),
			OneFileSystem:          policy.NewOptionalBool(policy.OptionalBool(p.OneFileSystem)),
		},
		// Errors are collected and judged by us.
		ErrorHandlingPolicy: policy.ErrorHandlingPolicy{
			IgnoreFileErrors:      policy.NewOptionalBool(true),
			IgnoreDirectoryErrors: policy.NewOptionalBool(true),
			IgnoreUnknownTypes:    policy.NewOptionalBool(true),
		},
		SchedulingPolicy:          p.Schedule.policy(),
		CompressionPolicy:         policy.CompressionPolicy{CompressorName: compression.Name(p.Compression)},
		MetadataCompressionPolicy: policy.MetadataCompressionPolicy{CompressorName: metadataCompression},
		UploadPolicy:              policy.UploadPolicy{ParallelUploadAboveSize: &above},
	}
	if image {
		pol.SplitterPolicy.Algorithm = imageSplitter
	}
	return pol
}

// SetSourcePolicy stores the policy of a source, so that Kopia itself keeps everything too. A policy
// that is already there is not written again.
func (w *Writer) SetSourcePolicy(ctx context.Context, s Source, p SourcePolicy) error {
	want := p.policy(s.Path, isImage(s.Path))
	have, err := policy.GetDefinedPolicy(ctx, w.w, s.info())
	switch {
	case err == nil && have.String() == want.String():
		return nil
	case err != nil && !errors.Is(err, policy.ErrPolicyNotFound):
		return translate(err)
	}
	return translate(policy.SetPolicy(ctx, w.w, s.info(), want))
}

// isImage says whether a source is one file. A source that is not on this machine is taken for a
// directory.
func isImage(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// protectRules are the rules for those of the paths that lie below source.
func protectRules(source string, paths []string) []string {
	var rules []string
	for _, p := range paths {
		for _, root := range variants(source) {
			for _, target := range variants(p) {
				rel, err := filepath.Rel(root, target)
				if err != nil || rel == "." || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
					continue
				}
				if rule := "/" + escapeRule(filepath.ToSlash(rel)); !slices.Contains(rules, rule) {
					rules = append(rules, rule)
				}
			}
		}
	}
	return rules
}

// variants are a path as given and with its links resolved.
func variants(path string) []string {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil || resolved == path {
		return []string{path}
	}
	return []string{path, resolved}
}

// escapeRule makes a rule match a path to the letter.
func escapeRule(path string) string {
	var b strings.Builder
	for _, r := range path {
		if strings.ContainsRune(`\*?[]!# `, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
