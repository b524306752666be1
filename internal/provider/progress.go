package provider

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// progressEvery is the least time between two reports of the same state.
const progressEvery = 10 * time.Second

// progress tells how far something long is: in the log at INFO, and in an action to the user too. Of many
// reports it passes on the first, the first of another state, and then one every progressEvery. It may be used
// by several goroutines.
type progress struct {
	// what runs, in words that "state, 30 %" can follow.
	what string
	// say tells the user; nil only logs.
	say func(text string)

	mu    sync.Mutex
	state string
	since time.Time
	first reach
	last  time.Time
}

// reach is how far something is. Zero members are not known.
type reach struct {
	// percent is 0 to 100.
	percent *int64
	// done and total are bytes.
	done, total int64
}

// report is called as often as anything is known.
func (p *progress) report(ctx context.Context, state string, r reach) {
	now := time.Now()
	p.mu.Lock()
	if p.since.IsZero() || state != p.state {
		p.state, p.since, p.first, p.last = state, now, r, time.Time{}
	}
	due, pace := now.Sub(p.last) >= progressEvery, paceOf(p.first, r, now.Sub(p.since))
	if due {
		p.last = now
	}
	p.mu.Unlock()
	if !due {
		return
	}
	text := strings.Join(append([]string{p.what + ": " + state}, pace.inWords(r)...), ", ")
	tflog.Info(ctx, text, pace.fields(state, r))
	if p.say != nil {
		p.say(text)
	}
}

// pace is how fast something gets ahead, since its state is what it is.
type pace struct {
	// percent is 0 to 100, -1 if it is not known.
	percent int64
	// speed is in bytes per second, 0 if it is not known.
	speed float64
	// left is the time that is left at that speed, 0 if it is not known.
	left time.Duration
}

func paceOf(first, now reach, took time.Duration) pace {
	p := pace{percent: -1}
	// Floating point, since a hundred times the bytes of a large point are too many for an int64.
	fraction, start := -1.0, 0.0
	switch {
	case now.total > 0:
		fraction, start = float64(now.done)/float64(now.total), float64(first.done)/float64(now.total)
	case now.percent != nil:
		fraction = float64(*now.percent) / 100
		if first.percent != nil {
			start = float64(*first.percent) / 100
		}
	}
	if fraction >= 0 {
		p.percent = min(int64(fraction*100), 100)
	}
	// In the first second numbers jump.
	if took < time.Second {
		return p
	}
	p.speed = max(float64(now.done-first.done)/took.Seconds(), 0)
	if fraction > start && fraction <= 1 {
		p.left = time.Duration((1 - fraction) / (fraction - start) * float64(took)).Round(time.Second)
	}
	return p
}

func (p pace) inWords(r reach) []string {
	var parts []string
	switch {
	case p.percent >= 0 && r.total > 0:
		parts = append(parts, fmt.Sprintf("%d %% of %s", p.percent, sizeInWords(float64(r.total))))
	case p.percent >= 0:
		parts = append(parts, fmt.Sprintf("%d %%", p.percent))
	case r.done > 0:
		parts = append(parts, sizeInWords(float64(r.done)))
	}
	if p.speed > 0 {
		parts = append(parts, sizeInWords(p.speed)+" per second")
	}
	if p.left > 0 {
		parts = append(parts, p.left.String()+" left")
	}
	return parts
}

// fields are for those who read the log with programs.
func (p pace) fields(state string, r reach) map[string]any {
	fields := map[string]any{"state": state}
	if p.percent >= 0 {
		fields["percent"] = p.percent
	}
	if r.done > 0 {
		fields["bytes"] = r.done
	}
	if r.total > 0 {
		fields["total_bytes"] = r.total
	}
	if p.speed > 0 {
		fields["bytes_per_second"] = int64(p.speed)
	}
	if p.left > 0 {
		fields["seconds_left"] = int64(p.left.Seconds())
	}
	return fields
}

// sizeInWords counts as consoles do: a GB is 2^30 bytes.
func sizeInWords(bytes float64) string {
	for _, unit := range []struct {
		name string
		size float64
	}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}} {
		if bytes >= unit.size {
			return fmt.Sprintf("%.1f %s", bytes/unit.size, unit.name)
		}
	}
	return fmt.Sprintf("%.0f bytes", bytes)
}
