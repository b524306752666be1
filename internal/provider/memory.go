package provider

import (
	"os"
	"runtime/debug"
)

// gcPercent is less than Go's default of 100: a plan of thousands of resources leaves much garbage, and
// memory is dearer there than the little time that collecting it more often takes.
const gcPercent = 50

// saveMemory is for a provider that is used: one that only tells its schema is quicker without.
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
