// Package prooftest makes tests longer where there is time, and prints what they measured as a table: see
// `make proof`.
package prooftest

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Number is full with SERVERBACKUP_PROOF=1, and else the usual one.
func Number(usual, full int) int {
	if os.Getenv("SERVERBACKUP_PROOF") != "" {
		return full
	}
	return usual
}

// Figure prints one line of the table.
func Figure(tb testing.TB, format string, args ...any) {
	tb.Helper()
	_, _ = fmt.Fprintf(os.Stdout, "proof: %s: %s\n", strings.TrimPrefix(tb.Name(), "Test"), fmt.Sprintf(format, args...))
}
