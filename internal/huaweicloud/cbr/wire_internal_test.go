package cbr

import (
	"encoding/json"
	"testing"
)

// FuzzAnswers wants any answer that is JSON to be translated without a panic.
func FuzzAnswers(f *testing.F) {
	for _, answer := range []string{
		`{"backups":[{"id":"b","status":"protecting","resource_size":"40","extend_info":"{\"auto_trigger\":\"True\"}","children":[{"id":"c"}]}],"count":"1"}`,
		`{"vaults":[{"id":"v","billing":{"size":100,"used":1.5},"bind_rules":{"tags":[{"key":"a","value":"b"}]},"auto_bind":true,"resources":[{"id":"s","extra_info":null}]}]}`,
		`{"policies":[{"id":"p","operation_type":"backup","operation_definition":{"timezone":"UTC-03:30","day_backups":"7"},"trigger":{"properties":{"pattern":["FREQ=DAILY;BYHOUR=1;BYMINUTE=00","?"]}},"associated_vaults":[{"vault_id":"v"}]}]}`,
		`{"operation_logs":[{"id":"l","operation_type":"backup","status":"failed","error_info":"","extra_info":{"common":{"progress":200},"backup":{"backup_id":"b","incremental":"true"}}}]}`,
		`{"checkpoint":{"id":1,"vault":{"skipped_resources":[{"id":"s"}]}}}`,
		`{"backups":null,"count":null}`, `[]`, `0`,
	} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(_ *testing.T, data []byte) {
		var backups manyBackups
		if json.Unmarshal(data, &backups) == nil {
			for _, b := range backups.Backups {
				_ = b.point()
			}
		}
		var policies manyPolicies
		if json.Unmarshal(data, &policies) == nil {
			for _, p := range policies.Policies {
				_ = p.domain()
			}
		}
		var vaults manyVaults
		if json.Unmarshal(data, &vaults) == nil {
			for i, v := range vaults.Vaults {
				inv := &inventory{vaults: vaults.Vaults, policyOf: map[string]string{}}
				for _, r := range v.Resources {
					_ = inv.server(&vaults.Vaults[i], r)
				}
			}
		}
		var logs manyLogs
		if json.Unmarshal(data, &logs) == nil {
			for _, l := range logs.Logs {
				_, _, _ = l.entry(), l.restore(), l.progress()
			}
		}
		var checkpoint oneCheckpoint
		_ = json.Unmarshal(data, &checkpoint)
	})
}
