package main

import "github.com/hashicorp/go-hclog"

// frameworkLogs are the variables with the levels of what the libraries below the provider log.
var frameworkLogs = []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK"}

// limitLogs lets those libraries log no more than Terraform will show. Else they write everything, some dozen lines for
// each resource, for Terraform to parse and drop: a quarter of the samples of a profile.
func limitLogs(getenv func(string) string, setenv func(name, value string) error) error {
	level := shownLevel(getenv)
	if level == hclog.NoLevel {
		return nil
	}
	for _, name := range frameworkLogs {
		if getenv(name) != "" {
			continue
		}
		if err := setenv(name, level.String()); err != nil {
			return err
		}
	}
	return nil
}

// shownLevel is what Terraform shows of a provider's log; [hclog.NoLevel] is a level that is not known.
func shownLevel(getenv func(string) string) hclog.Level {
	for _, name := range []string{"TF_LOG_PROVIDER", "TF_LOG"} {
		switch value := getenv(name); value {
		case "":
		case "JSON", "json":
			return hclog.Trace
		default:
			return hclog.LevelFromString(value)
		}
	}
	return hclog.Off
}
