package csbs

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Path segments of tagged things (§2.1).
const (
	itemTags   = "csbs_backup"
	policyTags = "csbs_backup_policy"
)

var (
	keyPattern   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,36}$`)
	valuePattern = regexp.MustCompile(`^[A-Za-z0-9_-]{0,43}$`)
)

// readTags checks tags as they are given to something new (§2.5).
func readTags(list []tag) (map[string]string, error) {
	if len(list) > maxTags {
		return nil, refuse(http.StatusBadRequest, "CSBS.7000", "Too many tags.")
	}
	tags := map[string]string{}
	for _, t := range list {
		key, value := strings.TrimSpace(t.Key), strings.TrimSpace(t.Value)
		if _, twice := tags[key]; twice || !keyPattern.MatchString(key) || !valuePattern.MatchString(value) {
			return nil, invalid("The tags are invalid.")
		}
		tags[key] = value
	}
	return tags, nil
}

// tagged returns the tags of one thing.
func (e *Emulator) tagged(kind, id string) (map[string]string, error) {
	if kind == policyTags {
		if p := e.policies[id]; p != nil {
			return p.tags, nil
		}
		return nil, noPolicy(id)
	}
	if it := e.items[id]; it != nil {
		if it.tags == nil {
			it.tags = map[string]string{}
		}
		return it.tags, nil
	}
	return nil, noItem(id)
}

type handler = func(http.ResponseWriter, *http.Request) (any, error)

func (e *Emulator) showTags(kind string) handler {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		tags, err := e.tagged(kind, r.PathValue("id"))
		return object{"tags": tagList(tags)}, err
	}
}

func (e *Emulator) addTag(kind string) handler {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		var body struct {
			Tag tag `json:"tag"`
		}
		if err := read(r, &body); err != nil {
			return nil, err
		}
		return noContent{}, e.setTags(kind, r.PathValue("id"), []tag{body.Tag})
	}
}

// setTags adds tags or changes their values.
func (e *Emulator) setTags(kind, id string, list []tag) error {
	tags, err := e.tagged(kind, id)
	if err != nil {
		return err
	}
	added, err := readTags(list)
	if err != nil {
		return err
	}
	after := maps.Clone(tags)
	maps.Copy(after, added)
	if len(after) > maxTags {
		return refuse(http.StatusBadRequest, "CSBS.7000", "Too many tags.")
	}
	maps.Copy(tags, added)
	return nil
}

func (e *Emulator) changeTags(kind string) handler {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		var body struct {
			Action string `json:"action"`
			Tags   []tag  `json:"tags"`
		}
		if err := read(r, &body); err != nil {
			return nil, err
		}
		tags, err := e.tagged(kind, r.PathValue("id"))
		switch {
		case err != nil:
			return nil, err
		case len(body.Tags) == 0:
			return nil, invalid("tags are missing")
		case body.Action == "create":
			return noContent{}, e.setTags(kind, r.PathValue("id"), body.Tags)
		case body.Action == "delete":
			for _, t := range body.Tags {
				if got, ok := tags[t.Key]; ok && (t.Value == "" || t.Value == got) {
					delete(tags, t.Key)
				}
			}
			return noContent{}, nil
		}
		return nil, invalid("action is invalid")
	}
}

func (e *Emulator) removeTag(kind string) handler {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		tags, err := e.tagged(kind, r.PathValue("id"))
		if err != nil {
			return nil, err
		}
		if _, ok := tags[r.PathValue("key")]; !ok {
			return nil, refuse(http.StatusNotFound, "CSBS.7001", "The tag does not exist.")
		}
		delete(tags, r.PathValue("key"))
		return noContent{}, nil
	}
}

// projectTags lists every key with its values.
func (e *Emulator) projectTags(kind string) handler {
	return func(http.ResponseWriter, *http.Request) (any, error) {
		values := map[string]map[string]bool{}
		note := func(tags map[string]string) {
			for key, value := range tags {
				if values[key] == nil {
					values[key] = map[string]bool{}
				}
				values[key][value] = true
			}
		}
		for _, it := range e.items {
			if kind == itemTags {
				note(it.tags)
			}
		}
		for _, p := range e.policies {
			if kind == policyTags {
				note(p.tags)
			}
		}
		rows := []object{}
		for _, key := range slices.Sorted(maps.Keys(values)) {
			rows = append(rows, object{"key": key, "values": slices.Sorted(maps.Keys(values[key]))})
		}
		return object{"tags": rows}, nil
	}
}

// wanted is one condition of a tag query.
type wanted struct {
	Key    string   `json:"key"`
	Values []string `json:"values"`
}

type tagQuery struct {
	Action     string    `json:"action"`
	Tags       *[]wanted `json:"tags"`
	TagsAny    *[]wanted `json:"tags_any"`
	NotTags    *[]wanted `json:"not_tags"`
	NotTagsAny *[]wanted `json:"not_tags_any"`
	Limit      *string   `json:"limit"`
	Offset     *string   `json:"offset"`
	Matches    []tag     `json:"matches"`
}

// row is one thing that a tag query found.
type row struct {
	id, name string
	tags     map[string]string
	detail   object
}

// queryTags is POST …/resource_instances/action (§2.14).
func (e *Emulator) queryTags(kind string) handler {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		var q tagQuery
		if err := read(r, &q); err != nil {
			return nil, err
		}
		limit, offset, err := q.check()
		if err != nil {
			return nil, err
		}
		var found []row
		for _, it := range slices.Backward(e.inOrder()) {
			if kind == itemTags && it.status != deleted && q.match(it.tags, it.name, e.Switches.ExactTags) {
				found = append(found, row{it.id, it.name, it.tags, e.show(it)})
			}
		}
		for _, p := range e.policies {
			if kind == policyTags && q.match(p.tags, p.name, e.Switches.ExactTags) {
				found = append(found, row{p.id, p.name, p.tags, object{}})
			}
		}
		total := len(found)
		if q.Action == "count" {
			return object{"total_count": total}, nil
		}
		found = found[min(offset, total):min(offset+limit, total)]
		rows := []object{}
		for _, f := range found {
			if e.Switches.BareTagRows && kind == itemTags {
				rows = append(rows, f.detail)
				continue
			}
			rows = append(rows, object{"resource_id": f.id, "resource_name": f.name, "resource_detail": f.detail, "tags": tagList(f.tags)})
		}
		return object{"resources": rows, "total_count": total}, nil
	}
}

func (q tagQuery) check() (limit, offset int, err error) {
	limit = pageLimit
	if q.Action == "count" && (q.Limit != nil || q.Offset != nil) {
		return 0, 0, invalid("limit and offset do not go with count")
	}
	if q.Action != "count" && q.Action != "filter" {
		return 0, 0, invalid("action is invalid")
	}
	if q.Limit != nil {
		if limit, err = strconv.Atoi(*q.Limit); err != nil || limit < 1 || limit > pageLimit {
			return 0, 0, invalid("limit is invalid")
		}
	}
	if q.Offset != nil {
		if offset, err = strconv.Atoi(*q.Offset); err != nil || offset < 0 {
			return 0, 0, invalid("offset is invalid")
		}
	}
	for _, list := range []*[]wanted{q.Tags, q.TagsAny, q.NotTags, q.NotTagsAny} {
		if list == nil {
			continue
		}
		keys := map[string]bool{}
		for _, w := range *list {
			if w.Key == "" || len(w.Key) > 127 || keys[w.Key] || len(w.Values) > 10 {
				return 0, 0, invalid("tags are invalid")
			}
			keys[w.Key] = true
		}
		if len(keys) == 0 || len(keys) > 10 {
			return 0, 0, invalid("tags are empty or too many")
		}
	}
	return limit, offset, nil
}

func (q tagQuery) match(tags map[string]string, name string, exact bool) bool {
	has := func(w wanted) bool { return w.match(tags, exact) }
	hasNot := func(w wanted) bool { return !w.match(tags, exact) }
	switch {
	case q.Tags != nil && slices.ContainsFunc(*q.Tags, hasNot),
		q.TagsAny != nil && !slices.ContainsFunc(*q.TagsAny, has),
		q.NotTags != nil && !slices.ContainsFunc(*q.NotTags, hasNot),
		q.NotTagsAny != nil && slices.ContainsFunc(*q.NotTagsAny, has):
		return false
	}
	for _, m := range q.Matches {
		if m.Key == "resource_name" && !strings.Contains(name, m.Value) {
			return false
		}
	}
	return true
}

func (w wanted) match(tags map[string]string, exact bool) bool {
	got, ok := tags[w.Key]
	if !ok || len(w.Values) == 0 {
		return ok
	}
	return slices.ContainsFunc(w.Values, func(value string) bool {
		if part, fuzzy := strings.CutPrefix(value, "*"); fuzzy && !exact {
			return strings.Contains(got, part)
		}
		return got == value
	})
}
