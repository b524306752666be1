package provider

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
)

var (
	textType  = tftypes.String
	textsType = tftypes.List{ElementType: textType}
	pointType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": textType, "created_at": textType, "schedule_type": textType}}
	rowsType  = tftypes.List{ElementType: pointType}
)

func textOf(s any) tftypes.Value { return tftypes.NewValue(textType, s) }

func textsOf(list ...any) tftypes.Value {
	values := make([]tftypes.Value, len(list))
	for i, s := range list {
		values[i] = textOf(s)
	}
	return tftypes.NewValue(textsType, values)
}

func numberOf(n any) tftypes.Value { return tftypes.NewValue(tftypes.Number, n) }

// rowOf is a point that retained is given.
func rowOf(id, created, kind any) tftypes.Value {
	return tftypes.NewValue(pointType, map[string]tftypes.Value{"id": textOf(id), "created_at": textOf(created), "schedule_type": textOf(kind)})
}

func rowsOf(rows ...tftypes.Value) tftypes.Value { return tftypes.NewValue(rowsType, rows) }

// rulesOf is an object with one rule.
func rulesOf(name string, limit tftypes.Value) tftypes.Value {
	return tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{name: limit.Type()}}, map[string]tftypes.Value{name: limit})
}

// called is what a function answers: a list in the words of Go, "unknown", or an error with the
// position of the argument that it is about.
func called(t *testing.T, name string, arguments ...tftypes.Value) string {
	t.Helper()
	server := NewServer("test")
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	definition := schemas.Functions[name]
	request := &tfprotov6.CallFunctionRequest{Name: name}
	for i, argument := range arguments {
		value, err := tfprotov6.NewDynamicValue(definition.Parameters[i].Type, argument)
		if err != nil {
			t.Fatal(err)
		}
		request.Arguments = append(request.Arguments, &value)
	}
	resp, err := server.CallFunction(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Error != nil {
		position := int64(-1)
		if resp.Error.FunctionArgument != nil {
			position = *resp.Error.FunctionArgument
		}
		return fmt.Sprintf("argument %d: %s", position, resp.Error.Text)
	}
	result, err := resp.Result.Unmarshal(definition.Return.Type)
	if err != nil {
		t.Fatal(err)
	}
	if !result.IsFullyKnown() {
		return "unknown"
	}
	if definition.Return.Type.Is(tftypes.String) {
		var text string
		if err := result.As(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	var values []tftypes.Value
	if err := result.As(&values); err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(values))
	for i, v := range values {
		if err := v.As(&texts[i]); err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(texts, " ")
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	const daily = "FREQ=DAILY;BYHOUR=2;BYMINUTE=30"
	unknown := tftypes.UnknownValue
	utc, now := textOf("UTC"), textOf("2026-03-28T12:00:00Z")
	old := rowOf("old", "2026-03-01T00:00:00Z", "policy")
	recent := rowOf("recent", "2026-03-28T00:00:00Z", "policy")
	for name, c := range map[string]struct {
		function  string
		arguments []tftypes.Value
		want      string
	}{
		"cron":          {"cron_to_rrule", []tftypes.Value{textOf("30 2 * * 1-5")}, "^FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=2;BYMINUTE=30$"},
		"cron refused":  {"cron_to_rrule", []tftypes.Value{textOf("0 0 1 1 *")}, "^argument 0: the month field .*retention.yearly$"},
		"runs":          {"next_runs", []tftypes.Value{textsOf(daily, "FREQ=DAILY;BYHOUR=14;BYMINUTE=0"), textOf("Europe/Berlin"), now, numberOf(4)}, "^2026-03-28T14:00:00\\+01:00 2026-03-29T03:00:00\\+02:00 2026-03-29T14:00:00\\+02:00 2026-03-30T02:30:00\\+02:00$"},
		"runs, none":    {"next_runs", []tftypes.Value{textsOf(), utc, now, numberOf(1)}, "^$"},
		"runs, most":    {"next_runs", []tftypes.Value{textsOf(daily), utc, now, numberOf(100)}, "^(2026-\\S+T02:30:00Z ?){100}$"},
		"too many runs": {"next_runs", []tftypes.Value{textsOf(daily), utc, now, numberOf(101)}, "^argument 3: .*between 1 and 100"},
		"no runs":       {"next_runs", []tftypes.Value{textsOf(daily), utc, now, numberOf(0)}, "^argument 3: "},
		"no rule":       {"next_runs", []tftypes.Value{textsOf(daily, "0 1 * * *"), utc, now, numberOf(1)}, "^argument 0: schedule 2 of 2, .*cron_to_rrule"},
		"anchored rule": {"next_runs", []tftypes.Value{textsOf("FREQ=DAILY;INTERVAL=2;BYHOUR=1;BYMINUTE=0"), utc, now, numberOf(1)}, "^argument 0: schedule 1 of 1, .*first day to count from"},
		"null rule":     {"next_runs", []tftypes.Value{textsOf(daily, nil), utc, now, numberOf(1)}, "^argument 0: schedule 2 of 2 is null"},
		"unknown rule":  {"next_runs", []tftypes.Value{textsOf(daily, unknown), utc, now, numberOf(1)}, "^unknown$"},
		"no zone":       {"next_runs", []tftypes.Value{textsOf(daily), textOf("Berlin"), now, numberOf(1)}, "^argument 1: .*did you mean \"Europe/Berlin\"\\?$"},
		"no time":       {"next_runs", []tftypes.Value{textsOf(daily), utc, textOf("today"), numberOf(1)}, "^argument 2: the value of after is \"today\".*RFC 3339"},

		"retained":             {"retained", []tftypes.Value{rowsOf(old, recent), rulesOf("days", numberOf(7)), utc, now}, "^recent$"},
		"in the order given":   {"retained", []tftypes.Value{rowsOf(old, recent), rulesOf("weekly", numberOf(2)), utc, now}, "^old recent$"},
		"kept for ever":        {"retained", []tftypes.Value{rowsOf(old, recent), tftypes.NewValue(tftypes.DynamicPseudoType, nil), utc, now}, "^old recent$"},
		"null object":          {"retained", []tftypes.Value{rowsOf(old), tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"daily": tftypes.Number}}, nil), utc, now}, "^old$"},
		"map":                  {"retained", []tftypes.Value{rowsOf(old, recent), tftypes.NewValue(tftypes.Map{ElementType: tftypes.Number}, map[string]tftypes.Value{"latest": numberOf(1)}), utc, now}, "^recent$"},
		"manual and not known": {"retained", []tftypes.Value{rowsOf(rowOf("manual", "2026-01-01T00:00:00Z", "manual"), rowOf("whose", "2026-01-01T00:00:00Z", nil), rowOf("when", nil, "policy"), old), rulesOf("days", numberOf(1)), utc, now}, "^manual whose when$"},
		"no points":            {"retained", []tftypes.Value{rowsOf(), rulesOf("days", numberOf(1)), utc, now}, "^$"},
		"unknown point":        {"retained", []tftypes.Value{rowsOf(rowOf(unknown, nil, nil)), rulesOf("days", numberOf(1)), utc, now}, "^unknown$"},
		"unknown rule limit":   {"retained", []tftypes.Value{rowsOf(old), rulesOf("days", numberOf(unknown)), utc, now}, "^unknown$"},
		"null point":           {"retained", []tftypes.Value{rowsOf(tftypes.NewValue(pointType, nil)), rulesOf("days", numberOf(1)), utc, now}, "^argument 0: point 1 of 1 is null"},
		"point without id":     {"retained", []tftypes.Value{rowsOf(rowOf(nil, nil, nil)), rulesOf("days", numberOf(1)), utc, now}, "^argument 0: the id of point 1 of 1 is empty"},
		"point of nobody":      {"retained", []tftypes.Value{rowsOf(rowOf("p", nil, "nobody")), rulesOf("days", numberOf(1)), utc, now}, "^argument 0: .*\"nobody\"; write policy or manual"},
		"point of no time":     {"retained", []tftypes.Value{rowsOf(rowOf("p", "yesterday", nil)), rulesOf("days", numberOf(1)), utc, now}, "^argument 0: the value of created_at of point 1"},
		"no such rule":         {"retained", []tftypes.Value{rowsOf(old), rulesOf("decades", numberOf(1)), utc, now}, "^argument 1: .*no rule \"decades\"; the rules are daily, days"},
		"rule of 0":            {"retained", []tftypes.Value{rowsOf(old), rulesOf("daily", numberOf(0)), utc, now}, "^argument 1: the rule retention.daily is 0"},
		"rule of a half":       {"retained", []tftypes.Value{rowsOf(old), rulesOf("daily", numberOf(1.5)), utc, now}, "^argument 1: the rule retention.daily is 1.5"},
		"rule of a text":       {"retained", []tftypes.Value{rowsOf(old), rulesOf("daily", textOf("7")), utc, now}, "^argument 1: the rule retention.daily is \"7\""},
		"rule of null":         {"retained", []tftypes.Value{rowsOf(old), rulesOf("daily", numberOf(nil)), utc, now}, "^argument 1: the retention has no rule"},
		"no object":            {"retained", []tftypes.Value{rowsOf(old), numberOf(7), utc, now}, "^argument 1: the retention is no object"},
		"retained, no zone":    {"retained", []tftypes.Value{rowsOf(old), rulesOf("daily", numberOf(1)), textOf("here"), now}, "^argument 2: "},
		"retained, no time":    {"retained", []tftypes.Value{rowsOf(old), rulesOf("daily", numberOf(1)), utc, textOf("now")}, "^argument 3: the value of at is \"now\""},
	} {
		if got := called(t, c.function, c.arguments...); !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%s: got %q, want %s", name, got, c.want)
		}
	}
}

