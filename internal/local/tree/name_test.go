package tree

import (
	"archive/tar"
	"errors"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		unix, windows bool
	}{
		{"plain", true, true},
		{".hidden", true, true},
		{"...", true, true},
		{"-rf", true, true},
		{"new\nline", true, true},
		{`quo"te'`, true, true},
		{"\xff", true, true},
		{" ", true, true},
		{`back\slash`, true, false},
		{"C:", true, false},
		{"stream:name", true, false},
		{"", false, false},
		{".", false, false},
		{"..", false, false},
		{"/", false, false},
		{"a/b", false, false},
		{"../x", false, false},
		{"/etc", false, false},
		{"nul\x00", false, false},
	} {
		if err := checkName(tc.name, false); (err == nil) != tc.unix {
			t.Errorf("%q: %v", tc.name, err)
		} else if err != nil && !errors.Is(err, ErrName) {
			t.Errorf("%q: %v is not ErrName", tc.name, err)
		}
		if err := checkName(tc.name, true); (err == nil) != tc.windows {
			t.Errorf("%q on Windows: %v", tc.name, err)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a/b c":   "a/b c",
		"ünï":     "ünï",
		"new\nl":  `"new\nl"`,
		"bad\xff": `"bad\xff"`,
		"":        "the directory itself",
	} {
		if got := Printable(in); got != want {
			t.Errorf("Printable(%q) = %s, want %s", in, got, want)
		}
	}
}

// FuzzCheckName: whatever is allowed stays in the directory that it is put in, and survives a tar header.
func FuzzCheckName(f *testing.F) {
	for _, name := range []string{"a", "..", "../a", "a/..", "/", "\x00", `..\a`, "C:", "", ".", "a\xff", strings.Repeat("x", 300)} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if checkName(name, true) == nil && checkName(name, false) != nil {
			t.Errorf("%q is allowed on Windows alone", name)
		}
		if CheckName(name) != nil {
			return
		}
		if !filepath.IsLocal(name) {
			t.Errorf("%q is allowed and not local", name)
		}
		for _, dir := range []string{"d", "d/e", "/d"} {
			joined := path.Join(dir, name)
			if path.Dir(joined) != dir || path.Base(joined) != name {
				t.Errorf("%q in %s is %s", name, dir, joined)
			}
		}
		h := tar.Header{Name: "d/" + name, Format: tar.FormatPAX, Typeflag: tar.TypeReg}
		if err := tar.NewWriter(discard{}).WriteHeader(&h); err != nil {
			t.Errorf("%q cannot be written: %v", name, err)
		}
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
