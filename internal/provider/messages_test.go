package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// mistakes are wrong values of the arguments of queries and actions, by type and by what the error is about.
// A CLI shows no line of the configuration for them, so that the text has to name the attribute.
func mistakes(point string) (lists, actions map[string]map[string]settings) {
	const nosuch = "nosuch"
	lists = map[string]map[string]settings{
		"serverbackup_policy": {
			"default": {"default": true},
			"name":    {"name": ""},
		},
		"serverbackup_server": {
			"location_id": {"location_id": nosuch},
			"instance_id": {"instance_id": "i-1"},
			"policy_id":   {"policy_id": ""},
		},
		"serverbackup_location": {
			"region":  {"region": "eu"},
			"default": {"default": true},
		},
		"serverbackup_point": {
			"max_age is \"1day\"":        {"max_age": "1day"},
			"max_age is \"-1h\"":         {"max_age": "-1h"},
			"max_age":                    {"max_age": "1h", "from": "2026-01-01T00:00:00Z"},
			"from is \"yesterday\"":      {"from": "yesterday"},
			"to is \"2026-01-01\"":       {"to": "2026-01-01"},
			"to must be later than from": emptyWindow,
			"status":                     {"status": []any{"fine"}},
			"type":                       {"type": "half"},
			"schedule_type":              {"schedule_type": "never"},
			"server_id":                  {"server_id": ""},
		},
	}
	actions = map[string]map[string]settings{
		"serverbackup_backup_now": {
			"server_id":     {"server_id": nosuch},
			"name":          {"server_id": "s", "name": ""},
			"wait":          {"server_id": "s", "wait": false},
			"stall_timeout": {"server_id": "s", "stall_timeout": "half an hour"},
		},
		"serverbackup_restore_point": {
			"point_id":                {"point_id": nosuch, "local.target": "/restored"},
			"local = {":               {"point_id": point},
			"target":                  {"point_id": point, "local.in_place": false},
			"overwrite_existing_data": {"point_id": point, "local.in_place": true},
			"local.overwrite":         {"point_id": point, "local.target": "/restored", "local.overwrite": "sometimes"},
			"local.volume_ids":        {"point_id": point, "local.target": "/restored", "local.volume_ids": []any{nosuch}},
			"cbr":                     {"point_id": point, "cbr.server_id": "s"},
		},
		"serverbackup_verify_point":  {"point_id": {"point_id": nosuch}},
		"serverbackup_recover_point": {"point_id": {"point_id": nosuch}},
		"serverbackup_delete_points": {
			"ids": {"ids": []any{}},
			"max": {"ids": []any{point}, "max": 0},
		},
	}
	return lists, actions
}

// TestMessagesNameAttributes: each mistake in a query or an action is told with the attribute, on the path and in the text.
func TestMessagesNameAttributes(t *testing.T) {
	t.Parallel()
	store, points, _ := restorable(t)
	server := inProcess(t, store.service)
	all := schemasOf(t, server)
	lists, ok := server.(tfprotov6.ListResourceServer)
	actions, ok2 := server.(tfprotov6.ActionServer)
	if !ok || !ok2 {
		t.Fatal("the provider has no list resources, or no actions")
	}
	wrongLists, wrongActions := mistakes(points[0])
	for name, rows := range wrongLists {
		for says, s := range rows {
			config := packed(t, valueOf(t, objectType(t, all.ListResourceSchemas[name]), s.tree()))
			said := must[*tfprotov6.ValidateListResourceConfigResponse](t)(lists.ValidateListResourceConfig(t.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: config})).Diagnostics
			if len(said) == 0 {
				stream := must[*tfprotov6.ListResourceServerStream](t)(lists.ListResource(t.Context(), &tfprotov6.ListResourceRequest{TypeName: name, Config: config, Limit: 10}))
				for result := range stream.Results {
					said = append(said, result.Diagnostics...)
				}
			}
			expectNamed(t, name, says, said)
		}
	}
	for name, rows := range wrongActions {
		for says, s := range rows {
			config := packed(t, valueOf(t, objectType(t, all.ActionSchemas[name].Schema), s.tree()))
			said := must[*tfprotov6.ValidateActionConfigResponse](t)(actions.ValidateActionConfig(t.Context(), &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config})).Diagnostics
			if len(said) == 0 {
				said = must[*tfprotov6.PlanActionResponse](t)(actions.PlanAction(t.Context(), &tfprotov6.PlanActionRequest{ActionType: name, Config: config})).Diagnostics
			}
			expectNamed(t, name, says, said)
		}
	}
}

func expectNamed(t *testing.T, name, says string, said []*tfprotov6.Diagnostic) {
	t.Helper()
	found := false
	for _, d := range said {
		if d.Severity == tfprotov6.DiagnosticSeverityError && d.Attribute == nil {
			t.Errorf("%s: an error is about no attribute: %s: %s", name, d.Summary, d.Detail)
		}
		found = found || d.Severity == tfprotov6.DiagnosticSeverityError && strings.Contains(d.Detail, says)
	}
	if !found {
		t.Errorf("%s: no error says %q:\n%s", name, says, inLines(said))
	}
}
