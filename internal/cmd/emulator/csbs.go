package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/csbs"
)

func startCSBS(o options, address string) (http.Handler, string, error) {
	e := csbs.New(emulator.RunningClock())
	e.Latency = o.latency
	known := o.variation == ""
	names := []string{}
	for _, v := range csbs.Variations() {
		names = append(names, v.Name)
		if v.Name == o.variation {
			e.Switches, known = v.Switches, true
		}
	}
	if !known {
		return nil, "", fmt.Errorf("there is no variation %q; write one of: %s", o.variation, strings.Join(names, ", "))
	}
	if o.seed != "" {
		file, err := os.Open(o.seed)
		if err != nil {
			return nil, "", err
		}
		defer func() { _ = file.Close() }()
		if err := e.Plant(file); err != nil {
			return nil, "", fmt.Errorf("%s: %w", o.seed, err)
		}
	}
	return e.Handler(), fmt.Sprintf(`provider "serverbackup" {
  csbs = {
    auth_url    = "%s/v3"
    region      = "eu-de"
    user_name   = "emulator"
    password    = "emulator"
    domain_name = "emulator"
  }
}

Every UUID is a server with two disks.`, address), nil
}
