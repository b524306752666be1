package cbr

import (
	"context"
	"iter"
	"net/url"
	"strconv"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/huaweicloud"
)

// pageSize is the most that a list returns at a time (§6.2).
const pageSize = 1000

// fetch reads one page of a list. total is nil where the service does not tell it.
type fetch[T any] func(ctx context.Context, offset int) (rows []T, total *int64, err error)

// pages lists everything page by page. Each page begins with the last row of the one before: if it is
// not there, rows before it went away meanwhile, and the page is read again from further ahead. Rows that
// came meanwhile are not listed twice.
func pages[T any](ctx context.Context, id func(T) string, read fetch[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
		for offset := 0; ; {
			if ctx.Err() != nil {
				yield(none, context.Cause(ctx))
				return
			}
			rows, total, err := read(ctx, offset)
			if err != nil {
				yield(none, err)
				return
			}
			fresh := unseen(rows, seen, id)
			if offset > 0 && len(fresh) == len(rows) {
				offset = max(0, offset-pageSize/2)
				continue
			}
			for _, row := range fresh {
				seen[id(row)] = true
				if !yield(row, nil) {
					return
				}
			}
			end := offset + len(rows)
			if len(fresh) == 0 || (total != nil && int64(end) >= *total) {
				return
			}
			offset = end - 1
		}
	}
}

func unseen[T any](rows []T, seen map[string]bool, id func(T) string) []T {
	var fresh []T
	for _, row := range rows {
		if !seen[id(row)] {
			fresh = append(fresh, row)
		}
	}
	return fresh
}

// window adds limit and offset to a query.
func window(query url.Values, limit, offset int) url.Values {
	next := url.Values{}
	for name, values := range query {
		next[name] = values
	}
	next.Set("limit", strconv.Itoa(limit))
	next.Set("offset", strconv.Itoa(offset))
	return next
}

// listed is [pages] of a call whose answer has count and a list, which rows takes out of it.
func listed[A, T any](ctx context.Context, s *Service, path string, query url.Values, id func(T) string, rows func(*A) ([]T, huaweicloud.Number)) iter.Seq2[T, error] {
	return pages(ctx, id, func(ctx context.Context, offset int) ([]T, *int64, error) {
		answer := new(A)
		if err := s.client.Do(ctx, huaweicloud.Get(window(query, pageSize, offset), path), answer); err != nil {
			return nil, nil, err
		}
		list, count := rows(answer)
		return list, count.Int(), nil
	})
}

// each makes an iterator of a list that is made when the iteration starts.
func each[T any](list func() ([]T, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		rows, err := list()
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, row := range rows {
			if !yield(row, nil) {
				return
			}
		}
	}
}
