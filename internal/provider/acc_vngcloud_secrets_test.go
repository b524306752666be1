package provider

import (
	"bytes"
	"encoding/base64"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// TestAccVNGCloudSecrets applies the example in a process of its own, with every log at its most talkative, and
// looks for the client secret, tokens and links in all that is written: logs, errors, plans and states.
func TestAccVNGCloudSecrets(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	const secret = "s3cret-of-the-account"
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAccVNGCloudExample$", "-test.v")
	child.Env = append(os.Environ(),
		centerSecretEnv+"="+secret,
		"TF_LOG=TRACE", "TF_ACC_LOG_PATH="+filepath.Join(dir, "cli.log"),
		"TMPDIR="+dir, "TF_ACC_PERSIST_WORKING_DIR=1",
	)
	said, err := child.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said[max(len(said)-5000, 0):])
	}
	if err := os.WriteFile(filepath.Join(dir, "said.log"), said, 0o600); err != nil {
		t.Fatal(err)
	}
	leaks := map[string]*regexp.Regexp{
		"the client secret": regexp.MustCompile(secret),
		"its Basic header":  regexp.MustCompile(base64.StdEncoding.EncodeToString([]byte("emulator:" + secret))),
		"a token":           regexp.MustCompile(`token-[A-Z2-7]{20}`),
		"a link":            regexp.MustCompile(`X-Amz-Signature|/storage/[A-Z2-7]{20}`),
	}
	seen := map[string]bool{}
	looked := map[string]*regexp.Regexp{
		"a request in a log": regexp.MustCompile(`/v1/backup-instances/backup-now/ins-`),
		"a state":            regexp.MustCompile(`"serverbackup_point_archive"`),
	}
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
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
