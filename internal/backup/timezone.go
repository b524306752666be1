package backup

import (
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // Zones must exist on machines without their own database, such as containers.
)

// zoneList are the zone names of the IANA time zone database as Go ships it. What the machine's own
// database has beside them (posix/…, localtime, names in other case on some file systems) would
// not work on the next machine.
//
//go:embed zones.txt
var zoneList string

var zoneNames = sync.OnceValue(func() []string { return strings.Fields(zoneList) })

// ParseTimezone returns the zone with an IANA name, such as Europe/Berlin or UTC. The error suggests
// the right spelling where there is one.
func ParseTimezone(name string) (*time.Location, error) {
	if _, known := slices.BinarySearch(zoneNames(), name); known {
		loc, err := time.LoadLocation(name)
		if err != nil {
			return nil, fmt.Errorf("the time zone %q could not be loaded: %w", name, err)
		}
		return loc, nil
	}
	const advice = "write a name of the IANA time zone database, for example Europe/Berlin or UTC"
	switch name {
	case "":
		return nil, errors.New("the time zone is empty; " + advice)
	case "Local":
		return nil, errors.New("the time zone Local depends on the machine; " + advice)
	}
	if guess := similarZone(name); guess != "" {
		return nil, fmt.Errorf("%q is no time zone; did you mean %q?", name, guess)
	}
	if strings.ContainsAny(name, "0123456789") {
		return nil, fmt.Errorf("%.60q is no time zone, and offsets are not accepted; %s (Etc/GMT-7 is seven hours ahead of UTC)", name, advice)
	}
	return nil, fmt.Errorf("%.60q is no time zone; %s", name, advice)
}

// similarZone finds a zone that differs in case and separators only, or whose last part, the city,
// is the name; empty if there is none or more than one.
func similarZone(name string) string {
	plain := strings.NewReplacer(" ", "_", "-", "_")
	want := strings.ToLower(plain.Replace(strings.TrimSpace(name)))
	var cities []string
	for _, zone := range zoneNames() {
		key := strings.ToLower(plain.Replace(zone))
		if key == want {
			return zone
		}
		if strings.HasSuffix(key, "/"+want) {
			cities = append(cities, zone)
		}
	}
	if len(cities) == 1 {
		return cities[0]
	}
	return ""
}
