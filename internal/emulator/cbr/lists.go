package cbr

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const maxLimit = 1000

// page cuts a list as limit and offset ask for and wraps it (§3, §6.2).
func page[T any](p *project, r *http.Request, name string, rows []T, show func(T) object) (int, any, error) {
	q := r.URL.Query()
	limit, offset := maxLimit, 0
	for parameter, value := range map[string]*int{"limit": &limit, "offset": &offset} {
		if text := q.Get(parameter); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 || (parameter == "limit" && (n < 1 || n > maxLimit)) {
				return 0, nil, invalid(parameter + " is out of range.")
			}
			*value = n
		}
	}
	total := len(rows)
	rows = rows[min(offset, total):]
	rows = rows[:min(limit, len(rows))]
	list := make([]object, len(rows))
	for i, row := range rows {
		list[i] = show(row)
	}
	body := object{name: list}
	if !p.options.NoTotals {
		body["count"], body["limit"], body["offset"] = total, limit, offset
	}
	return http.StatusOK, body, nil
}

// equal says whether a parameter is absent or equal to a value.
func equal(q url.Values, parameter, value string) bool {
	return !q.Has(parameter) || q.Get(parameter) == value
}

// named is equal for names, exact or in part (§7.2).
func (p *project) named(q url.Values, parameter, value string) bool {
	return equal(q, parameter, value) || (!p.options.ExactNames && strings.Contains(value, q.Get(parameter)))
}

// within says whether a time is in the range of start_time and end_time, both included.
func within(q url.Values, t time.Time) (bool, error) {
	for parameter, wrong := range map[string]func(bound time.Time) bool{
		"start_time": t.Before,
		"end_time":   t.After,
	} {
		if !q.Has(parameter) {
			continue
		}
		bound, err := time.Parse("2006-01-02T15:04:05Z", q.Get(parameter))
		if err != nil {
			return false, invalid(parameter + " must have the form 2018-02-01T12:00:00Z.")
		}
		if wrong(bound) {
			return false, nil
		}
	}
	return true, nil
}
