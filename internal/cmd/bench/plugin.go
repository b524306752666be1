package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protowire"
)

// plugin is a provider that was started as Terraform starts one, which speaks protocol 6.
type plugin struct {
	cmd  *exec.Cmd
	conn *grpc.ClientConn
}

// startPlugin starts a provider and waits until it serves.
func (b *run) startPlugin(file string) (*plugin, error) {
	cmd := exec.CommandContext(b.ctx, file)
	cmd.Env = append(os.Environ(), "TMPDIR="+b.dir, "PLUGIN_PROTOCOL_VERSIONS=6",
		// What every provider wants to see, so that nobody starts it by mistake.
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &plugin{cmd: cmd}
	if err := p.connect(out); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

func (p *plugin) connect(out io.Reader) error {
	hello, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the provider ended without a word: %w", err)
	}
	// Versions of the handshake and of the protocol, network, address, and how to speak.
	fields := strings.Split(strings.TrimSpace(hello), "|")
	if len(fields) < 5 || fields[1] != "6" || fields[2] != "unix" || fields[4] != "grpc" {
		return fmt.Errorf("the provider says %q", hello)
	}
	p.conn, err = grpc.NewClient("unix:"+fields[3], grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(rawCodec{}), grpc.MaxCallRecvMsgSize(64<<20)))
	return err
}

// call asks for something; diagnostics is their field in the answer.
func (p *plugin) call(ctx context.Context, method string, request []byte, diagnostics protowire.Number) (answer []byte, err error) {
	if err := p.conn.Invoke(ctx, "/tfplugin6.Provider/"+method, &request, &answer); err != nil {
		return nil, err
	}
	if complaints, err := field(answer, diagnostics); err != nil || complaints != nil {
		return nil, fmt.Errorf("%s: the provider complains: %q %w", method, complaints, err)
	}
	return answer, nil
}

// stop kills the provider, which waits for nothing that could be lost.
func (p *plugin) stop() error {
	var err error
	if p.conn != nil {
		err = p.conn.Close()
	}
	err = errors.Join(err, p.cmd.Process.Kill())
	var killed *exec.ExitError
	if waitErr := p.cmd.Wait(); !errors.As(waitErr, &killed) {
		err = errors.Join(err, waitErr)
	}
	return err
}

// configureRequest is a configuration in JSON; what it does not name is null.
func configureRequest(config string) []byte {
	const version, value, inJSON = 1, 2, 2
	dynamic := protowire.AppendString(protowire.AppendTag(nil, inJSON, protowire.BytesType), config)
	request := protowire.AppendString(protowire.AppendTag(nil, version, protowire.BytesType), "1.14.0")
	return protowire.AppendBytes(protowire.AppendTag(request, value, protowire.BytesType), dynamic)
}

// field is the first of a number in a message, nil if there is none.
func field(message []byte, number protowire.Number) ([]byte, error) {
	for len(message) > 0 {
		got, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		m := protowire.ConsumeFieldValue(got, kind, message[n:])
		if m < 0 {
			return nil, protowire.ParseError(m)
		}
		if got == number && kind == protowire.BytesType {
			value, _ := protowire.ConsumeBytes(message[n:])
			return value, nil
		}
		message = message[n+m:]
	}
	return nil, nil
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
