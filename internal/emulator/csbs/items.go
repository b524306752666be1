package csbs

import (
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/serverbackup/terraform-provider-serverbackup/internal/emulator"
)

// The states of a backup (§2.2).
const (
	protecting     = "protecting"
	available      = "available"
	waitingRestore = "waiting_restore"
	restoring      = "restoring"
	failed         = "error"
	waitingDelete  = "waiting_delete"
	deleting       = "deleting"
	deleted        = "deleted"
)

// item is one backup of one server.
type item struct {
	id, checkpoint, policy string
	name, description      string
	server                 *instance
	status                 string
	// spared is its status if its deletion fails.
	spared            string
	created, updated  time.Time
	finished          time.Time
	tags              map[string]string
	auto, incremental bool
	enhanced          bool
	volumes           []volume
	order             int64
	// job is what runs at the moment.
	job emulator.Job
	// failOp and failReason are of the last job, should it have failed.
	failOp, failReason string
	// image says that an image was made of the backup.
	image bool
}

type volume struct {
	id   string
	disk disk
	mb   int
}

// backUp starts a backup of a server.
func (e *Emulator) backUp(s *instance, checkpoint, name, description string, incremental, auto bool, policy string, tags map[string]string) *item {
	now := e.Clock.Now()
	if name == "" {
		name = "manualbk_" + uuid.NewString()[:4]
		if auto {
			name = "autobk_" + uuid.NewString()[:4]
		}
	}
	it := &item{
		id: uuid.NewString(), checkpoint: checkpoint, policy: policy, name: name, description: description,
		server: s, status: protecting, created: now, updated: now, tags: maps.Clone(tags), auto: auto,
		job: emulator.Job{Plan: e.Plans.Of(s.id), Started: now},
		// The first backup of a server is always full (§2.5); a full one that was asked for makes it and
		// the ones that follow enhanced (§2.13).
		incremental: incremental && s.points > 0,
	}
	if !auto && !it.incremental {
		s.enhanced = true
	}
	it.enhanced = s.enhanced
	s.points++
	e.keep(it)
	if !auto {
		e.Counts.BackupStarted(s.id)
	}
	return it
}

// settle ends the jobs that are over and runs the schedules that were due.
func (e *Emulator) settle() {
	e.runSchedules()
	now := e.Clock.Now()
	for _, it := range e.inOrder() {
		e.settleItem(it, now)
	}
	e.startDeletions(now)
}

func (e *Emulator) settleItem(it *item, now time.Time) {
	running := it.status == protecting || it.status == waitingRestore || it.status == restoring || it.status == deleting
	if !running {
		return
	}
	if it.status == waitingRestore {
		it.status = restoring
	}
	if !it.job.Ended(now) {
		return
	}
	was, why := it.status, it.job.Fail
	if was == deleting && why != "" && e.Switches.DeletionFailsSilently {
		it.status = it.spared
		return
	}
	it.updated = it.job.EndsAt()
	it.status, it.failOp, it.failReason = available, "", ""
	switch {
	case was == protecting && why != "":
		it.status, it.failOp, it.finished = failed, "backup", it.updated
	case was == protecting:
		it.finish()
	case was == restoring && why != "":
		it.failOp = "restore"
		if !e.Switches.RestoreFailsAvailable {
			it.status = failed
		}
	case was == deleting && why != "":
		it.status, it.failOp = failed, "delete"
	case was == deleting:
		it.status = deleted
		if !e.Switches.ShowDeleted {
			e.forget(it)
		}
	}
	if it.failOp != "" {
		it.failReason = why
	}
}

// finish makes the backups of the disks: a tenth of the disk, or all of it for a full one.
func (it *item) finish() {
	it.finished = it.updated
	for i := range it.server.disks {
		d := &it.server.disks[i]
		mb := d.gb * 1024
		if it.incremental {
			mb /= 10
		}
		d.written += mb
		it.volumes = append(it.volumes, volume{id: uuid.NewString(), disk: *d, mb: mb})
	}
}

// startDeletions lets five deletions run at a time (§2.10).
func (e *Emulator) startDeletions(now time.Time) {
	running := 0
	for _, it := range e.items {
		if it.status == deleting {
			running++
		}
	}
	for _, it := range e.inOrder() {
		if it.status != waitingDelete || running >= maxDeletions {
			continue
		}
		it.status, it.job = deleting, emulator.Job{Plan: e.Plans.Of("delete " + it.id), Started: now}
		running++
		e.settleItem(it, now)
		if it.status != deleting {
			running--
		}
	}
}

// inOrder returns the backups as they were made.
func (e *Emulator) inOrder() []*item {
	if e.forgot {
		e.ordered = slices.DeleteFunc(slices.Clone(e.ordered), func(it *item) bool { return e.items[it.id] == nil })
		e.forgot = false
	}
	return e.ordered[:len(e.ordered):len(e.ordered)] // Those who append have their own.
}

// forget takes a backup out of the project.
func (e *Emulator) forget(it *item) {
	delete(e.items, it.id)
	e.forgot = true
}

// keep adds a backup to the project.
func (e *Emulator) keep(it *item) {
	e.order++
	it.order = e.order
	e.items[it.id] = it
	e.ordered = append(e.ordered, it)
}

// Item is what tests see of a backup.
type Item struct {
	ID, Checkpoint, Server, Name, Status string
	Tags                                 map[string]string
}

// Items returns the backups as they are now, the oldest first.
func (e *Emulator) Items() []Item {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.settle()
	var list []Item
	for _, it := range e.inOrder() {
		list = append(list, Item{
			ID: it.id, Checkpoint: it.checkpoint, Server: it.server.id, Name: it.name, Status: it.status, Tags: maps.Clone(it.tags),
		})
	}
	return list
}

// MakeImage registers an image of a backup, which then cannot be deleted.
func (e *Emulator) MakeImage(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if it := e.items[id]; it != nil {
		it.image = true
	}
}
