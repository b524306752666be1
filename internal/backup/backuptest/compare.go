package backuptest

import (
	"maps"
	"reflect"
	"slices"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// field reports a member that did not come back as it went in.
func field[V any](s *suite, what, name string, got, want V) {
	s.Helper()
	if !reflect.DeepEqual(got, want) {
		s.Errorf("%s: %s is %s, want %s", what, name, show(got), show(want))
	}
}

// samePolicy compares what is settable. Members that the spec leaves to the service may have any value,
// and a service that translates policies shows its translation.
func (s *suite) samePolicy(what string, got, want backup.Policy) {
	s.Helper()
	if t, ok := s.svc.(backup.PolicyTranslator); ok {
		want = t.StoredPolicy(want)
	}
	if got.ID == "" {
		s.Errorf("%s: the policy has no id", what)
	}
	field(s, what, "Name", got.Name, want.Name)
	field(s, what, "Description", got.Description, want.Description)
	field(s, what, "Timezone", got.Timezone, want.Timezone)
	field(s, what, "Enabled", got.Enabled, want.Enabled)
	field(s, what, "Retention", got.Retention, want.Retention)
	if !backup.SchedulesEqual(got.Schedules, want.Schedules) {
		s.Errorf("%s: Schedules are %q, want %q", what, got.Schedules, want.Schedules)
	}
	if !maps.Equal(got.Tags, want.Tags) {
		s.Errorf("%s: Tags are %v, want %v", what, got.Tags, want.Tags)
	}
	if want.IncrementalsPerFull != nil {
		field(s, what, "IncrementalsPerFull", got.IncrementalsPerFull, want.IncrementalsPerFull)
	}
	if want.Default != nil {
		field(s, what, "Default", got.Default, want.Default)
	}
	if want.Options != nil {
		field(s, what, "Options", got.Options, want.Options)
	}
	if !got.CreatedAt.IsZero() {
		s.utc(what, "CreatedAt", got.CreatedAt)
	}
	if !slices.IsSorted(got.ServerIDs) {
		s.Errorf("%s: ServerIDs are not sorted: %q", what, got.ServerIDs)
	}
}

// sameServer is samePolicy for servers.
func (s *suite) sameServer(what string, got, want backup.Server) {
	s.Helper()
	if got.ID == "" {
		s.Errorf("%s: the server has no id", what)
	}
	for _, f := range []struct{ name, got, want string }{
		{"Name", got.Name, want.Name}, {"InstanceID", got.InstanceID, want.InstanceID},
		{"PolicyID", got.PolicyID, want.PolicyID}, {"LocationID", got.LocationID, want.LocationID},
	} {
		if f.want != "" {
			field(s, what, f.name, f.got, f.want)
		}
	}
	field(s, what, "Enabled", got.Enabled, want.Enabled)
	if !slices.Equal(slices.Sorted(slices.Values(got.ExcludeVolumeIDs)), slices.Sorted(slices.Values(want.ExcludeVolumeIDs))) {
		s.Errorf("%s: ExcludeVolumeIDs are %q, want %q", what, got.ExcludeVolumeIDs, want.ExcludeVolumeIDs)
	}
	if want.Options != nil {
		field(s, what, "Options", got.Options, want.Options)
	}
}

// samePoint compares two views of one stable point.
func (s *suite) samePoint(what string, got, want backup.Point) {
	s.Helper()
	field(s, what, "ID", got.ID, want.ID)
	field(s, what, "ServerID", got.ServerID, want.ServerID)
	field(s, what, "ServerName", got.ServerName, want.ServerName)
	field(s, what, "Name", got.Name, want.Name)
	field(s, what, "Description", got.Description, want.Description)
	field(s, what, "Status", got.Status, want.Status)
	field(s, what, "Type", got.Type, want.Type)
	field(s, what, "ScheduleType", got.ScheduleType, want.ScheduleType)
	field(s, what, "LocationID", got.LocationID, want.LocationID)
	field(s, what, "SizeBytes", got.SizeBytes, want.SizeBytes)
	if !got.CreatedAt.Equal(want.CreatedAt) {
		s.Errorf("%s: CreatedAt is %s, want %s", what, got.CreatedAt, want.CreatedAt)
	}
	if !maps.Equal(got.Tags, want.Tags) {
		s.Errorf("%s: Tags are %v, want %v", what, got.Tags, want.Tags)
	}
}
