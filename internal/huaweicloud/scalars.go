package huaweicloud

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
)

// These services send the same member as number, text, boolean or not at all (§2.1, §6.4). The types
// below take every form that was seen. What they cannot read is unknown rather than an error: one odd
// member must not hide a list of backups.

// Number is a number, also one in quotes.
type Number struct {
	Value float64
	Known bool
}

// UnmarshalJSON never fails.
func (n *Number) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseFloat(strings.TrimSpace(scalar(data)), 64)
	*n = Number{}
	if err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
		*n = Number{Value: v, Known: true}
	}
	return nil
}

// Int is the number as an integer, nil if it is unknown or too large for one.
func (n Number) Int() *int64 {
	const limit = 1 << 62
	if !n.Known || math.Abs(n.Value) > limit {
		return nil
	}
	return new(int64(math.Round(n.Value)))
}

// Bool is a boolean, also one in quotes: true, "True", "false".
type Bool struct {
	Value bool
	Known bool
}

// UnmarshalJSON never fails.
func (b *Bool) UnmarshalJSON(data []byte) error {
	v, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(scalar(data))))
	*b = Bool{Value: v, Known: err == nil}
	return nil
}

// Ptr is nil if the boolean is unknown.
func (b Bool) Ptr() *bool {
	if !b.Known {
		return nil
	}
	return new(b.Value)
}

// Text is a string, also one that came as a number or a boolean; null is empty.
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(data []byte) error {
	*t = Text(scalar(data))
	return nil
}

// Time is a moment in UTC, zero if unknown. Times without a zone are UTC, which the services do not say
// but all that is known of them fits (§2.1).
type Time struct{ time.Time }

var timeLayouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04:05.999999999",
	"2006-01-02 15:04:05.999999999",
	"2006-01-02T15:04:05.999999999Z0700",
}

// UnmarshalJSON never fails.
func (t *Time) UnmarshalJSON(data []byte) error {
	*t = ParseTime(scalar(data))
	return nil
}

// ParseTime reads a time in any of the forms that were seen (§2.1, §3).
func ParseTime(text string) Time {
	text = strings.TrimSpace(text)
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return Time{at.UTC()}
		}
	}
	return Time{}
}

// Object is an object, also one that came as a string that holds its JSON: {}, "{}", null.
type Object[T any] struct {
	Value T
	Known bool
}

// UnmarshalJSON never fails.
func (o *Object[T]) UnmarshalJSON(data []byte) error {
	*o = Object[T]{}
	var inside string
	if json.Unmarshal(data, &inside) == nil {
		data = []byte(inside)
	}
	data = bytes.TrimSpace(data)
	if len(data) == 0 || data[0] != '{' {
		return nil
	}
	var v T
	if json.Unmarshal(data, &v) == nil {
		*o = Object[T]{Value: v, Known: true}
	}
	return nil
}

// scalar is the text of a string, number or boolean; anything else is empty.
func scalar(data []byte) string {
	data = bytes.TrimSpace(data)
	var text string
	switch {
	case len(data) == 0, bytes.Equal(data, []byte("null")), data[0] == '{', data[0] == '[':
		return ""
	case data[0] != '"':
		return string(data)
	case json.Unmarshal(data, &text) != nil:
		return ""
	}
	return text
}
