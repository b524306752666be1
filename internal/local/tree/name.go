package tree

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrName is a name that is no name of a file. No backup of ours has one: it was made to do harm, or is
// damaged.
var ErrName = errors.New("is not the name of a file")

// CheckName says whether a name can be given to an entry of a directory without leading out of it.
func CheckName(name string) error {
	return checkName(name, runtime.GOOS == "windows")
}

func checkName(name string, windows bool) error {
	separators := "/\x00"
	if windows {
		// A colon names a drive or a stream.
		separators += `\:`
	}
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, separators) {
		return fmt.Errorf("%q %w", name, ErrName)
	}
	if windows && !filepath.IsLocal(name) {
		return fmt.Errorf("%q %w on this system", name, ErrName)
	}
	return nil
}

// Printable is a path as it can be shown: as it is, or quoted if it would not show as it is.
func Printable(path string) string {
	for _, r := range path {
		if r == utf8.RuneError || !strconv.IsPrint(r) {
			return strconv.Quote(path)
		}
	}
	if path == "" {
		return "the directory itself"
	}
	return path
}
