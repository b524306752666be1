package main

import (
	"maps"
	"testing"
)

func TestLimitLogs(t *testing.T) {
	t.Parallel()
	all := func(level string) map[string]string {
		return map[string]string{"TF_LOG_SDK": level, "TF_LOG_SDK_PROTO": level, "TF_LOG_SDK_FRAMEWORK": level}
	}
	for name, c := range map[string]struct{ env, want map[string]string }{
		"nothing is shown":          {nil, all("off")},
		"some is shown":             {map[string]string{"TF_LOG": "INFO"}, all("info")},
		"the provider's level wins": {map[string]string{"TF_LOG": "INFO", "TF_LOG_PROVIDER": "TRACE"}, all("trace")},
		"JSON":                      {map[string]string{"TF_LOG": "JSON"}, all("trace")},
		"no level":                  {map[string]string{"TF_LOG": "loud"}, nil},
		"the user's own stays": {
			map[string]string{"TF_LOG": "ERROR", "TF_LOG_SDK_PROTO": "DEBUG"},
			map[string]string{"TF_LOG_SDK": "error", "TF_LOG_SDK_FRAMEWORK": "error"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := make(map[string]string)
			err := limitLogs(func(name string) string { return c.env[name] }, func(name, value string) error {
				set[name] = value
				return nil
			})
			if err != nil || !maps.Equal(set, c.want) {
				t.Errorf("set %v, %v; want %v", set, err, c.want)
			}
		})
	}
}
