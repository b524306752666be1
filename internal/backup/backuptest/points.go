package backuptest

import (
	"slices"
	"strings"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/backup"
)

// pointLifecycle wants a point to have an id at once, to become available, and to be the same
// wherever it is read.
func pointLifecycle(s *suite) {
	server := s.createServer("server")
	started := must(s.svc.StartPoint(s.ctx, backup.PointRequest{ServerID: server.ID}))(s, "StartPoint")
	if started.ID == "" || started.Status == "" {
		s.Fatalf("StartPoint returns id %q and status %q; both must be known", started.ID, started.Status)
	}
	field(s, "started point", "ServerID", started.ServerID, server.ID)
	running := must(s.svc.Point(s.ctx, started.ID, backup.Fresh))(s, "Point of a started point")
	field(s, "started point, read", "ServerID", running.ServerID, server.ID)
	if running.Progress != nil && (*running.Progress < 0 || *running.Progress > 100) {
		s.Errorf("progress is %d; it is a percentage", *running.Progress)
	}

	point := s.finish(started)
	s.plausible(point, server)
	if len(point.Volumes) == 0 {
		s.Error("Point returns no volumes; it must include them")
	}
	s.samePoint("cached read", must(s.svc.Point(s.ctx, point.ID, backup.Cached))(s, "Point"), point)
	listed := collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{}))
	if len(listed) != 1 {
		s.Fatalf("%d points are listed, want 1", len(listed))
	}
	s.samePoint("listed", listed[0], point)

	// A request is not a name for a point: made twice, it is two backups.
	request := backup.PointRequest{ServerID: server.ID}
	if !complains(s.svc.CheckPoint(s.ctx, backup.PointRequest{ServerID: server.ID, Name: "same"}), "name") {
		request.Name = "same"
	}
	first, second := s.take(request), s.take(request)
	if first.ID == second.ID || first.ID == point.ID {
		s.Errorf("two points that both finished have the id %q", first.ID)
	}
	if listed := collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{})); len(listed) != 3 {
		s.Errorf("%d points are listed, want 3", len(listed))
	}
}

// plausible wants an available point to be well-formed.
func (s *suite) plausible(p backup.Point, server backup.Server) {
	s.Helper()
	const what = "available point"
	field(s, what, "Status", p.Status, backup.StatusAvailable)
	field(s, what, "ServerID", p.ServerID, server.ID)
	field(s, what, "Error", p.Error, "")
	if server.Name != "" {
		field(s, what, "ServerName", p.ServerName, server.Name)
	}
	if p.CreatedAt.IsZero() {
		s.Errorf("%s: CreatedAt is not known", what)
	}
	s.utc(what, "CreatedAt", p.CreatedAt)
	if !p.FinishedAt.IsZero() {
		s.utc(what, "FinishedAt", p.FinishedAt)
		if p.FinishedAt.Before(p.CreatedAt) {
			s.Errorf("%s: finished at %s, before it was created at %s", what, p.FinishedAt, p.CreatedAt)
		}
	}
	if p.ScheduleType != "" {
		field(s, what, "ScheduleType", p.ScheduleType, backup.ScheduleManual)
	}
	for _, size := range []*int64{p.SizeBytes, p.SourceSizeBytes, p.NewBytes, p.IncompleteFiles} {
		if size != nil && *size < 0 {
			s.Errorf("%s: a size or number is %d", what, *size)
		}
	}
	for _, v := range p.Volumes {
		if v.ID == "" || (v.SourceID == "" && !s.h.NoVolumeSources) {
			s.Errorf("%s: a volume without id or source: %s", what, show(v))
		}
	}
}

// pointTypes wants the type to be what the point became.
func pointTypes(s *suite) {
	server := s.createServer("server")
	want := func(what string, p backup.Point, t backup.PointType) {
		s.Helper()
		if p.Type != "" {
			field(s, what, "Type", p.Type, t)
		}
	}
	want("the first point", s.take(backup.PointRequest{ServerID: server.ID}), backup.TypeFull)
	s.change(server)
	want("a second point", s.take(backup.PointRequest{ServerID: server.ID}), s.h.SecondType)
	s.change(server)
	full := backup.PointRequest{ServerID: server.ID, Full: new(true)}
	if complains(s.svc.CheckPoint(s.ctx, full), "full") {
		return
	}
	want("a point with Full", s.take(full), backup.TypeFull)
}

