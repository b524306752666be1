package backup

// SpaceUsage is what points cost in space.
type SpaceUsage struct {
	// Servers are sorted by name, then id.
	Servers []ServerUsage
	// StoredBytes is the measured size of the store, nil where it cannot be measured.
	StoredBytes *int64
	QuotaBytes  *int64
	UsedBytes   *int64
	// Note says what the figures do not show.
	Note string
}

// ServerUsage is the space usage of one server.
type ServerUsage struct {
	ServerID   string
	ServerName string
	Points     int64
	// SizeBytes is the sum of the sizes of the points, as [Point.SizeBytes] counts them.
	SizeBytes        int64
	SoftDeletedBytes *int64
	// NewBytes is what taking the points added to the store.
	NewBytes *int64
}

// TotalBytes is the sum over all servers.
func (u SpaceUsage) TotalBytes() int64 {
	var total int64
	for _, s := range u.Servers {
		total += s.SizeBytes
	}
	return total
}
