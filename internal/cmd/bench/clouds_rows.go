package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func (b *run) vngcloud() error {
	// A listing for each backup server with points, and a few requests more.
	if err := b.refresh("vngcloud", plantCenter, true, goals{"5 s", fmt.Sprint(b.refreshed + 20)}); err != nil {
		return err
	}
	if err := b.refresh("vngcloud", plantCenter, false, goals{"5 s", "20"}); err != nil {
		return err
	}
	return b.scan("vngcloud", plantCenter)
}

func (b *run) csbs() error {
	if err := b.refresh("csbs", plantCSBS, true, goals{"3 s", "20"}); err != nil {
		return err
	}
	return b.scan("csbs", plantCSBS)
}

func (b *run) cbr() error {
	if err := b.refresh("cbr", plantCBR, true, goals{"3 s", "20"}); err != nil {
		return err
	}
	return b.scan("cbr", plantCBR)
}

// goals are what a refresh is to take at most.
type goals struct{ refresh, requests string }

// refresh measures what the provider takes to read all resources again, as many at a time as Terraform reads, and a plan
// in which nothing has changed, beside the same without asking the service. Terraform itself takes most of that.
func (b *run) refresh(service string, plant plant, withPoints bool, want goals) error {
	if !b.has("terraform") {
		return nil
	}
	c, err := plant(b.ctx, b.refreshed, 1)
	if err != nil {
		return err
	}
	defer c.server.Close()
	text, servers, points, policies, err := c.configuration(b.ctx, service, withPoints)
	if err != nil {
		return err
	}
	t, err := b.newCloudTerraform(service, c.block, text)
	if err != nil {
		return err
	}
	if _, err := t.do("apply", "-auto-approve", "-input=false", "-no-color"); err != nil {
		return err
	}
	// Nothing is under way between two commands.
	c.Latency = latency
	config, err := inJSON(service, c.block)
	if err != nil {
		return err
	}
	var whole, asking, memory, reading samples
	requests, most, asked := 0, 0, ""
	for range b.runs {
		without, err := t.do("plan", "-refresh=false", "-detailed-exitcode", "-input=false", "-no-color")
		if err != nil {
			return err
		}
		c.Counts.Reset()
		with, err := t.do("plan", "-detailed-exitcode", "-input=false", "-no-color")
		if err != nil {
			return err
		}
		counted := c.Counts.Snapshot()
		requests, most, asked = max(requests, counted.TotalRequests()), max(most, counted.MostInFlight), fmt.Sprint(counted.Requests)
		whole, memory = append(whole, sample{time: with.time}), append(memory, with)
		asking = append(asking, sample{time: with.time - without.time})
		read, err := t.readAll(config)
		if err != nil {
			return err
		}
		reading = append(reading, read)
	}
	fmt.Fprintf(os.Stderr, "%s: what the last plan asked for: %s\n", service, asked)
	name := fmt.Sprintf("%s: refresh of %d servers, %d points, %d policies", service, servers, points, policies)
	printRow(name, seconds(reading.time()), "at most "+want.refresh, 0)
	printRow("the same in a plan, beside one without refresh", seconds(asking.time()), "the whole plan "+seconds(whole.time()), 0)
	printRow("requests of that plan", fmt.Sprintf("%d, %d at a time", requests, most), "at most "+want.requests+", 8 at a time", 0)
	printRow("memory of the provider in that plan", mib(memory.memory()), "–", 0)
	return fresh(t.dir)
}

// scan measures a list of all points of a service.
func (b *run) scan(service string, plant plant) error {
	if !b.has("terraform") {
		return nil
	}
	for _, points := range []int{b.scanned / 4, b.scanned / 2, b.scanned} {
		c, err := plant(b.ctx, 1000, points/1000)
		if err != nil {
			return err
		}
		c.Latency = latency
		err = b.scanOnce(service, c, points/1000*1000, 1000, "300 MiB")
		if err == nil && points == b.scanned {
			err = b.scanOnce(service, c, points/1000*1000, 10000, "450 MiB")
		}
		c.server.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// scanOnce lists all points and returns some.
func (b *run) scanOnce(service string, c *cloud, points, limit int, want string) error {
	t, err := b.newCloudTerraform(service, c.block, fmt.Sprintf(`
data "serverbackup_points" "all" {
  limit = %d
  lifecycle {
    postcondition {
      condition     = self.total_count == %d && length(self.points) == %d
      error_message = "There are ${self.total_count} points, and ${length(self.points)} were returned."
    }
  }
}
`, limit, points, min(limit, points)))
	if err != nil {
		return err
	}
	var plans samples
	c.Counts.Reset()
	for range b.runs {
		s, err := t.do("plan", "-input=false", "-no-color")
		if err != nil {
			return err
		}
		plans = append(plans, s)
	}
	name := fmt.Sprintf("%s: %d points listed, %d returned", service, points, min(limit, points))
	printRow(name, seconds(plans.time()), fmt.Sprintf("provider: %s of processors, %d requests",
		seconds(plans.cpu()), c.Counts.Snapshot().TotalRequests()/b.runs), 0)
	printRow("memory of the provider in that list", mib(plans.memory()), "at most "+want, 0)
	return fresh(t.dir)
}

// cloudTerraform is the CLI with the provider of the working directory and a cloud.
type cloudTerraform struct {
	*run
	dir, costs string
	env        []string
}

func (b *run) newCloudTerraform(service, block, text string) (*cloudTerraform, error) {
	dir := filepath.Join(b.dir, "cloud")
	t := &cloudTerraform{run: b, dir: dir, costs: filepath.Join(dir, "costs.json")}
	if err := fresh(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	plugins, provider, err := b.installProvider()
	if err != nil {
		return nil, err
	}
	t.env = []string{
		"TF_CLI_CONFIG_FILE=" + filepath.Join(dir, "cli.tfrc"), "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
		realProviderEnv + "=" + provider, costsEnv + "=" + t.costs,
	}
	cli := fmt.Sprintf("provider_installation {\n  dev_overrides { \"serverbackup/serverbackup\" = %q }\n  direct {}\n}\n", plugins)
	config := "terraform {\n  required_providers {\n    serverbackup = { source = \"serverbackup/serverbackup\" }\n  }\n}\n" +
		fmt.Sprintf("provider \"serverbackup\" {\n  %s = {\n %s\n  }\n}\n", service, block) + text
	for name, content := range map[string]string{"cli.tfrc": cli, "main.tf": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// do runs a command of the CLI: the time is its own, memory and processors are those of the largest process of
// the provider. With -detailed-exitcode it fails if there is anything to change.
func (t *cloudTerraform) do(args ...string) (sample, error) {
	s, _, err := t.command(t.env, "terraform", append([]string{"-chdir=" + t.dir}, args...)...)
	if err != nil {
		return s, err
	}
	costs, err := takeCosts(t.costs)
	s.cpu, s.memory = 0, 0
	for _, c := range costs {
		s.memory, s.cpu = max(s.memory, c.Memory), max(s.cpu, c.CPU)
	}
	return s, err
}
