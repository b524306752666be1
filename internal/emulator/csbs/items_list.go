package csbs

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// listItems is GET /checkpoint_items (§2.7).
func (e *Emulator) listItems(_ http.ResponseWriter, r *http.Request) (any, error) {
	query := r.URL.Query()
	list, err := e.selected(query)
	if err != nil {
		return nil, err
	}
	if err := sortItems(list, query.Get("sort")); err != nil {
		return nil, err
	}
	page, more, err := e.page(query, len(list), func(marker string) int {
		return slices.IndexFunc(list, func(it *item) bool { return it.id == marker })
	})
	if err != nil {
		return nil, err
	}
	rows := []object{}
	for _, it := range list[page.from:page.to] {
		rows = append(rows, e.listed(it))
	}
	body := object{"checkpoint_items": rows}
	if more && e.Switches.NextLinks {
		query.Set("marker", list[page.to-1].id)
		next := url.URL{Scheme: "http", Host: r.Host, Path: r.URL.Path, RawQuery: query.Encode()}
		body["checkpoint_items_links"] = []object{{"rel": "next", "href": next.String()}}
	}
	return body, nil
}

// countItems is GET /checkpoint_items/count (§2.8).
func (e *Emulator) countItems(_ http.ResponseWriter, r *http.Request) (any, error) {
	list, err := e.selected(r.URL.Query())
	return object{"count": len(list)}, err
}

// showItem is GET /checkpoint_items/{id} (§2.9).
func (e *Emulator) showItem(_ http.ResponseWriter, r *http.Request) (any, error) {
	it, ok := e.items[r.PathValue("item")]
	if !ok {
		return nil, noItem(r.PathValue("item"))
	}
	return object{"checkpoint_item": e.show(it)}, nil
}

// selected returns the backups that the parameters of a list select.
func (e *Emulator) selected(query url.Values) ([]*item, error) {
	var from, to time.Time
	for name, at := range map[string]*time.Time{"start_time": &from, "end_time": &to} {
		if text := query.Get(name); text != "" {
			var err error
			if *at, err = time.Parse("2006-01-02T15:04:05.999999", text); err != nil {
				return nil, invalid(name + " is invalid")
			}
		}
	}
	var list []*item
	for _, it := range e.inOrder() {
		at := e.filterTime(it)
		if it.status != deleted && it.matches(query) &&
			(from.IsZero() || !at.Before(from)) && (to.IsZero() || !at.After(to)) {
			list = append(list, it)
		}
	}
	return list, nil
}

// filterTime is what start_time and end_time are compared with.
func (e *Emulator) filterTime(it *item) time.Time {
	switch e.Switches.TimeFilter {
	case "protected_at":
		return it.created.Add(-4 * time.Minute)
	case "finished_at":
		return it.finished
	}
	return it.created
}

func (it *item) matches(query url.Values) bool {
	for name, values := range query {
		want := values[0]
		if want != "" && !it.match(name, want, values) {
			return false
		}
	}
	return true
}

// match compares one parameter. The type may be there several times, meaning any of them; names are
// fuzzy, and the rest is exact.
func (it *item) match(name, want string, values []string) bool {
	switch name {
	case "status":
		return want == it.status
	case "resource_id":
		return want == it.server.id
	case "checkpoint_id":
		return want == it.checkpoint
	case "policy_id":
		return want == it.policy
	case "az":
		return want == "eu-de-01"
	case "image_type":
		return want == "backup"
	case "ip":
		return want == "192.168.0.10"
	case "resource_type":
		return slices.Contains(values, "OS::Nova::Server")
	case "name":
		return strings.Contains(it.name, want)
	case "resource_name":
		return strings.Contains(it.server.Name, want)
	}
	return true // Others select nothing.
}

// sortItems sorts by created_at:desc,id and the like; the default is by time, and direction desc.
func sortItems(list []*item, spec string) error {
	if len(spec) > 255 {
		return invalid("sort is too long")
	}
	if spec == "" {
		spec = "created_at:desc"
	}
	compare := map[string]func(a, b *item) int{
		"created_at":   func(a, b *item) int { return a.created.Compare(b.created) },
		"protected_at": func(a, b *item) int { return a.created.Compare(b.created) },
		"updated_at":   func(a, b *item) int { return a.updated.Compare(b.updated) },
		"name":         func(a, b *item) int { return strings.Compare(a.name, b.name) },
		"status":       func(a, b *item) int { return strings.Compare(a.status, b.status) },
		"id":           func(a, b *item) int { return strings.Compare(a.id, b.id) },
	}
	type key struct {
		compare func(a, b *item) int
		sign    int
	}
	var keys []key
	for part := range strings.SplitSeq(spec, ",") {
		name, direction, _ := strings.Cut(part, ":")
		sign := map[string]int{"": -1, "desc": -1, "asc": 1}[direction]
		if compare[name] == nil || sign == 0 {
			return invalid("sort is invalid")
		}
		keys = append(keys, key{compare[name], sign})
	}
	slices.SortFunc(list, func(a, b *item) int {
		for _, k := range keys {
			if c := k.compare(a, b); c != 0 {
				return k.sign * c
			}
		}
		return int(a.order - b.order)
	})
	return nil
}

type span struct{ from, to int }

// page cuts a list of a length by limit, marker and offset.
func (e *Emulator) page(query url.Values, length int, index func(marker string) int) (s span, more bool, err error) {
	limit := pageLimit
	if text := query.Get("limit"); text != "" {
		limit, err = strconv.Atoi(text)
		outside := err != nil || limit < 1 || limit > pageLimit
		if outside && (e.Switches.LimitErrors || err != nil) {
			return s, false, invalid("limit is invalid")
		}
		if outside {
			limit = pageLimit
		}
	}
	if marker := query.Get("marker"); marker != "" {
		at := index(marker)
		if at < 0 {
			return s, false, invalid(fmt.Sprintf("marker [%s] not found", marker))
		}
		s.from = at + 1
	}
	if text := query.Get("offset"); text != "" {
		offset, err := strconv.Atoi(text)
		if err != nil || offset < 0 {
			return s, false, invalid("offset is invalid")
		}
		s.from = min(s.from+offset, length)
	}
	s.to = min(s.from+limit, length)
	return s, s.to < length, nil
}
