package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protowire"
)

// The steps of a provider that is not used.
const (
	stepServe     = "until it serves"
	stepSchema    = "GetProviderSchema"
	stepConfigure = "ConfigureProvider"
	stepAll       = "all of it"
)

// unused starts a provider as Terraform does, asks for its schema, configures it and ends it. The cost of the
// process is in the sample of all of it.
func (b *run) unused(file, config string) (map[string]sample, error) {
	cmd := exec.CommandContext(b.ctx, file)
	cmd.Env = append(os.Environ(), "TMPDIR="+b.dir, "PLUGIN_PROTOCOL_VERSIONS=6",
		// What every provider wants to see, so that nobody starts it by mistake.
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	steps := make(map[string]sample)
	err = talk(b.ctx, bufio.NewReader(out), config, start, steps)
	// It waits for nothing that could be lost.
	err = errors.Join(err, cmd.Process.Kill())
	var killed *exec.ExitError
	if waitErr := cmd.Wait(); !errors.As(waitErr, &killed) {
		err = errors.Join(err, waitErr)
	}
	if err != nil {
		return nil, err
	}
	all := steps[stepAll]
	all.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		all.memory = usage.Maxrss << 10
	}
	steps[stepAll] = all
	return steps, nil
}

// talk speaks protocol 6 with a provider that starts, and notes how long each step takes.
func talk(ctx context.Context, out *bufio.Reader, config string, start time.Time, steps map[string]sample) (err error) {
	hello, err := out.ReadString('\n')
	if err != nil {
		return fmt.Errorf("the provider ended without a word: %w", err)
	}
	// Versions of the handshake and of the protocol, network, address, and how to speak.
	fields := strings.Split(strings.TrimSpace(hello), "|")
	if len(fields) < 5 || fields[1] != "6" || fields[2] != "unix" || fields[4] != "grpc" {
		return fmt.Errorf("the provider says %q", hello)
	}
	conn, err := grpc.NewClient("unix:"+fields[3], grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{}), grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	last := start
	note := func(step string) {
		now := time.Now()
		steps[step], last = sample{time: now.Sub(last)}, now
	}
	note(stepServe)
	for _, call := range []struct {
		method, step string
		request      []byte
		// diagnostics is their field in the answer.
		diagnostics protowire.Number
	}{
		{"GetProviderSchema", stepSchema, nil, 4},
		{"ConfigureProvider", stepConfigure, configureRequest(config), 1},
	} {
		var answer []byte
		if err := conn.Invoke(ctx, "/tfplugin6.Provider/"+call.method, &call.request, &answer); err != nil {
			return err
		}
		note(call.step)
		if err := complaint(answer, call.diagnostics); err != nil {
			return fmt.Errorf("%s: %w", call.method, err)
		}
	}
	steps[stepAll] = sample{time: last.Sub(start)}
	return nil
}

// configureRequest is a configuration in JSON; what it does not name is null.
func configureRequest(config string) []byte {
	const version, value, inJSON = 1, 2, 2
	dynamic := protowire.AppendString(protowire.AppendTag(nil, inJSON, protowire.BytesType), config)
	request := protowire.AppendString(protowire.AppendTag(nil, version, protowire.BytesType), "1.14.0")
	return protowire.AppendBytes(protowire.AppendTag(request, value, protowire.BytesType), dynamic)
}

// complaint finds diagnostics in an answer. A provider that complains is not measured.
func complaint(answer []byte, diagnostics protowire.Number) error {
	for len(answer) > 0 {
		field, kind, n := protowire.ConsumeTag(answer)
		if n < 0 {
			return protowire.ParseError(n)
		}
		m := protowire.ConsumeFieldValue(field, kind, answer[n:])
		if m < 0 {
			return protowire.ParseError(m)
		}
		if field == diagnostics {
			return fmt.Errorf("the provider complains: %q", answer[n:n+m])
		}
		answer = answer[n+m:]
	}
	return nil
}

// rawCodec passes messages on as they are.
type rawCodec struct{}

func (rawCodec) Name() string { return "proto" }

func (rawCodec) Marshal(v any) ([]byte, error) {
	message, ok := v.(*[]byte)
	if !ok {
		return nil, fmt.Errorf("%T is no raw message", v)
	}
	return *message, nil
}

func (rawCodec) Unmarshal(data []byte, v any) error {
	message, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("%T is no raw message", v)
	}
	*message = append((*message)[:0], data...)
	return nil
}
