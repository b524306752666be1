package backup_test

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

func TestParseTimezone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"UTC", "Europe/Berlin", "Asia/Ho_Chi_Minh", "America/Argentina/Buenos_Aires", "Etc/GMT-7", "CET"} {
		loc, err := backup.ParseTimezone(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if loc.String() != name {
			t.Errorf("%s became %s", name, loc)
		}
	}
}

func TestParseTimezoneErrors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, want string }{
		{"", "Europe/Berlin"},
		{"Local", "depends on the machine"},
		{"europe/berlin", `did you mean "Europe/Berlin"`},
		{"America/New York", `did you mean "America/New_York"`},
		{"america/port_au_prince", `did you mean "America/Port-au-Prince"`},
		{"Berlin", `did you mean "Europe/Berlin"`},
		{"utc", `did you mean "UTC"`},
		{" UTC ", `did you mean "UTC"`},
		{"CET-1CEST,M3.5.0,M10.5.0/3", "offsets are not accepted"},
		{"+07:00", "Etc/GMT-7"},
		{"posix/Europe/Berlin", "no time zone"},
		{"localtime", "no time zone"},
		{"../../etc/passwd", "no time zone"},
		{"Europe/", "no time zone"},
		{"Factory", "no time zone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			loc, err := backup.ParseTimezone(tc.name)
			if err == nil {
				t.Fatalf("%q was taken as %s", tc.name, loc)
			}
			if !strings.Contains(err.Error(), tc.want) {
				t.Errorf("the error for %q should contain %s: %v", tc.name, tc.want, err)
			}
		})
	}
}

// The list of names must be that of the database that Go embeds; when a new version of Go brings
// new zones, write them into zones.txt.
func TestZonesAreComplete(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("zones.txt")
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Fields(string(data))
	if !slices.IsSorted(listed) {
		t.Error("zones.txt is not sorted")
	}
	for _, name := range listed {
		if _, err := backup.ParseTimezone(name); err != nil {
			t.Error(err)
		}
	}
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("there is no go command to ask:", err)
	}
	database, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib", "time", "zoneinfo.zip"))
	if err != nil {
		t.Skip("this Go has no zoneinfo.zip to compare with:", err)
	}
	defer database.Close() //nolint:errcheck // only read
	for _, file := range database.File {
		if name := file.Name; !strings.HasSuffix(name, "/") && name != "Factory" && !slices.Contains(listed, name) {
			t.Errorf("zones.txt lacks %s", name)
		}
	}
}
