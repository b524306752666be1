package main

import (
	"syscall"
	"time"
)

// The steps of a provider that is not used.
const (
	stepServe     = "until it serves"
	stepSchema    = "connecting and GetProviderSchema"
	stepConfigure = "ConfigureProvider"
	stepAll       = "all of it"
)

// unused starts a provider, asks for its schema, configures it and ends it. The cost of the process is in the sample
// of all of it.
func (b *run) unused(file, config string) (map[string]sample, error) {
	steps := make(map[string]sample)
	start := time.Now()
	last := start
	note := func(step string) {
		now := time.Now()
		steps[step], last = sample{time: now.Sub(last)}, now
	}
	p, err := b.startPlugin(file)
	if err != nil {
		return nil, err
	}
	note(stepServe)
	if err = p.connect(); err == nil {
		_, err = p.call(b.ctx, "GetProviderSchema", nil, 4)
	}
	note(stepSchema)
	if err == nil {
		_, err = p.call(b.ctx, "ConfigureProvider", configureRequest(config), 1)
	}
	note(stepConfigure)
	p.client.Kill()
	if err != nil {
		return nil, err
	}
	all := sample{time: last.Sub(start)}
	all.cpu = p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
	if usage, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		all.memory = usage.Maxrss << 10
	}
	steps[stepAll] = all
	return steps, nil
}
