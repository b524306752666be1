package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

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

// enumSet validates a set that has to name some of the values.
func enumSet[T ~string](values []T) []validator.Set {
	return []validator.Set{
		setvalidator.SizeAtLeast(1),
		setvalidator.ValueStringsAre(stringvalidator.OneOf(converted[string](values)...)),
	}
}
