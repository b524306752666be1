package provider

import (
	"fmt"
	"iter"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// defaultRows is how many rows of a list belong in a state.
const defaultRows = 1000

// rowsModel bounds a list and says what was left out.
type rowsModel struct {
	Limit      types.Int64 `tfsdk:"limit"`
	TotalCount types.Int64 `tfsdk:"total_count"`
	Truncated  types.Bool  `tfsdk:"truncated"`
}

// rowsAttributes describe rowsModel; rows is what the list holds.
func rowsAttributes(rows string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"limit": schema.Int64Attribute{
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AtLeast(1)},
			MarkdownDescription: fmt.Sprintf("How many %s to return at most, the newest first, 1 or more; default `%d`.", rows, defaultRows),
		},
		"total_count": schema.Int64Attribute{
			Computed: true,
			MarkdownDescription: "How many " + rows + " match, returned or not. Counting them reads the whole list of the service, " +
				"so narrow filters are faster than a small `limit`.",
		},
		"truncated": schema.BoolAttribute{
			Computed:            true,
			MarkdownDescription: "Whether more " + rows + " match than were returned; then there is also a warning.",
		},
	}
}

// collect converts the first rows of a list, counts the others, and warns of them. It stops early
// when enough have been seen; zero is never enough.
func collect[T, M any](m *rowsModel, rows string, enough int, list iter.Seq2[T, error], convert func(T) M, diags *diag.Diagnostics) ([]M, error) {
	limit := int64(defaultRows)
	if !m.Limit.IsNull() {
		limit = m.Limit.ValueInt64()
	}
	out := []M{}
	var total int64
	for row, err := range list {
		if err != nil {
			return nil, err
		}
		if total++; total <= limit {
			out = append(out, convert(row))
		}
		if total == int64(enough) {
			break
		}
	}
	m.TotalCount = types.Int64Value(total)
	m.Truncated = types.BoolValue(total > limit)
	if total > limit {
		diags.AddAttributeWarning(path.Root("limit"), "List Truncated", fmt.Sprintf(
			"%d %s match, and the newest %d are returned. Narrow the filters, or raise limit.", total, rows, limit))
	}
	return out, nil
}
