package backup

// PointHinter is a service that lists points by server, so that it has to look for the server of a point
// unless somebody tells it. Who knows, such as a state, should: it saves a request for each point.
type PointHinter interface {
	// PointBelongsTo is a hint and sends nothing. A wrong one makes the point look as if it were gone, so
	// give only what the service itself once said.
	PointBelongsTo(pointID, serverID string)
}
