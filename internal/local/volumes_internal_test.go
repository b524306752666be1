package local

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestDirectoryFor(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("ö", 150)
	seen := map[string]string{}
	for source, want := range map[string]string{
		"/etc":                "etc",
		"/var/lib/postgresql": "var_lib_postgresql",
		"/srv/my_app":         "srv_my%5Fapp",
		"/srv/my/app":         "srv_my_app",
		"/":                   "%2F",
		"/_":                  "%5F",
		"/..":                 "%2E.",
		"/.hidden":            "%2Ehidden",
		"/a/..":               "a_..",
		`C:\Users\me`:         "C%3A%5CUsers%5Cme",
		"C:/Users":            "C%3A_Users",
		"/50%":                "50%25",
		"/new\nline":          "new%0Aline",
		"/Größe 1":            "Größe 1",
		long:                  "",
		long + "x":            "",
	} {
		got := directoryFor(source)
		if want != "" && got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
		if !filepath.IsLocal(got) || strings.ContainsAny(got, `/\`) || len(got) > 255 {
			t.Errorf("%q: %q is no good name", source, got)
		}
		if other, ok := seen[got]; ok {
			t.Errorf("%q and %q are both %q", source, other, got)
		}
		seen[got] = source
	}
}

// FuzzDirectoryFor: no source has a directory that is another's, or leads elsewhere.
func FuzzDirectoryFor(f *testing.F) {
	f.Add("/a_b", "/a/b")
	f.Add("/..", "/.")
	f.Add("/"+strings.Repeat("x", 300), "/"+strings.Repeat("x", 301))
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, s := range []*string{&a, &b} {
			*s = "/" + strings.ToValidUTF8(strings.ReplaceAll(*s, "\uFFFD", ""), "")
		}
		x, y := directoryFor(a), directoryFor(b)
		if strings.TrimPrefix(a, "/") != strings.TrimPrefix(b, "/") && x == y {
			t.Errorf("%q and %q are both %q", a, b, x)
		}
		if !filepath.IsLocal(x) || x == "." || filepath.Base(x) != x || len(x) > 255 {
			t.Errorf("%q is %q", a, x)
		}
	})
}
