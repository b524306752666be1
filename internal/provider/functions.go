package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ provider.ProviderWithFunctions = (*serverbackupProvider)(nil)

// Functions compute with what they are given: they ask no service and need no provider configuration.
func (p *serverbackupProvider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		newNextRunsFunction,
		newCronToRRuleFunction,
		newRetainedFunction,
	}
}

// wrongArgument is an error about the argument at a position, counted from 0. CLIs put the name of the
// argument before the text and a full stop after it.
func wrongArgument(position int64, format string, args ...any) *function.FuncError {
	return function.NewArgumentFuncError(position, fmt.Sprintf(format, args...))
}

// timeArgument reads RFC 3339.
func timeArgument(position int64, name, value string) (time.Time, *function.FuncError) {
	t, err := time.Parse(time.RFC3339, value)
	if err != nil {
		return t, wrongArgument(position, "the value of %s is %.60q, which is no time; write it as RFC 3339, for example 2026-03-01T12:00:00Z, or plantimestamp()", name, value)
	}
	return t, nil
}

// setStrings is the result of a function that returns a list of strings.
func setStrings(ctx context.Context, list []string, resp *function.RunResponse) {
	resp.Error = resp.Result.Set(ctx, listOf(list))
}

// setUnknown is its result while a part of its arguments is not known: a CLI skips the call only for
// arguments that are unknown as a whole.
func setUnknown(ctx context.Context, resp *function.RunResponse) {
	resp.Error = resp.Result.Set(ctx, types.ListUnknown(types.StringType))
}
