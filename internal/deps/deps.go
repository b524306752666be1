//go:build deps

// Package deps keeps modules in go.mod until their users land.
package deps

import (
	_ "github.com/gofrs/flock"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/google/uuid"
	_ "github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	_ "github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	_ "github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	_ "github.com/hashicorp/terraform-plugin-framework/providerserver"
	_ "github.com/hashicorp/terraform-plugin-go/tfprotov6"
	_ "github.com/hashicorp/terraform-plugin-log/tflog"
	_ "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	_ "github.com/kopia/kopia/repo"
	_ "github.com/kopia/kopia/repo/blob/filesystem"
	_ "github.com/kopia/kopia/repo/blob/s3"
	_ "github.com/kopia/kopia/snapshot/restore"
	_ "github.com/kopia/kopia/snapshot/snapshotmaintenance"
	_ "github.com/kopia/kopia/snapshot/upload"
	_ "github.com/teambition/rrule-go"
)