// pointDelete wants deletion to be repeatable and to take nothing else along.
func pointDelete(s *suite) {
	server := s.createServer("server")
	first := s.take(backup.PointRequest{ServerID: server.ID})
	s.change(server)
	second := s.take(backup.PointRequest{ServerID: server.ID})
	must(s.svc.Point(s.ctx, first.ID, backup.Cached))(s, "Point")

	s.ok("DeletePoint", s.svc.DeletePoint(s.ctx, first.ID))
	if p, err := s.svc.Point(s.ctx, first.ID, backup.Cached); err == nil && p.Status == backup.StatusAvailable && p.DeletionStatus != backup.DeletionSoftDeleted {
		s.Error("a cached read after DeletePoint shows the point as available; a client must see its own writes")
	}
	s.gone(first.ID)
	s.ok("DeletePoint again", s.svc.DeletePoint(s.ctx, first.ID))
	if got := ids(collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{}))); !slices.Equal(got, []string{second.ID}) {
		s.Errorf("after one of two points was deleted %q are listed, want %q", got, second.ID)
	}
	s.samePoint("the other point", must(s.svc.Point(s.ctx, second.ID, backup.Fresh))(s, "Point"), second)
}

// pointTags wants tags to survive and to change in place, visibly at once.
func pointTags(s *suite) {
	server := s.createServer("server")
	request := backup.PointRequest{ServerID: server.ID, Tags: map[string]string{"env": "prod", "empty": "", "ünï": "c o:d=e/☃"}}
	if complains(s.svc.CheckPoint(s.ctx, request), "tags") {
		request.Tags = map[string]string{"env": "prod"}
	}
	if complains(s.svc.CheckPoint(s.ctx, request), "tags") {
		err := firstError(s.svc.Points(s.ctx, backup.PointFilter{Tags: request.Tags}))
		s.wantIs("Points with a tag filter where points carry no tags", err, backup.ErrUnsupported)
		return
	}
	point := s.take(request)
	field(s, "taken point", "Tags", point.Tags, request.Tags)
	for _, tags := range []map[string]string{{"env": "dev", "team": "web"}, {"team": "web"}, {}} {
		updated := must(s.svc.UpdatePoint(s.ctx, point.ID, backup.PointUpdate{Tags: &tags}))(s, "UpdatePoint")
		point.Tags = tags
		s.samePoint("updated tags", updated, point)
		s.samePoint("fresh read after the update", must(s.svc.Point(s.ctx, point.ID, backup.Fresh))(s, "Point"), point)
		s.samePoint("cached read after the update", must(s.svc.Point(s.ctx, point.ID, backup.Cached))(s, "Point"), point)
		for _, listed := range collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{})) {
			s.samePoint("listed after the update", listed, point)
		}
		untouched := must(s.svc.UpdatePoint(s.ctx, point.ID, backup.PointUpdate{}))(s, "UpdatePoint")
		s.samePoint("updated without a change", untouched, point)
	}
}

var (
	// legalNames must come back as they are, unless the service complains of them beforehand.
	legalNames = []string{
		"plain", "Grüße aus Köln", "日本語 🎉", "quotes \" ' ` \\", "a/b:c?d&e=f#g%20;h,i", "${var} %{if} <b> $(x)",
		" blanks around ", "e\u0301 is not \u00e9", "--flag", "null", "../..", strings.Repeat("x", 64),
	}
	// illegalNames are refused by every service, see [backup.CheckName].
	illegalNames = []string{"line\nbreak", "carriage\rreturn", "nul\x00", "escape\x1b[31m", "no\xfftext", strings.Repeat("x", backup.MaxNameLength+1)}
)

// pointNames wants names and descriptions to come back to the letter.
func pointNames(s *suite) {
	server := s.createServer("server")
	request := backup.PointRequest{ServerID: server.ID, Name: legalNames[0]}
	if complains(s.svc.CheckPoint(s.ctx, request), "name") {
		s.Skip("points of this service have no names")
	}
	for _, name := range legalNames {
		request := backup.PointRequest{ServerID: server.ID, Name: name, Description: "about " + name + "\nin two lines"}
		if complains(s.svc.CheckPoint(s.ctx, request), "description") {
			request.Description = ""
		}
		if complains(s.svc.CheckPoint(s.ctx, request), "name") {
			continue
		}
		point := s.take(request)
		field(s, "point", "Name", point.Name, request.Name)
		field(s, "point", "Description", point.Description, request.Description)
		listed := collect(s, "points", s.svc.Points(s.ctx, backup.PointFilter{Name: strings.ToUpper(name)}))
		if !slices.Contains(ids(listed), point.ID) {
			s.Errorf("a filter for the name %q in capitals does not find its point", name)
		}
	}
}
