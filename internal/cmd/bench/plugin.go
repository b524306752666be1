package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protowire"
)

// cliPlugin is a provider that was started as Terraform and OpenTofu start one: both sides make a key, show each other
// its certificate and speak protocol 6 over TLS.
type cliPlugin struct {
	cmd    *exec.Cmd
	client *plugin.Client
	conn   *grpc.ClientConn
}

// startPlugin starts a provider and waits until it serves.
func (b *run) startPlugin(file string) (*cliPlugin, error) {
	cmd := exec.CommandContext(b.ctx, file)
	cmd.Env = []string{"TMPDIR=" + b.dir}
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: cmd,
		HandshakeConfig: plugin.HandshakeConfig{
			// What every provider wants to see, so that nobody starts it by mistake.
			MagicCookieKey: "TF_PLUGIN_MAGIC_COOKIE", MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]plugin.PluginSet{6: {connected: connection{}}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		Logger:           hclog.NewNullLogger(),
	})
	if _, err := client.Start(); err != nil {
		client.Kill()
		return nil, err
	}
	return &cliPlugin{cmd: cmd, client: client}, nil
}

// connect connects to the provider.
func (p *cliPlugin) connect() error {
	protocol, err := p.client.Client()
	if err != nil {
		return err
	}
	conn, err := protocol.Dispense(connected)
	if err != nil {
		return err
	}
	p.conn = conn.(*grpc.ClientConn) //nolint:forcetypeassert // what a connection is
	return nil
}

// connected is the name of the only thing that a provider gives.
const connected = "provider"

// connection gives the connection itself.
type connection struct{ plugin.NetRPCUnsupportedPlugin }

func (connection) GRPCClient(_ context.Context, _ *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

func (connection) GRPCServer(*plugin.GRPCBroker, *grpc.Server) error { return errors.ErrUnsupported }

// call asks for something; diagnostics is their field in the answer.
func (p *cliPlugin) call(ctx context.Context, method string, request []byte, diagnostics protowire.Number) (answer []byte, err error) {
	options := []grpc.CallOption{grpc.ForceCodec(rawCodec{}), grpc.MaxCallRecvMsgSize(64 << 20)}
	if err := p.conn.Invoke(ctx, "/tfplugin6.Provider/"+method, &request, &answer, options...); err != nil {
		return nil, err
	}
	if complaints, err := field(answer, diagnostics); err != nil || complaints != nil {
		return nil, fmt.Errorf("%s: the provider complains: %q %w", method, complaints, err)
	}
	return answer, nil
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
