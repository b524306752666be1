package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// pageSize is the largest page that was seen to work [2.0]; the parameter is called size.
const pageSize = 200

// maxPages ends a list that does not.
const maxPages = 100_000

// pageInfo is what an envelope tells beside its rows; nil is not told.
type pageInfo struct {
	page, totalPages, totalItems *int64
}

// keyed is a row with an id.
type keyed interface{ key() string }

// list reads all pages, and all of them again if rows moved from page to page meanwhile, unless there are
// so many that they always do. Each row is told once.
func list[T keyed](ctx context.Context, c *Client, path string, query url.Values) ([]T, error) {
	const rounds, many = 3, 5000
	for round := 1; ; round++ {
		rows, whole, err := listOnce[T](ctx, c, path, query)
		if err != nil || whole || round == rounds || len(rows) > many {
			return rows, err
		}
	}
}

// listOnce reads all pages. They are the whole list if every page told the same number of rows, and no
// more than there are.
func listOnce[T keyed](ctx context.Context, c *Client, path string, query url.Values) (all []T, whole bool, err error) {
	seen := map[string]bool{}
	var first pageInfo
	whole = true
	for page := 1; page <= maxPages; page++ {
		q := maps.Clone(query)
		if q == nil {
			q = url.Values{}
		}
		q.Set("page", strconv.Itoa(page))
		q.Set("size", strconv.Itoa(pageSize))
		rows, info, err := rowsOf[T](ctx, c, c.cfg.Backup, path, q)
		if err != nil {
			return nil, false, err
		}
		for _, row := range rows {
			if key := row.key(); !seen[key] {
				seen[key] = true
				all = append(all, row)
			}
		}
		if page == 1 {
			first = info
		} else if total := info.totalItems; total != nil && first.totalItems != nil {
			whole = whole && *total == *first.totalItems
		}
		if info.last(page, len(rows)) {
			if page > 1 && info.totalItems != nil {
				whole = whole && int64(len(all)) == *info.totalItems
			}
			return all, whole, nil
		}
	}
	return nil, false, fmt.Errorf("GET %s: the list has more than %d pages", path, maxPages)
}

// last says whether no page comes after this one. A page may be shorter than what was asked for.
func (i pageInfo) last(page, rows int) bool {
	switch {
	case rows == 0, i.page == nil:
		return true
	case i.totalPages != nil && *i.totalPages > 0:
		return int64(page) >= *i.totalPages
	}
	return rows < pageSize
}

// rowsOf reads one list in whatever shape it comes.
func rowsOf[T any](ctx context.Context, c *Client, base, path string, query url.Values) (rows []T, info pageInfo, err error) {
	err = c.do(ctx, call{method: http.MethodGet, base: base, path: path, query: query, decode: func(r io.Reader) (err error) {
		rows, info, err = decodeList[T](r)
		return err
	}})
	return rows, info, err
}

// decodeList reads an envelope, a bare array or null [2.0], row by row.
func decodeList[T any](r io.Reader) (rows []T, info pageInfo, err error) {
	d := json.NewDecoder(r)
	first, err := d.Token()
	switch {
	case err != nil:
		return nil, info, err
	case first == nil:
		return nil, info, nil
	case first == json.Delim('['):
		rows, err = decodeRows[T](d)
		return rows, info, err
	case first != json.Delim('{'):
		return nil, info, errors.New("it is no list")
	}
	found := false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, info, err
		}
		switch name {
		case "items", "listData", "projects":
			start, err := d.Token()
			if err != nil {
				return nil, info, err
			}
			found = true
			if start == json.Delim('[') {
				if rows, err = decodeRows[T](d); err != nil {
					return nil, info, err
				}
			} else if start != nil {
				return nil, info, fmt.Errorf("%v is no list", name)
			}
		case "page", "totalPages", "totalPage", "totalItems", "totalItem":
			var n Number
			if err := d.Decode(&n); err != nil {
				return nil, info, err
			}
			info.set(name, n.Int64())
		default:
			var ignored json.RawMessage
			if err := d.Decode(&ignored); err != nil {
				return nil, info, err
			}
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, info, err
	}
	if !found {
		return nil, info, errors.New("it is no list")
	}
	return rows, info, nil
}

func (i *pageInfo) set(name any, n *int64) {
	switch name {
	case "page":
		i.page = n
	case "totalPages", "totalPage":
		i.totalPages = n
	default:
		i.totalItems = n
	}
}

// decodeRows reads the rows of an array that has begun, and its end.
func decodeRows[T any](d *json.Decoder) ([]T, error) {
	var rows []T
	for d.More() {
		var row T
		if err := d.Decode(&row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	_, err := d.Token()
	return rows, err
}

// get reads one object.
func get[T any](ctx context.Context, c *Client, base, path string) (v T, err error) {
	err = c.do(ctx, call{method: http.MethodGet, base: base, path: path, decode: func(r io.Reader) error {
		var fresh T
		err := json.NewDecoder(r).Decode(&fresh)
		v = fresh
		return err
	}})
	return v, err
}

// write sends a body and ignores the answer, which most writes leave empty [2.0].
func (c *Client) write(ctx context.Context, method, path string, body any) error {
	return c.do(ctx, call{method: method, base: c.cfg.Backup, path: path, body: body})
}

// create sends a body and reads the object that was made. An empty answer is no error: the object is zero.
func create[T any](ctx context.Context, c *Client, base, path string, body any) (v T, err error) {
	err = c.do(ctx, call{method: http.MethodPost, base: base, path: path, body: body, decode: func(r io.Reader) error {
		err := json.NewDecoder(r).Decode(&v)
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}})
	return v, err
}
