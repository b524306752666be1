package client

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestDecodeList(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[{"id":"a"},{"id":"b"}]`: "ab",
		`{"items":[{"id":"a"}],"page":null,"pageSize":null,"totalPages":1}`:        "a",
		`{"page":1,"totalPages":3,"totalItems":5,"items":[{"id":"a"},{"id":"b"}]}`: "ab",
		`{"listData":[{"id":"a"}],"page":1,"totalPage":1}`:                         "a",
		`{"projects":[{"id":"a"}]}`:                                                "a",
		`{"items":null}`:                                                           "",
		`{"other":{"items":[{"id":"x"}]},"items":[{"id":"a","items":[]}]}`:         "a",
		`[]`: "", `null`: "",
		// What is no list is an error, and so is the beginning of one.
		`{"message":"no"}`: "!", `{}`: "!", `"text"`: "!", `7`: "!", `{"items":{}}`: "!", ``: "!", `<html>`: "!",
		`[{"id":"a"}`: "!", `{"items":[{"id":"a"}]`: "!", `{"items":[{"id":"a"},`: "!", `[{"id":`: "!", `[1]`: "!",
	} {
		rows, _, err := decodeList[Backend](strings.NewReader(text))
		got := ""
		for _, row := range rows {
			got += row.ID
		}
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("%s: %q (%v), want %q", text, got, err, want)
		}
	}
}

func TestPageInfo(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		envelope   string
		page, rows int
		last       bool
	}{
		{`{"items":[],"page":null,"totalPages":1}`, 1, 500, true}, // paging was ignored
		{`{"items":[],"page":1,"totalPages":3}`, 1, 50, false},    // pages may be shorter than asked for
		{`{"items":[],"page":3,"totalPages":3}`, 3, 200, true},
		{`{"items":[],"page":4,"totalPages":0}`, 4, 0, true},
		{`{"items":[],"page":1}`, 1, 200, false},
		{`{"items":[],"page":2}`, 2, 199, true},
	} {
		_, info, err := decodeList[Backend](strings.NewReader(tc.envelope))
		if err != nil || info.last(tc.page, tc.rows) != tc.last {
			t.Errorf("%s with %d rows on page %d: last is %v, want %v (%v)", tc.envelope, tc.rows, tc.page, !tc.last, tc.last, err)
		}
	}
}

// FuzzDecodeList wants a list to be read as encoding/json reads it, or not at all.
func FuzzDecodeList(f *testing.F) {
	for _, seed := range []string{`[{"id":"a"}]`, `{"items":[{"id":"a"}],"page":1}`, `null`, `{"items":null}`, `[[`, `{"page":"x","items":[]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, _, err := decodeList[map[string]any](bytes.NewReader(raw))
		if err != nil {
			return
		}
		var v any
		if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&v); err != nil {
			t.Fatalf("%q is read as %d rows, but is no JSON: %v", raw, len(rows), err)
		}
		if list, ok := v.([]any); ok && len(list) != len(rows) {
			t.Errorf("%q has %d rows, read as %d", raw, len(list), len(rows))
		}
	})
}

func TestLimitedBody(t *testing.T) {
	t.Parallel()
	read, err := io.ReadAll(&limitedBody{r: strings.NewReader("0123456789"), left: 4})
	if err == nil || string(read) != "0123" {
		t.Errorf("read %q, %v; want an error after 4 bytes", read, err)
	}
	if read, err := io.ReadAll(&limitedBody{r: strings.NewReader("0123"), left: 100}); err != nil || string(read) != "0123" {
		t.Errorf("read %q, %v", read, err)
	}
}
