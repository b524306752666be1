package enginetest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/kopia/kopia/repo"
	"github.com/kopia/kopia/repo/manifest"
	"github.com/kopia/kopia/snapshot"
)

// Labels of our own on manifests, as the engine writes them.
const (
	idLabel  = "serverbackup-id"
	pointTag = "tag:serverbackup-point"
)

// item is one manifest: JSON and its labels.
type item struct {
	labels map[string]string
	data   json.RawMessage
}

// point is all that the repository has of a point.
type point struct {
	// begun and ended are the record of its run, at its begin and at its end.
	begun, ended item
	snapshots    []item
}

// model is the point that others are made like.
type model struct {
	id string
	point
}

func loadModel(ctx context.Context, rep repo.Repository, id string) (*model, error) {
	runs, err := load(ctx, rep, map[string]string{manifest.TypeLabelKey: "serverbackup-run", idLabel: id})
	if err != nil {
		return nil, err
	}
	snapshots, err := load(ctx, rep, map[string]string{manifest.TypeLabelKey: snapshot.ManifestType, pointTag: id})
	if err != nil {
		return nil, err
	}
	if len(runs) != 1 || len(snapshots) == 0 {
		return nil, fmt.Errorf("the point %s has %d records and %d snapshots", id, len(runs), len(snapshots))
	}
	m := &model{id: id, point: point{begun: runs[0], ended: runs[0], snapshots: snapshots}}
	var run map[string]json.RawMessage
	if err := json.Unmarshal(runs[0].data, &run); err != nil {
		return nil, err
	}
	// What is known only at the end is not in the record of the begin.
	for _, name := range []string{"type", "finished_at", "volumes"} {
		delete(run, name)
	}
	run["state"], run["new_bytes"] = json.RawMessage(`"running"`), json.RawMessage("0")
	m.begun.data, err = json.Marshal(run)
	return m, err
}

func load(ctx context.Context, rep repo.Repository, labels map[string]string) ([]item, error) {
	found, err := rep.FindManifests(ctx, labels)
	if err != nil {
		return nil, err
	}
	items := make([]item, len(found))
	for i, md := range found {
		items[i].labels = md.Labels
		if _, err := rep.GetManifest(ctx, md.ID, &items[i].data); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// earlier is the same point under another id and so much earlier.
func (m *model) earlier(id string, by time.Duration) (p point, err error) {
	if p.begun, err = m.moved(m.begun, id, by); err != nil {
		return p, err
	}
	if p.ended, err = m.moved(m.ended, id, by); err != nil {
		return p, err
	}
	for _, s := range m.snapshots {
		s, err := m.moved(s, id, by)
		if err != nil {
			return p, err
		}
		p.snapshots = append(p.snapshots, s)
	}
	return p, nil
}

// moved changes the times of a manifest, and the id of the point wherever it is named.
func (m *model) moved(it item, id string, by time.Duration) (item, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(bytes.ReplaceAll(it.data, []byte(m.id), []byte(id)), &members); err != nil {
		return it, err
	}
	for _, name := range []string{"started_at", "renewed_at", "finished_at", "startTime", "endTime"} {
		if members[name] == nil {
			continue
		}
		var t time.Time
		if err := json.Unmarshal(members[name], &t); err != nil {
			return it, fmt.Errorf("%s: %w", name, err)
		}
		members[name], _ = json.Marshal(t.Add(-by))
	}
	data, err := json.Marshal(members)
	labels := maps.Clone(it.labels)
	for name, value := range labels {
		labels[name] = strings.ReplaceAll(value, m.id, id)
	}
	return item{labels, data}, err
}
