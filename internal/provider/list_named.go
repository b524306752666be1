package provider

import (
	"context"
	"iter"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	listschema "github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

var _ list.ListResourceWithConfigure = (*namedList[backup.Server, serverFilter])(nil)

// namedList is a list resource of objects that have names and of which there are few, so that all of them are
// looked at. F are the filters of their data source.
type namedList[T any, F interface{ match(T) bool }] struct {
	withClient
	// kind is the type name of the resource, without prefix.
	kind        string
	description string
	filters     func() map[string]schema.Attribute
	find        lookup[T]
	// rows lists all there is. Its problems are filters that the service cannot answer.
	rows func(ctx context.Context, c *client, filter F, diags *diag.Diagnostics) (iter.Seq2[T, error], []backup.Problem)
	show func(ctx context.Context, object T, resource *tfsdk.Resource) diag.Diagnostics
}

func (l *namedList[T, F]) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_" + l.kind
}

func (l *namedList[T, F]) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = listschema.Schema{MarkdownDescription: l.description, Attributes: listAttributes(l.filters())}
}

func (l *namedList[T, F]) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	found := l.found(ctx, req, &diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	listing := listing[T]{client: l.client, action: l.action(), label: l.find.label, show: l.show}
	stream.Results = listing.results(ctx, req, func(yield func(T, error) bool) {
		slices.Values(found)(func(row T) bool { return yield(row, nil) })
	})
}

func (l *namedList[T, F]) action() string {
	return "List " + l.find.many
}

// found is what the filters of the configuration select, by name.
func (l *namedList[T, F]) found(ctx context.Context, req list.ListRequest, diags *diag.Diagnostics) []T {
	var filter F
	diags.Append(get(ctx, req.Config, &filter)...)
	if diags.HasError() || !l.demand(diags) {
		return nil
	}
	rows, problems := l.rows(ctx, l.client, filter, diags)
	report(ctx, diags, req.Config, problems)
	if diags.HasError() {
		return nil
	}
	found, _, err := l.find.sift(rows, filter.match)
	if err != nil {
		unable(diags, l.action(), err)
	}
	return found
}
