package huaweicloud

import (
	"encoding/json"
	"testing"
	"time"
)

type loose struct {
	N Number
	B Bool
	S Text
	T Time
	O Object[map[string]any]
}

func TestScalars(t *testing.T) {
	t.Parallel()
	at := time.Date(2017, 4, 18, 1, 21, 52, 701973000, time.UTC)
	seconds := at.Truncate(time.Second)
	for _, tc := range []struct {
		name, in string
		want     loose
	}{
		{"number", `{"N":7}`, loose{N: Number{7, true}}},
		{"float", `{"N":29.9}`, loose{N: Number{29.9, true}}},
		{"number in quotes", `{"N":" -1 "}`, loose{N: Number{-1, true}}},
		{"null", `{"N":null,"B":null,"S":null,"T":null,"O":null}`, loose{}},
		{"empty", `{"N":"","B":"","S":"","T":"","O":""}`, loose{}},
		{"nonsense", `{"N":"many","B":"maybe","T":"yesterday","O":"x"}`, loose{}},
		{"other types", `{"N":{},"B":[],"S":{},"T":{},"O":[]}`, loose{}},
		{"infinity", `{"N":"Inf"}`, loose{}},
		{"boolean", `{"B":true}`, loose{B: Bool{true, true}}},
		{"False", `{"B":"False"}`, loose{B: Bool{false, true}}},
		{"text", `{"S":" a "}`, loose{S: " a "}},
		{"number as text", `{"S":0}`, loose{S: "0"}},
		{"time without zone", `{"T":"2017-04-18T01:21:52.701973"}`, loose{T: Time{at}}},
		{"time without fraction", `{"T":"2017-04-18T01:21:52"}`, loose{T: Time{seconds}}},
		{"time with blank", `{"T":"2017-04-18 01:21:52"}`, loose{T: Time{seconds}}},
		{"time in UTC", `{"T":"2017-04-18T01:21:52Z"}`, loose{T: Time{seconds}}},
		{"time with offset", `{"T":"2017-04-18T02:21:52.701973+01:00"}`, loose{T: Time{at}}},
		{"object", `{"O":{"a":1}}`, loose{O: Object[map[string]any]{map[string]any{"a": 1.0}, true}}},
		{"object in quotes", `{"O":"{\"a\": \"b\"}"}`, loose{O: Object[map[string]any]{map[string]any{"a": "b"}, true}}},
		{"empty object in quotes", `{"O":"{}"}`, loose{O: Object[map[string]any]{map[string]any{}, true}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var got loose
			if err := json.Unmarshal([]byte(tc.in), &got); err != nil {
				t.Fatal(err)
			}
			if want := show(t, tc.want); show(t, got) != want {
				t.Errorf("got %s, want %s", show(t, got), want)
			}
		})
	}
}

func show(t *testing.T, v loose) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestInt(t *testing.T) {
	t.Parallel()
	for _, n := range []Number{{}, {1e30, true}, {-1e30, true}} {
		if got := n.Int(); got != nil {
			t.Errorf("%v is the integer %d; it is none", n, *got)
		}
	}
	if got := (Number{29.9, true}).Int(); got == nil || *got != 30 {
		t.Errorf("29.9 is the integer %v, want 30", got)
	}
}

// FuzzScalars wants no form of a member to hide the rest of an object.
func FuzzScalars(f *testing.F) {
	for _, seed := range []string{`1`, `"1.5"`, `"False"`, `null`, `"{}"`, `"2017-04-18T01:21:52.7"`, `[1]`, `{"a":"b"}`, `1e400`, `"\ud800"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, member string) {
		if !json.Valid([]byte(member)) {
			t.Skip()
		}
		var got struct {
			loose
			Rest string
		}
		text := `{"N":` + member + `,"B":` + member + `,"S":` + member + `,"T":` + member + `,"O":` + member + `,"Rest":"here"}`
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Rest != "here" {
			t.Fatalf("%s: %v", member, err)
		}
		if got.T.Location() != time.UTC {
			t.Errorf("%s is a time in zone %s", member, got.T.Location())
		}
		if !got.N.Known && got.N.Value != 0 || !got.B.Known && got.B.Value {
			t.Errorf("%s is unknown and has a value", member)
		}
	})
}
