package agent

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// variables is what getenv answers.
func variables(values map[string]string) environment {
	return func(name string) string { return values[name] }
}

func TestParse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args string
		env  map[string]string
		fail string
		ok   func(options) bool
	}{
		"nothing": {ok: func(o options) bool { return !o.once && o.config.Repository == "" && o.config.S3 == nil }},
		"flags": {
			args: "--repository /srv/backup --password-file /etc/p --host web --user root --once --points-in-parallel 3",
			ok: func(o options) bool {
				c := o.config
				return o.once && c.Repository == "/srv/backup" && c.PasswordFile == "/etc/p" && c.Host == "web" && c.User == "root" && c.PointsInParallel == 3
			},
		},
		"environment": {
			env: map[string]string{"SERVERBACKUP_REPOSITORY": "/srv/backup", "SERVERBACKUP_PASSWORD": "horse"},
			ok:  func(o options) bool { return o.config.Repository == "/srv/backup" && o.config.Password == "horse" },
		},
		"flags come first": {
			args: "--repository /other --password-file /etc/p",
			env:  map[string]string{"SERVERBACKUP_REPOSITORY": "/srv/backup", "SERVERBACKUP_PASSWORD": "horse"},
			ok:   func(o options) bool { return o.config.Repository == "/other" && o.config.Password == "" },
		},
		"bucket": {
			args: "--repository s3://bucket/p --host web --password-file /etc/p --s3-endpoint https://s3.example.com",
			ok:   func(o options) bool { return o.config.S3 != nil && o.config.S3.Endpoint == "https://s3.example.com" },
		},
		"bucket without host":     {args: "--repository s3://bucket/p --password-file /etc/p", fail: "--host"},
		"bucket without password": {args: "--repository s3://bucket/p --host web", fail: "--password-file"},
		"s3 of a directory":       {args: "--repository /srv/backup --s3-region eu", fail: "--s3-"},
		"a word":                  {args: "once", fail: `"once"`},
		"an unknown flag":         {args: "--twice", fail: "twice"},
		"a bad number":            {args: "--points-in-parallel many", fail: "--points-in-parallel"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, err := parse(strings.Fields(test.args), variables(test.env))
			switch {
			case test.fail != "":
				if err == nil || !strings.Contains(err.Error(), test.fail) {
					t.Errorf("the error is %v, want one about %s", err, test.fail)
				}
			case err != nil || !test.ok(o):
				t.Errorf("got %+v, %v", o, err)
			}
		})
	}
}

// TestHelp names every flag and variable that there is, and nothing else.
func TestHelp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args  []string
		flags func(environment) *flag.FlagSet
		// no flags, but variables
		also []string
	}{
		"agent":   {args: []string{"--help"}, flags: new(options).flags, also: []string{"SERVERBACKUP_PASSWORD"}},
		"recover": {args: []string{"recover", "--help"}, flags: new(recovery).flags, also: []string{"SERVERBACKUP_PASSWORD"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out, errs bytes.Buffer
			if status := Main(t.Context(), test.args, variables(nil), &out, &errs); status != statusOK || errs.Len() > 0 {
				t.Fatalf("status %d, %s", status, errs.String())
			}
			flags, asked := map[string]bool{"help": true}, test.also
			test.flags(func(name string) string {
				asked = append(asked, name)
				return ""
			}).VisitAll(func(f *flag.Flag) { flags[f.Name] = true })
			told := make(map[string]bool)
			for _, m := range regexp.MustCompile(`(?m)^  --([\w-]+)`).FindAllStringSubmatch(out.String(), -1) {
				told[m[1]] = true
			}
			if !maps.Equal(told, flags) {
				t.Errorf("--help tells of the flags %v, and there are %v", told, flags)
			}
			for _, name := range asked {
				if !regexp.MustCompile(`\b` + name + `\b`).MatchString(out.String()) {
					t.Errorf("--help does not tell of %s", name)
				}
			}
		})
	}
}

// TestMainStatus: what scripts see.
func TestMainStatus(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", dir)
	repository := filepath.Join(dir, "repository")
	run := func(args ...string) (int, string) {
		var errs bytes.Buffer
		status := Main(t.Context(), args, variables(map[string]string{"SERVERBACKUP_PASSWORD": "correct horse"}), &errs, &errs)
		if strings.Contains(errs.String(), "horse") {
			t.Errorf("the log tells the password:\n%s", errs.String())
		}
		return status, errs.String()
	}
	once := []string{"--once", "--repository", repository, "--host", "web"}
	if status, text := run("--bogus"); status != statusUsage || !strings.Contains(text, "--help") {
		t.Errorf("wrong flags: %d %s", status, text)
	}
	if status, text := run(once...); status != statusOK || !strings.Contains(text, "no repository yet") {
		t.Errorf("no repository: %d %s", status, text)
	}
	if _, err := os.Stat(repository); err == nil {
		t.Error("the agent made a repository")
	}
	release, err := lock(repository, "WEB")
	if err != nil {
		t.Fatal(err)
	}
	if status, text := run(once...); status != statusOK || !strings.Contains(text, "another agent") {
		t.Errorf("while another agent works: %d %s", status, text)
	}
	if status, text := run(once[1:]...); status != statusFailed || !strings.Contains(text, "another agent") {
		t.Errorf("a second agent: %d %s", status, text)
	}
	release()
	if err := os.MkdirAll(repository, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(repository, "holiday.jpg"), []byte("sun"), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _ := run(once...); status != statusFailed {
		t.Errorf("no repository but something else: %d", status)
	}
}
