package emulator

import (
	"encoding/json"
	"net/http"
	"time"
)

// ControlPath is where an emulator that runs in another process is steered:
//
//	GET    /_emulator/counts           what was asked for, see [Counted]
//	DELETE /_emulator/counts           count anew
//	POST   /_emulator/clock            {"advance":"1h30m"} moves the clock; answers with its time
//	POST   /_emulator/faults           a [Fault]
//	DELETE /_emulator/faults           forget all faults
//	POST   /_emulator/plans            {"subject":"…","duration":"1m","fail":"…","stall_at":30}
//	DELETE /_emulator/tokens           make every token stale
//
// It asks for no credentials: an emulator has nothing to protect.
const ControlPath = "/_emulator/"

func (e *Emulator) control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+ControlPath+"counts", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, e.Counts.Snapshot())
	})
	mux.HandleFunc("DELETE "+ControlPath+"counts", func(http.ResponseWriter, *http.Request) { e.Counts.Reset() })
	mux.HandleFunc("DELETE "+ControlPath+"faults", func(http.ResponseWriter, *http.Request) { e.Faults.Clear() })
	mux.HandleFunc("DELETE "+ControlPath+"tokens", func(http.ResponseWriter, *http.Request) { e.Tokens.Revoke() })
	mux.HandleFunc("POST "+ControlPath+"faults", func(w http.ResponseWriter, r *http.Request) {
		if fault, ok := command[Fault](w, r); ok {
			e.Faults.Inject(fault)
		}
	})
	mux.HandleFunc("POST "+ControlPath+"clock", func(w http.ResponseWriter, r *http.Request) {
		if move, ok := command[struct{ Advance duration }](w, r); ok {
			e.Clock.Advance(time.Duration(move.Advance))
			reply(w, map[string]time.Time{"now": e.Clock.Now()})
		}
	})
	mux.HandleFunc("POST "+ControlPath+"plans", func(w http.ResponseWriter, r *http.Request) {
		plan, ok := command[struct {
			Subject  string
			Duration duration
			Fail     string
			StallAt  int `json:"stall_at"`
		}](w, r)
		if ok {
			e.Plans.Set(plan.Subject, Plan{Duration: time.Duration(plan.Duration), Fail: plan.Fail, StallAt: plan.StallAt})
		}
	})
	return mux
}

// duration is written as in 1h30m.
type duration time.Duration

func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = duration(v)
	return err
}

func command[T any](w http.ResponseWriter, r *http.Request) (v T, ok bool) {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&v); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return v, false
	}
	return v, true
}

func reply(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}
