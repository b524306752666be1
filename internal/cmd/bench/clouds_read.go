package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/encoding/protowire"
)

// terraformParallelism is how many resources Terraform reads at a time.
const terraformParallelism = 10

// instance is a resource of a state file.
type instance struct {
	kind       string
	version    uint64
	attributes json.RawMessage
}

// instances reads a state file.
func instances(file string) ([]instance, error) {
	data, err := os.ReadFile(file) //nolint:gosec // ours
	if err != nil {
		return nil, err
	}
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct {
				Version    uint64 `json:"schema_version"`
				Attributes json.RawMessage
			}
		}
	}
	if err := json.Unmarshal(data, &state); err != nil {
		return nil, err
	}
	var list []instance
	for _, r := range state.Resources {
		for _, i := range r.Instances {
			list = append(list, instance{r.Type, i.Version, i.Attributes})
		}
	}
	return list, nil
}

// readAll lets a provider of its own read the resources of the state as Terraform does in a refresh, without the rest of
// Terraform, and measures that. A resource that is gone is an error.
func (t *cloudTerraform) readAll(config string) (sample, error) {
	list, err := instances(filepath.Join(t.dir, "terraform.tfstate"))
	if err != nil {
		return sample{}, err
	}
	_, file, err := t.installProvider()
	if err != nil {
		return sample{}, err
	}
	p, err := t.startPlugin(file)
	if err != nil {
		return sample{}, err
	}
	defer p.client.Kill()
	if err := p.connect(); err != nil {
		return sample{}, err
	}
	if _, err := p.call(t.ctx, "ConfigureProvider", configureRequest(config), 1); err != nil {
		return sample{}, err
	}
	start := time.Now()
	group, ctx := errgroup.WithContext(t.ctx)
	group.SetLimit(terraformParallelism)
	for _, i := range list {
		group.Go(func() error {
			answer, err := p.call(ctx, "UpgradeResourceState", i.upgradeRequest(), 2)
			if err != nil {
				return err
			}
			state, err := field(answer, 1)
			if err != nil {
				return err
			}
			answer, err = p.call(ctx, "ReadResource", i.readRequest(state), 2)
			if err != nil {
				return err
			}
			state, err = field(answer, 1)
			// Null, in MessagePack and in its field, is three bytes.
			if err == nil && len(state) <= 3 {
				err = fmt.Errorf("a %s is gone: %s", i.kind, i.attributes)
			}
			return err
		})
	}
	err = group.Wait()
	return sample{time: time.Since(start)}, err
}

// upgradeRequest is an UpgradeResourceState.Request.
func (i instance) upgradeRequest() []byte {
	const kind, version, state, inJSON = 1, 2, 3, 1
	raw := protowire.AppendBytes(protowire.AppendTag(nil, inJSON, protowire.BytesType), i.attributes)
	request := protowire.AppendString(protowire.AppendTag(nil, kind, protowire.BytesType), i.kind)
	request = protowire.AppendVarint(protowire.AppendTag(request, version, protowire.VarintType), i.version)
	return protowire.AppendBytes(protowire.AppendTag(request, state, protowire.BytesType), raw)
}

// readRequest is a ReadResource.Request.
func (i instance) readRequest(state []byte) []byte {
	const kind, current = 1, 2
	request := protowire.AppendString(protowire.AppendTag(nil, kind, protowire.BytesType), i.kind)
	return protowire.AppendBytes(protowire.AppendTag(request, current, protowire.BytesType), state)
}

// inJSON turns the lines of a provider block into JSON.
func inJSON(service, block string) (string, error) {
	values := make(map[string]string)
	for line := range strings.Lines(block) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok {
			return "", fmt.Errorf("no attribute: %q", line)
		}
		values[name] = strings.Trim(value, "\"")
	}
	text, err := json.Marshal(map[string]any{service: values})
	return string(text), err
}
