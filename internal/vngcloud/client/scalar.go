package client

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// Number is a number that may come as 12, 12.0, "12" or null [2.0]. What cannot be read is not known:
// one odd value must not hide a whole list.
type Number struct {
	value float64
	known bool
}

// NumberOf returns a number that is known.
func NumberOf[T ~int | ~int64 | ~float64](v T) Number { return Number{float64(v), true} }

// UnmarshalJSON never fails.
func (n *Number) UnmarshalJSON(raw []byte) error {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.Trim(string(raw), `"`)), 64)
	*n = Number{value: v, known: err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)}
	if !n.known {
		n.value = 0
	}
	return nil
}

// MarshalJSON writes whole numbers without a point.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.known {
		return []byte("null"), nil
	}
	return json.Marshal(n.value)
}

// IsZero leaves numbers that are not known out of objects.
func (n Number) IsZero() bool { return !n.known }

// Int64 is the number cut to a whole one; nil if it is not known, or too large.
func (n Number) Int64() *int64 {
	if !n.known || math.Abs(n.value) >= 1<<63 {
		return nil
	}
	v := int64(n.value)
	return &v
}

// Int is the number or 0.
func (n Number) Int() int {
	if v := n.Int64(); v != nil && *v == int64(int(*v)) {
		return int(*v)
	}
	return 0
}

// Float is the number or 0.
func (n Number) Float() float64 { return n.value }

// Time is a time that may have an offset with or without a colon, milliseconds or not [2.0]. The zero
// Time is null, or cannot be read.
type Time struct{ time.Time }

var timeLayouts = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05", "2006-01-02T15:04:05"}

// UnmarshalJSON never fails.
func (t *Time) UnmarshalJSON(raw []byte) error {
	t.Time = time.Time{}
	text := ""
	if json.Unmarshal(raw, &text) != nil {
		// vMonitor and from_date speak of milliseconds since 1970.
		if ms, err := strconv.ParseInt(string(raw), 10, 64); err == nil && ms > 0 && ms < 1<<50 {
			t.Time = time.UnixMilli(ms).UTC()
		}
		return nil
	}
	for _, layout := range timeLayouts {
		at, err := time.Parse(layout, strings.TrimSpace(text))
		if err == nil && at.UTC().Year() >= 1 && at.UTC().Year() <= 9999 {
			t.Time = at.UTC()
			return nil
		}
	}
	return nil
}

// Text is a string that may be null or, where services are careless, a number.
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(raw []byte) error {
	var v any
	*t = ""
	if json.Unmarshal(raw, &v) == nil {
		*t = Text(scalar(v))
	}
	return nil
}

// Strings is a list of strings that may come as one string or null.
type Strings []string

// UnmarshalJSON never fails.
func (s *Strings) UnmarshalJSON(raw []byte) error {
	*s = nil
	var list []string
	if json.Unmarshal(raw, &list) == nil {
		*s = list
		return nil
	}
	one := ""
	if json.Unmarshal(raw, &one) == nil && one != "" {
		*s = Strings{one}
	}
	return nil
}

// Nested is an object that may come as JSON in a string [2.4, 2.6]. The zero value is null, or cannot be
// read.
type Nested[T any] struct{ Value T }

// UnmarshalJSON never fails.
func (n *Nested[T]) UnmarshalJSON(raw []byte) error {
	var zero T
	n.Value = zero
	text := ""
	if json.Unmarshal(raw, &text) == nil {
		raw = []byte(text)
	}
	if json.Unmarshal(raw, &n.Value) != nil {
		n.Value = zero
	}
	return nil
}
