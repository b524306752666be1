package provider

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

const (
	// gcFloor is how many bytes of garbage are worth a collection. Calls leave much of it and a small heap, which
	// would be collected dozens of times a second: over a third of the processor time of a refresh.
	gcFloor = 32 << 20
	// gcPercent is for a heap that is not small. It is less than Go's default of 100, because memory is dearer there than the
	// time that collecting it more often takes.
	gcPercent = 50
	// startPercent lets the schema be told before the first collection, of which the runtime makes a heap of 4 MiB the base.
	startPercent = 100 * gcFloor / (4 << 20)
)

// TuneMemory makes garbage collection suit a provider, unless GOGC says how it should be.
func TuneMemory() {
	if os.Getenv("GOGC") != "" {
		return
	}
	debug.SetGCPercent(startPercent)
	afterCollections(func() {
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		metrics.Read(live)
		debug.SetGCPercent(percentFor(live[0].Value.Uint64()))
	})
}

// percentFor is how much a heap may grow of which so many bytes are in use.
func percentFor(live uint64) int {
	return max(gcPercent, int(100*gcFloor/max(live, 1<<20))) //nolint:gosec // at most 3200
}

// afterCollections calls f after each collection: an object that nothing refers to has a finalizer, which
// gives it the next.
func afterCollections(f func()) {
	// With a pointer in it, it shares no memory with other small objects, which would outlive it.
	type witness struct{ *witness }
	var seen func(*witness)
	seen = func(w *witness) {
		f()
		runtime.SetFinalizer(w, seen)
	}
	runtime.SetFinalizer(&witness{}, seen)
}
