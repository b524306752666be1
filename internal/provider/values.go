package provider

import (
	"math"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// stringOrNull maps the domain's "not known" to null.
func stringOrNull[T ~string](s T) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(string(s))
}

// timeOrNull is RFC 3339 in UTC.
func timeOrNull(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

// gbOrNull is bytes / 2^30 with three decimals, as consoles show sizes.
func gbOrNull(bytes *int64) types.Float64 {
	if bytes == nil {
		return types.Float64Null()
	}
	return types.Float64Value(math.Round(float64(*bytes)/(1<<30)*1000) / 1000)
}