// TestAccFunctions calls them as configurations do, without a provider block.
func TestAccFunctions(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set")
	}
	text := knownvalue.StringExact
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: protoV6ProviderFactories,
		Steps: []resource.TestStep{{
			Config:      `output "rule" { value = provider::serverbackup::cron_to_rrule("0 1 L * *") }`,
			ExpectError: regexp.MustCompile(`(?s)"cron"\s+parameter: the day of the month field.*BYMONTHDAY=-1`),
		}, {
			// A CLI says so without asking the provider.
			Config:      `output "rule" { value = provider::serverbackup::cron_to_rrule(null) }`,
			ExpectError: regexp.MustCompile(`argument must not be null`),
		}, {
			Config: `
resource "terraform_data" "rule" {
  input = provider::serverbackup::cron_to_rrule("0 */6 * * *")
}
output "rule" {
  value = terraform_data.rule.output
}
output "runs" {
  value = provider::serverbackup::next_runs([terraform_data.rule.output], "Europe/Berlin", "2026-03-28T22:30:00Z", 2)
}
output "retained" {
  value = provider::serverbackup::retained(
    [{ id = "a", created_at = "2026-03-01T00:00:00Z", schedule_type = "policy", size_gb = 1 }, { id = "b", created_at = "2026-03-02T00:00:00Z", schedule_type = "policy", size_gb = 1 }],
    { latest = 1, days = null }, "UTC", "2026-03-03T00:00:00Z")
}
`,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("rule", text("FREQ=HOURLY;INTERVAL=6;BYMINUTE=0")),
				statecheck.ExpectKnownOutputValue("runs", knownvalue.ListExact([]knownvalue.Check{text("2026-03-29T00:00:00+01:00"), text("2026-03-29T06:00:00+02:00")})),
				statecheck.ExpectKnownOutputValue("retained", knownvalue.ListExact([]knownvalue.Check{text("b")})),
			},
		}},
	})
}

// TestAccFunctionExamples applies the examples of functions.
func TestAccFunctionExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../examples/functions/*/*.tf")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, file := range files {
		name := filepath.Base(filepath.Dir(file))
		shown = append(shown, name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			applyExample(t, file)
		})
	}
	for _, newOne := range (&serverbackupProvider{}).Functions(t.Context()) {
		var resp function.MetadataResponse
		newOne().Metadata(t.Context(), function.MetadataRequest{}, &resp)
		if !slices.Contains(shown, resp.Name) {
			t.Errorf("the function %s has no example", resp.Name)
		}
	}
}
