package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// fakeVerifier is a fake service with one point that can be verified.
type fakeVerifier struct {
	*fakeService
	found backup.Verification
	fails error
	// during is called while the point is read; what it returns ends that.
	during func(ctx context.Context) error
}

func newFakeVerifier() *fakeVerifier {
	f := &fakeVerifier{fakeService: newFakeService(), found: backup.Verification{Files: 20, Bytes: 1 << 40}}
	f.points = []backup.Point{{ID: "point-0", Status: backup.StatusAvailable}}
	return f
}

func (f *fakeVerifier) VerifyPoint(ctx context.Context, _ string, progress func(done, total int64)) (backup.Verification, error) {
	for done := range int64(1000) {
		progress(done<<30, 1<<40)
	}
	if f.during != nil {
		if err := f.during(ctx); err != nil {
			return backup.Verification{}, err
		}
	}
	return f.found, f.fails
}

func newVerifyTest(t *testing.T, service backup.Service) *actionTest {
	t.Helper()
	return newActionTest(t, "serverbackup_verify_point", service)
}

func verifyConfig(id any) map[string]tftypes.Value {
	return map[string]tftypes.Value{"point_id": tftypes.NewValue(tftypes.String, id)}
}

func withTimeout(values map[string]tftypes.Value, timeout string) map[string]tftypes.Value {
	invoke := map[string]tftypes.Type{"invoke": tftypes.String}
	values["timeouts"] = tftypes.NewValue(tftypes.Object{AttributeTypes: invoke}, map[string]tftypes.Value{
		"invoke": tftypes.NewValue(tftypes.String, timeout),
	})
	return values
}

func TestVerify(t *testing.T) {
	t.Parallel()
	a := newVerifyTest(t, newFakeVerifier())
	config := a.configured(verifyConfig("point-0"))
	if said := a.validate(config) + a.plan(config); said != "" {
		t.Error(said)
	}
	events, said := a.invoke(config)
	// One of a thousand reports, and the result.
	want := []string{
		"backup point point-0: verifying, 0 % of 1.0 TB",
		"verified 20 files, 1099511627776 bytes of point point-0: no damage",
	}
	if !slices.Equal(events, want) || said != "" {
		t.Errorf("got %q, %s", events, said)
	}
}

func TestVerifyDamaged(t *testing.T) {
	t.Parallel()
	service := newFakeVerifier()
	for i := range 25 {
		service.found.Damages = append(service.found.Damages, fmt.Sprintf("/etc/file-%d: the pack p is missing", i+1))
	}
	a := newVerifyTest(t, service)
	events, said := a.invoke(a.configured(verifyConfig("point-0")))
	for _, want := range []string{"ERROR: Backup Point Damaged: ", "point point-0", "25 in all", "/etc/file-1: ", "/etc/file-20: ", "and 5 more"} {
		if !strings.Contains(said, want) {
			t.Errorf("nothing about %q in %s", want, said)
		}
	}
	if strings.Contains(said, "file-21") || len(events) != 1 {
		t.Errorf("said too much: %s, %q", said, events)
	}
}

func TestVerifyEndsEarly(t *testing.T) {
	t.Parallel()
	service := newFakeVerifier()
	a := newVerifyTest(t, service)
	wait := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	for _, c := range []struct {
		name   string
		values map[string]tftypes.Value
		during func(context.Context) error
		want   string
	}{
		{"error", verifyConfig("point-0"), func(context.Context) error { return backup.Errorf(backup.ErrLocked, "the repository is locked") }, "the repository is locked"},
		{"timeout", withTimeout(verifyConfig("point-0"), "50ms"), wait, "time allowed in the timeouts block"},
		{"interrupt", verifyConfig("point-0"), func(ctx context.Context) error { a.interrupt(); return wait(ctx) }, "interrupted"},
	} {
		service.during = c.during
		_, said := a.invoke(a.configured(c.values))
		if !strings.HasPrefix(said, "ERROR: Unable to Verify Backup Point point-0: ") || !strings.Contains(said, c.want) {
			t.Errorf("%s: %s", c.name, said)
		}
	}
}

func TestVerifyRefused(t *testing.T) {
	t.Parallel()
	a := newVerifyTest(t, newFakeVerifier())
	if said := a.plan(a.configured(verifyConfig("point-9"))); !strings.Contains(said, "ERROR: Backup Point Not Found: There is no point point-9.") {
		t.Error(said)
	}
	if said := a.plan(a.configured(verifyConfig(tftypes.UnknownValue))); said != "" {
		t.Error(said)
	}
	for name, values := range map[string]map[string]tftypes.Value{
		"empty": verifyConfig(""), "missing": nil, "timeout": withTimeout(verifyConfig("point-0"), "soon"),
	} {
		if said := a.validate(a.configured(values)); !strings.HasPrefix(said, "ERROR: ") {
			t.Errorf("%s: %s", name, said)
		}
	}

	// Said by the plan, and again if nobody planned.
	other := newVerifyTest(t, newFakeService())
	config := other.configured(verifyConfig("point-0"))
	_, invoked := other.invoke(config)
	for _, said := range []string{other.plan(config), invoked} {
		if !strings.Contains(said, "ERROR: Unable to Verify Backup Point: The configured backup service") {
			t.Error(said)
		}
	}
}

func TestVerifyWhileProviderUnknown(t *testing.T) {
	t.Parallel()
	a := newVerifyTest(t, nil)
	config := a.configured(verifyConfig("point-0"))
	if said := a.plan(config); said != "" {
		t.Error(said)
	}
	if _, said := a.invoke(config); !strings.Contains(said, "Provider Configuration Not Known Yet") {
		t.Error(said)
	}
}
