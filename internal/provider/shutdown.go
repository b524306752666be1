package provider

import (
	"context"
	"errors"
	"sync"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// closer is a service that has something to put away.
type closer interface {
	Close(ctx context.Context) error
}

// opened are the services of this process: one for every provider block.
var opened struct {
	mu       sync.Mutex
	services []closer
}

func remember(svc backup.Service) {
	if c, ok := svc.(closer); ok {
		opened.mu.Lock()
		defer opened.mu.Unlock()
		opened.services = append(opened.services, c)
	}
}

// Shutdown closes the services of this process in peace: what runs is stopped and written down. The
// CLI gives a provider two seconds for it.
func Shutdown(ctx context.Context) error {
	opened.mu.Lock()
	defer opened.mu.Unlock()
	var errs []error
	for _, c := range opened.services {
		errs = append(errs, c.Close(ctx))
	}
	opened.services = nil
	return errors.Join(errs...)
}
