package provider

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// runTalkative runs a test in a process of its own, with every log at its most talkative, and returns the
// directory with all that was written: logs, errors, plans and states.
func runTalkative(t *testing.T, test string, environment ...string) string {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+test+"$", "-test.v")
	child.Env = append(os.Environ(),
		"TF_LOG=TRACE", "TF_ACC_LOG_PATH="+filepath.Join(dir, "cli.log"),
		"TMPDIR="+dir, "TF_ACC_PERSIST_WORKING_DIR=1",
	)
	child.Env = append(child.Env, environment...)
	said, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said[max(len(said)-5000, 0):])
	}
	if err := os.WriteFile(filepath.Join(dir, "said.log"), said, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// expectNoLeaks looks for secrets in all files of a directory. What was looked at has to have been there, or
// else the search has found nothing because there was nothing.
func expectNoLeaks(t *testing.T, dir string, leaks, looked map[string]*regexp.Regexp) {
	t.Helper()
	seen := map[string]bool{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		for what, pattern := range leaks {
			if at := pattern.FindIndex(content); at != nil {
				t.Errorf("%s is in %s: …%s…", what, filepath.Base(path), bytes.ToValidUTF8(content[max(at[0]-100, 0):at[1]], nil))
			}
		}
		for what, pattern := range looked {
			seen[what] = seen[what] || pattern.Match(content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for what := range looked {
		if !seen[what] {
			t.Errorf("%s was not looked at", what)
		}
	}
}
