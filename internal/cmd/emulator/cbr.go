package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/cbr"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/iam"
)

func startCBR(o options, address string) (http.Handler, string, error) {
	variations := cbr.Variations()
	chosen, known := variations[0], o.variation == ""
	names := []string{}
	for _, v := range variations {
		names = append(names, v.Name)
		if v.Name == o.variation {
			chosen, known = v, true
		}
	}
	if !known {
		return nil, "", fmt.Errorf("there is no variation %q; write one of: %s", o.variation, strings.Join(names, ", "))
	}
	base := emulator.New(emulator.RunningClock())
	base.Latency = o.latency
	base.Plans.Set("", emulator.Plan{Duration: 10 * time.Second})
	account := iam.DefaultAccount()
	e := cbr.New(base, chosen.Options)
	if o.seed != "" {
		file, err := os.Open(o.seed)
		if err != nil {
			return nil, "", err
		}
		defer func() { _ = file.Close() }()
		if err := e.Plant(account.ProjectID, file); err != nil {
			return nil, "", fmt.Errorf("%s: %w", o.seed, err)
		}
	}
	return e.Handler(iam.New(base, account)), fmt.Sprintf(`provider "serverbackup" {
  cbr = {
    auth_url    = "%s/v3"
    region      = "eu-de"
    user_name   = "emulator"
    password    = "emulator"
    domain_name = "emulator"
  }
}

Every id that is a UUID is a server with two disks, unless the variation is known-servers.`, address), nil
}
