package provider

import (
	"os"
	"runtime/debug"
)

// gcPercent is less than Go's default of 100: a plan of thousands of resources leaves much garbage, and
// memory is dearer there than the little time that collecting it more often takes.
const gcPercent = 50

// gcFloor is what a heap may hold, in bytes, before the first collection: twice of what gcPercent is a percentage of.
// Without it a small heap is collected a hundred times a second, which took as much time as all else in a refresh.
const gcFloor = 64 << 20

// ballast is counted by the collector and takes no memory, because nothing writes to it.
var ballast []byte

// saveMemory is for a provider that is used: one that only tells its schema is quicker without.
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
		ballast = make([]byte, gcFloor)
	}
}
