package emulator

import (
	"crypto/rand"
	"sync"
	"time"
)

// Tokens are the access tokens that an emulator gave out.
type Tokens struct {
	clock *Clock

	mu   sync.Mutex
	ends map[string]time.Time
}

// Issue returns a new token that is good for a while.
func (t *Tokens) Issue(lifetime time.Duration) string {
	token := "token-" + rand.Text()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ends == nil {
		t.ends = map[string]time.Time{}
	}
	t.ends[token] = t.clock.Now().Add(lifetime)
	return token
}

// Valid says whether a token was issued and has not ended.
func (t *Tokens) Valid(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	end, known := t.ends[token]
	return known && t.clock.Now().Before(end)
}

// Revoke makes every token stale.
func (t *Tokens) Revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ends = nil
}
