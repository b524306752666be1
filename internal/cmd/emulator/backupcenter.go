package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator/backupcenter"
)

func startBackupCenter(o options, address string) (http.Handler, string, error) {
	settings := backupcenter.Options{Clock: emulator.RunningClock()}
	names := []string{}
	for _, v := range backupcenter.Variations() {
		names = append(names, v.Name)
		if v.Name == o.variation {
			settings.Switches = v.Switches
		}
	}
	if o.variation != "" && settings.Switches == (backupcenter.Switches{}) && o.variation != names[0] {
		return nil, "", fmt.Errorf("there is no variation %q; write one of: %s", o.variation, strings.Join(names, ", "))
	}
	center := backupcenter.New(settings)
	center.Latency = o.latency
	if o.seed != "" {
		file, err := os.Open(o.seed)
		if err != nil {
			return nil, "", err
		}
		defer func() { _ = file.Close() }()
		seed, err := backupcenter.ReadSeed(file)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", o.seed, err)
		}
		if _, _, err := center.Plant(seed); err != nil {
			return nil, "", err
		}
	}
	return center, fmt.Sprintf(`provider "serverbackup" {
  vngcloud = {
    client_id        = "emulator"
    client_secret    = "emulator"
    iam_endpoint     = "%[1]s%[2]s"
    backup_endpoint  = "%[1]s%[3]s"
    vserver_endpoint = "%[1]s%[4]s"
  }
}

Every id of the form ins-<uuid> is an instance with two volumes.`,
		address, backupcenter.IAMPath, backupcenter.BackupPath, backupcenter.VServerPath), nil
}
