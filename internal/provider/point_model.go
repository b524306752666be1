package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

type pointModel struct {
	ID           types.String   `tfsdk:"id"`
	ServerID     types.String   `tfsdk:"server_id"`
	Name         types.String   `tfsdk:"name"`
	Description  types.String   `tfsdk:"description"`
	Full         types.Bool     `tfsdk:"full"`
	Tags         types.Map      `tfsdk:"tags"`
	Triggers     types.Map      `tfsdk:"triggers"`
	OnDestroy    types.String   `tfsdk:"on_destroy"`
	OnMissing    types.String   `tfsdk:"on_missing"`
	Wait         types.Bool     `tfsdk:"wait"`
	StallTimeout types.String   `tfsdk:"stall_timeout"`
	Timeouts     timeouts.Value `tfsdk:"timeouts"`
	pointFacts
}

// toDomain leaves out what is not known yet.
func (m pointModel) toDomain() backup.PointRequest {
	return backup.PointRequest{
		ServerID:    m.ServerID.ValueString(),
		Name:        m.Name.ValueString(),
		Description: m.Description.ValueString(),
		Full:        boolPtr(m.Full),
		Tags:        stringMapOf(m.Tags),
		Triggers:    stringMapOf(m.Triggers),
	}
}

// started takes over what the service says of a point that was asked for. Inputs stay as they were
// given, whatever the service made of them.
func (m *pointModel) started(p backup.Point) {
	m.ID = types.StringValue(p.ID)
	if m.Name.IsUnknown() {
		m.Name = stringOrNull(p.Name)
	}
	m.pointFacts = factsOf(p)
}

// refreshed takes over what the service says of a point in the state. Of the inputs, only tags are
// watched, because they can be put right in place: a name changed elsewhere must not replace a backup.
func (m *pointModel) refreshed(p backup.Point) {
	if m.imported() {
		m.ServerID = stringOrNull(p.ServerID)
		m.Name = stringOrNull(p.Name)
		m.Description = stringOrNull(p.Description)
	}
	m.Tags = keepMap(m.Tags, p.Tags)
	m.pointFacts = factsOf(p)
}

// imported says whether nothing but an import has made this state.
func (m pointModel) imported() bool {
	return m.Status.IsNull()
}

// label names the point in messages.
func (m pointModel) label() string {
	label := named(kindPoint, m.Name.ValueString(), m.ID.ValueString())
	if at := m.CreatedAt.ValueString(); at != "" {
		label += " of " + at
	}
	return label
}
