//go:build race

package local_test

// raceDetector sees inside one process only, and slows everything down.
const raceDetector = true
