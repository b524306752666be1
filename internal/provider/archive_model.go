package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// archiveKey is where private state keeps the file as it was written.
const archiveKey = "archive"

type archiveModel struct {
	ID            types.String   `tfsdk:"id"`
	PointID       types.String   `tfsdk:"point_id"`
	VolumeID      types.String   `tfsdk:"volume_id"`
	Path          types.String   `tfsdk:"path"`
	Format        types.String   `tfsdk:"format"`
	FileMode      types.String   `tfsdk:"file_mode"`
	KeepOnDestroy types.Bool     `tfsdk:"keep_on_destroy"`
	SizeBytes     types.Int64    `tfsdk:"size_bytes"`
	SHA256        types.String   `tfsdk:"sha256"`
	Timeouts      timeouts.Value `tfsdk:"timeouts"`
}

// toDomain leaves out what is not known yet.
func (m archiveModel) toDomain() backup.ArchiveRequest {
	return backup.ArchiveRequest{
		PointID:  m.PointID.ValueString(),
		VolumeID: m.VolumeID.ValueString(),
		Format:   m.Format.ValueString(),
	}
}

// written takes over what the file is now.
func (m *archiveModel) written(r fileRecord) {
	m.ID = m.Path
	m.SizeBytes = types.Int64Value(r.Size)
	m.SHA256 = types.StringValue(r.SHA256)
}

// file is where the archive is: the state keeps the configuration's spelling of it.
func (m archiveModel) file() (string, error) {
	return filepath.Abs(m.Path.ValueString())
}

// label names the archive in messages.
func (m archiveModel) label() string {
	label := fmt.Sprintf("archive %s of backup point %s", m.Path.ValueString(), m.PointID.ValueString())
	if volume := m.VolumeID.ValueString(); volume != "" {
		label += ", volume " + volume
	}
	return label
}

// mode is the permissions that file_mode spells; the schema has checked it.
func (m archiveModel) mode() fs.FileMode {
	mode, _ := strconv.ParseUint(m.FileMode.ValueString(), 8, 32)
	return fs.FileMode(mode).Perm()
}

// watchMode keeps the configuration's spelling of the mode while the file has it.
func (m *archiveModel) watchMode(got fs.FileMode) {
	if m.mode() != got.Perm() {
		m.FileMode = types.StringValue(fmt.Sprintf("%04o", got.Perm()))
	}
}

// archiveSuffixes say what format a file name means.
var archiveSuffixes = []struct{ suffix, format string }{
	{".tar.gz", "tar.gz"},
	{".tgz", "tar.gz"},
	{".tar.zst", "tar.zst"},
}

// archiveFormats are the values of format, on any service.
var archiveFormats = []string{"tar.gz", "tar.zst", "raw"}

// formatOf is empty for a name that says nothing.
func formatOf(path string) string {
	for _, s := range archiveSuffixes {
		if strings.HasSuffix(strings.ToLower(path), s.suffix) {
			return s.format
		}
	}
	return ""
}

func storeRecord(ctx context.Context, record fileRecord, private privateSetter) diag.Diagnostics {
	var diags diag.Diagnostics
	value, err := json.Marshal(record)
	if err != nil {
		unable(&diags, "Record the Point Archive", err)
		return diags
	}
	return private.SetKey(ctx, archiveKey, value)
}

// recordOf does without the time where there is no private state: Terraform destroys a tainted object
// without it.
func (m archiveModel) recordOf(ctx context.Context, private privateGetter) (fileRecord, diag.Diagnostics) {
	record := fileRecord{Size: m.SizeBytes.ValueInt64(), SHA256: m.SHA256.ValueString()}
	value, diags := private.GetKey(ctx, archiveKey)
	if diags.HasError() || len(value) == 0 {
		return record, diags
	}
	if err := json.Unmarshal(value, &record); err != nil {
		unable(&diags, "Read Private State", err)
	}
	return record, diags
}
