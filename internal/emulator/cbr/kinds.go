package cbr

// kind is what a vault holds. Disks are backed up as servers are, and kept apart from them; they cannot be
// restored here.
type kind struct {
	// object is the word of a vault, and resource the type of what is in it (§3.2).
	object, resource string
	provider, spec   string
}

var (
	serverKind = kind{
		object: "server", resource: "OS::Nova::Server",
		provider: "0daac4c5-6707-4851-97ba-169e36266b66", spec: "vault.backup.server.normal",
	}
	diskKind = kind{
		object: "disk", resource: "OS::Cinder::Volume",
		provider: "d1603440-187d-4516-af25-121250c7cc97", spec: "vault.backup.volume.normal",
	}
)

// kindOf finds the kind of an object type.
func kindOf(object string) (kind, bool) {
	for _, k := range []kind{serverKind, diskKind} {
		if k.object == object {
			return k, true
		}
	}
	return kind{}, false
}

// kind of a server; a disk that is in a vault by itself stands as a server that has only itself.
func (s Server) kind() kind {
	if len(s.Disks) == 1 && s.Disks[0].ID == s.ID {
		return diskKind
	}
	return serverKind
}

// disk returns a disk that is to come into a vault by itself. Without [Options.KnownServers] every UUID is one.
func (e *Emulator) disk(id, name string) (Server, error) {
	for _, s := range e.servers {
		for _, d := range s.Disks {
			if d.ID == id {
				return Server{ID: id, Name: d.Name, Disks: []Disk{d}}, nil
			}
		}
	}
	if e.options.KnownServers || !isUUID(id) {
		return Server{}, notFound("7000", "The disk "+id+" does not exist.")
	}
	if name == "" {
		name = "volume-" + id[:8]
	}
	return Server{ID: id, Name: name, Disks: []Disk{{ID: id, Name: name, SizeGB: 10}}}, nil
}
