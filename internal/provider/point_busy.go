package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

const (
	firstBusyPause = time.Second
	maxBusyPause   = 30 * time.Second
)

// whileBusy calls again as long as the service refuses for being busy, until the context ends.
func whileBusy(ctx context.Context, call func() error) error {
	for pause := firstBusyPause; ; pause = min(2*pause, maxBusyPause) {
		err := call()
		if !errors.Is(err, backup.ErrBusy) {
			return err
		}
		tflog.Info(ctx, "the backup service is busy", map[string]any{"error": err.Error(), "again_in": pause.String()})
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w; it said last: %w", context.Cause(ctx), err)
		case <-time.After(pause):
		}
	}
}
