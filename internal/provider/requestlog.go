package provider

import (
	"context"
	"log/slog"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// requestLog is for services that log their requests: it writes them to the log of whatever Terraform
// asked for, at DEBUG.
func requestLog() *slog.Logger { return slog.New(requestHandler{}) }

// requestHandler is an [slog.Handler] that has no attributes or groups of its own.
type requestHandler struct{}

// Enabled implements [slog.Handler]: Terraform's own level decides.
func (requestHandler) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements [slog.Handler].
func (requestHandler) Handle(ctx context.Context, r slog.Record) error {
	fields := make(map[string]any, r.NumAttrs())
	r.Attrs(func(a slog.Attr) bool {
		fields[a.Key] = a.Value.String()
		return true
	})
	tflog.Debug(ctx, r.Message, fields)
	return nil
}

// WithAttrs implements [slog.Handler].
func (h requestHandler) WithAttrs([]slog.Attr) slog.Handler { return h }

// WithGroup implements [slog.Handler].
func (h requestHandler) WithGroup(string) slog.Handler { return h }
