// Package faulttest is the fault matrix of the emulated services: whatever goes wrong in the life of a point,
// there is one backup, the state knows it or an error names it, no secret leaks, and the next apply goes on.
package faulttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TableEnv names a directory: each service then has its table there, in a file <service>.md.
const TableEnv = "SERVERBACKUP_FAULTS"

// Row is what became of one fault.
type Row struct {
	Fault, Operation, Outcome string
	// Backups were started, as the emulator counts. Orphans are points that are left and that neither a state
	// knows nor a message names. Leaks are texts with a secret.
	Backups, Orphans, Leaks int
	// Usable says that the next apply and the destruction of everything went well.
	Usable bool
}

const layout = "| %-36s | %-17s | %-73s | %7v | %7v | %5v | %-12v |\n"

func (r Row) String() string {
	usable := "yes"
	if !r.Usable {
		usable = "NO"
	}
	return fmt.Sprintf(layout, r.Fault, r.Operation, r.Outcome, r.Backups, r.Orphans, r.Leaks, usable)
}

func head(service string) string {
	line := func(n int) string { return strings.Repeat("-", n) }
	return "\n" + service + "\n\n" +
		fmt.Sprintf(layout, "fault", "operation", "outcome", "backups", "orphans", "leaks", "state usable") +
		fmt.Sprintf(layout, line(36), line(17), line(73), line(7), line(7), line(5), line(12))
}

// Report adds rows to the table of a service, in the log of the test and in the file that [TableEnv] asks for.
func Report(t *testing.T, service string, rows ...Row) {
	t.Helper()
	var text strings.Builder
	for _, r := range rows {
		text.WriteString(r.String())
	}
	t.Log(head(service) + text.String())
	dir := os.Getenv(TableEnv)
	if dir == "" {
		return
	}
	if err := add(filepath.Join(dir, service+".md"), head(service), text.String()); err != nil {
		t.Error(err)
	}
}

// add appends to a table, which the first who comes begins.
func add(file, head, rows string) error {
	if _, err := os.Stat(file); err == nil { //nolint:gosec // whoever runs the test names the directory
		head = ""
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // whoever runs the test names the directory
	if err != nil {
		return err
	}
	if _, err := f.WriteString(head + rows); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}
