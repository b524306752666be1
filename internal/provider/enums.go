package provider

import "strings"

// inCode is how descriptions list the allowed values of an attribute.
func inCode[T ~string](values []T) string {
	return "`" + strings.Join(converted[string](values), "`, `") + "`"
}

// converted changes the string type of a list: what validators take and configurations hold is plain.
func converted[To, From ~string](values []From) []To {
	if values == nil {
		return nil
	}
	out := make([]To, len(values))
	for i, v := range values {
		out[i] = To(v)
	}
	return out
}
