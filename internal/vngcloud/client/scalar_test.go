package client

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	t.Parallel()
	i := func(n int64) *int64 { return &n }
	for text, want := range map[string]*int64{
		`12`: i(12), `12.0`: i(12), `"12"`: i(12), `"12.0"`: i(12), `-3.9`: i(-3), `1e3`: i(1000), `21474836480`: i(21474836480),
		`null`: nil, `""`: nil, `"many"`: nil, `true`: nil, `{}`: nil, `"NaN"`: nil, `"Inf"`: nil, `1e400`: nil, `1e19`: nil, `-1e19`: nil,
	} {
		var v struct{ N Number }
		if err := json.Unmarshal([]byte(`{"N":`+text+`}`), &v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := v.N.Int64(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %v, want %v", text, got, want)
		}
	}
	raw, err := json.Marshal(struct {
		Known   Number
		Unknown Number
		Left    Number `json:",omitzero"`
	}{Known: NumberOf(12)})
	if want := `{"Known":12,"Unknown":null}`; err != nil || string(raw) != want {
		t.Errorf("%s, %v; want %s", raw, err, want)
	}
}

func TestTime(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 28, 5, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-05-28T05:00:00.000+00:00"`: at, `"2026-05-28T05:00:00.000+0000"`: at, `"2026-05-28T12:00:00+07:00"`: at,
		`"2026-05-28T05:00:00Z"`: at, `"2026-05-28T05:00:00"`: at, `"2026-05-28 05:00:00"`: at, `1779944400000`: at,
		`null`: {}, `""`: {}, `"yesterday"`: {}, `-1`: {}, `{}`: {}, `"0000-01-01T00:00:00+23:00"`: {},
	} {
		var v struct{ T Time }
		if err := json.Unmarshal([]byte(`{"T":`+text+`}`), &v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got := v.T.Time; !got.Equal(want) || (!want.IsZero() && got.Location() != time.UTC) {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestNested(t *testing.T) {
	t.Parallel()
	want := PolicySnapshot{ID: "bk-pol-1", Modes: Strings{"daily"}, BackupType: "FULL"}
	for text, want := range map[string]PolicySnapshot{
		`{"id":"bk-pol-1","modes":["daily"],"backupType":"FULL"}`:               want,
		`"{\"id\":\"bk-pol-1\",\"modes\":[\"daily\"],\"backupType\":\"FULL\"}"`: want,
		`"{\"id\":\"bk-pol-1\",\"modes\":\"daily\",\"backupType\":\"FULL\"}"`:   want,
		`null`: {}, `""`: {}, `"nothing"`: {}, `[1]`: {}, `"[]"`: {}, `{"modes":{},"id":7}`: {ID: "7"},
	} {
		var v struct{ P Nested[PolicySnapshot] }
		if err := json.Unmarshal([]byte(`{"P":`+text+`}`), &v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if !reflect.DeepEqual(v.P.Value, want) {
			t.Errorf("%s is %+v, want %+v", text, v.P.Value, want)
		}
	}
}

// FuzzScalars wants every value that is JSON to be read, whatever it is.
func FuzzScalars(f *testing.F) {
	for _, seed := range []string{`12.0`, `"12"`, `null`, `"2026-05-28T05:00:00.000+00:00"`, `"{\"modes\":[\"manual\"]}"`, `{"modes":"x"}`, `[[]]`, `"\ud800"`, `1e999`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			t.Skip()
		}
		var v struct {
			N Number
			T Time
			S Text
			L Strings
			P Nested[PolicySnapshot]
			C Nested[LocationConfig]
		}
		for _, name := range []string{"N", "T", "S", "L", "P", "C"} {
			if err := json.Unmarshal([]byte(`{"`+name+`":`+text+`}`), &v); err != nil {
				t.Fatalf("%s of %s: %v", name, text, err)
			}
		}
		if n := v.N.Int64(); n != nil && v.N.IsZero() {
			t.Errorf("%s is the number %d, and not known", text, *n)
		}
		if !v.T.IsZero() && v.T.Location() != time.UTC {
			t.Errorf("%s is the time %s", text, v.T)
		}
		if _, err := json.Marshal(v.N); err != nil {
			t.Errorf("%s cannot be written: %v", text, err)
		}
	})
}
