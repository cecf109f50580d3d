package graph

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/rehearsal"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/simulate"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	rehearsalTime  = 10 * time.Minute // at most
	rehearsalToken = 15 * time.Minute
	strikeTime     = 20 * time.Second // for throwing away what it has left

	progressEvery = 500 * time.Millisecond
	beatEvery     = 10 * time.Second // also without progress
)

// rehearsals are those that this server plays.
type rehearsals struct {
	inside  string
	ctx     context.Context
	cancel  context.CancelFunc
	mu      sync.Mutex // guards closed, and running against being added to then
	closed  bool
	running sync.WaitGroup
}

func newRehearsals(inside string) *rehearsals {
	rs := &rehearsals{inside: strings.TrimSuffix(inside, "/")}
	rs.ctx, rs.cancel = context.WithCancel(context.Background())
	return rs
}

// do runs f in the background; false: the server stops.
func (rs *rehearsals) do(f func(context.Context)) bool {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if !rs.closed {
		rs.running.Go(func() { f(rs.ctx) })
	}
	return !rs.closed
}

// close breaks rehearsals off, and lets none begin.
func (rs *rehearsals) close() {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.closed = true
	rs.cancel()
}

// Run waits until ctx ends. Then rehearsals are broken off, and what they have left
// is thrown away.
func (s *Server) Run(ctx context.Context) error {
	<-ctx.Done()
	s.rehearsals.close()
	s.rehearsals.running.Wait()
	return nil
}

// rehearse notes a rehearsal and lets it begin.
func (r *Resolver) rehearse(ctx context.Context, connection uuid.UUID, users int) (*RehearsePayload, error) {
	var row *ent.Rehearsal
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		row, err = r.directory.StartRehearsal(ctx, tx, connection, users)
		return err
	})
	if err != nil {
		return nil, err
	}
	row = row.Unwrap()
	if !r.rehearsals.do(func(background context.Context) { r.perform(background, row) }) {
		r.endRehearsal(ctx, row, nil, problemStopped)
		return nil, fault.New(fault.Conflict, "the server is being stopped: begin again in a minute")
	}
	return &RehearsePayload{Rehearsal: row}, nil
}

const (
	problemStopped = "The server was stopped while it played. Nothing of yours was touched; start another one."
	problemLong    = "It took longer than ten minutes and was broken off. Try it with fewer people, or when less goes on."
	problemStage   = "The copy of the connection could not be made; the server's log says why. Nothing of yours was touched."
)

// perform plays a rehearsal and throws away what it was played into.
func (r *Resolver) perform(background context.Context, row *ent.Rehearsal) {
	within := actor.InOrg(background, row.OrgID)
	ctx, cancel := context.WithTimeout(within, rehearsalTime)
	defer cancel()
	report, problem := r.playOn(ctx, row)
	switch {
	case problem == "":
	case background.Err() != nil:
		problem = problemStopped
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		problem = problemLong
	}
	after, done := context.WithTimeout(context.WithoutCancel(within), strikeTime)
	defer done()
	if err := r.directory.StrikeStage(after, row); err != nil {
		r.log.ErrorContext(after, "throw away a rehearsal", "entity", "rehearsal", "id", row.ID, "err", err)
	}
	r.endRehearsal(after, row, report, problem)
}

// endRehearsal notes the end. One that can't be noted is taken for broken off when
// nothing is heard of it.
func (r *Resolver) endRehearsal(ctx context.Context, row *ent.Rehearsal, report *schema.RehearsalReport, problem string) {
	if err := r.directory.EndRehearsal(ctx, row.ID, report, problem); err != nil {
		r.log.ErrorContext(ctx, "note the end of a rehearsal", "entity", "rehearsal", "id", row.ID, "err", err)
	}
}

// playOn sets the stage and plays. problem is a sentence for people.
func (r *Resolver) playOn(ctx context.Context, row *ent.Rehearsal) (report *schema.RehearsalReport, problem string) {
	o, err := r.setStage(ctx, row)
	if err != nil {
		r.log.ErrorContext(ctx, "set the stage of a rehearsal", "entity", "rehearsal", "id", row.ID, "err", err)
		return nil, problemStage
	}
	told := &progress{}
	o.Progress = told.set
	telling, stop := context.WithCancel(ctx)
	var teller sync.WaitGroup
	teller.Go(func() { r.tell(telling, row.ID, told) })
	found, err := simulate.Run(ctx, o)
	stop()
	teller.Wait()
	if err != nil {
		problem = "It was broken off: " + err.Error()
	}
	return rehearsalReport(found), problem
}

// progress is how far a rehearsal has come.
type progress struct {
	mu  sync.Mutex
	now directory.RehearsalProgress
}

func (p *progress) set(now simulate.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = directory.RehearsalProgress{Cycle: now.Cycle, Phase: now.Phase, Done: now.Done, Total: now.Total}
}

func (p *progress) get() directory.RehearsalProgress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

// tell writes down how far it has come until ctx ends, and that it goes on.
func (r *Resolver) tell(ctx context.Context, id uuid.UUID, p *progress) {
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	var was directory.RehearsalProgress
	beat := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := p.get()
		if now == was && time.Since(beat) < beatEvery {
			continue
		}
		if err := r.directory.NoteRehearsal(ctx, id, now); err != nil {
			if ctx.Err() == nil {
				r.log.WarnContext(ctx, "note the progress of a rehearsal", "entity", "rehearsal", "id", id, "err", err)
			}
			continue
		}
		was, beat = now, time.Now()
	}
}

// findRehearsal is one rehearsal as it stands; nil when there is none.
func (r *Resolver) findRehearsal(ctx context.Context, id uuid.UUID) (*ent.Rehearsal, error) {
	row, err := r.store.Read().Rehearsal.Query().Where(rehearsal.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return r.directory.RehearsalNow(row), err
}

// rehearsalOf is the newest rehearsal of a connection.
func (l *loader) rehearsalOf(ctx context.Context, id uuid.UUID) (*ent.Rehearsal, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.rehearsals == nil {
		all, err := l.r.store.Read().Rehearsal.Query().Where(firstOfEach(ctx, rehearsal.Table, "id DESC", 1, "TRUE")).
			Order(rehearsal.ByID(sql.OrderDesc())).All(ctx)
		if err != nil {
			return nil, err
		}
		l.rehearsals = map[uuid.UUID]*ent.Rehearsal{}
		for _, row := range all {
			l.rehearsals[row.ConnectionID] = l.r.directory.RehearsalNow(row)
		}
	}
	return l.rehearsals[id], nil
}
