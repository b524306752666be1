package cbr

import (
	"maps"
	"net/http"
	"slices"
)

func listVaultTags(p *project, r *http.Request) (int, any, error) {
	v, err := p.vault(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusOK, object{"tags": tagList(v.tags), "sys_tags": []tag{}}, nil
}

func setVaultTag(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct{ Tag tag }](r)
	if err != nil {
		return 0, nil, err
	}
	v, err := p.vault(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	return http.StatusNoContent, nil, v.addTags([]tag{request.Tag})
}

func changeVaultTags(p *project, r *http.Request) (int, any, error) {
	request, err := read[struct {
		Action string
		Tags   []tag
	}](r)
	if err != nil {
		return 0, nil, err
	}
	v, err := p.vault(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	switch request.Action {
	case "create":
		return http.StatusNoContent, nil, v.addTags(request.Tags)
	case "delete":
		for _, t := range request.Tags {
			delete(v.tags, t.Key)
		}
		return http.StatusNoContent, nil, nil
	}
	return 0, nil, invalid("action must be create or delete.")
}

func (v *vault) addTags(tags []tag) error {
	next := maps.Clone(v.tags)
	for _, t := range tags {
		if t.Key == "" || len(t.Key) > 36 || len(t.Value) > 43 {
			return invalid("A tag has a key of 1 to 36 and a value of up to 43 characters.")
		}
		next[t.Key] = t.Value
	}
	if len(next) > maxVaultTags {
		return badRequest("6600", "The vault has too many tags.")
	}
	v.tags = next
	return nil
}

func deleteVaultTag(p *project, r *http.Request) (int, any, error) {
	v, err := p.vault(r.PathValue("id"))
	if err != nil {
		return 0, nil, err
	}
	if _, ok := v.tags[r.PathValue("key")]; !ok {
		return 0, nil, notFound("6601", "The tag does not exist.")
	}
	delete(v.tags, r.PathValue("key"))
	return http.StatusNoContent, nil, nil
}

func listAllVaultTags(p *project, _ *http.Request) (int, any, error) {
	values := map[string][]string{}
	for _, v := range p.vaults {
		for key, value := range v.tags {
			if !slices.Contains(values[key], value) {
				values[key] = append(values[key], value)
			}
		}
	}
	rows := []object{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		rows = append(rows, object{"key": key, "values": values[key]})
	}
	return http.StatusOK, object{"tags": rows}, nil
}
