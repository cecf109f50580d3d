package graph

import (
	"context"
	"fmt"
	"sync"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/cycle"
)

// ConnectionHealth is how a connection is doing. It is shared among all who ask
// for it at the same time, and so is its advice, which is found when the first of
// them asks.
type ConnectionHealth struct {
	ConnectionID         uuid.UUID
	Status               HealthStatus
	Summary              string
	LastHeardAt          *time.Time
	UsualIntervalMinutes *int
	OverdueSince         *time.Time
	Requests, Failures   int
	SuccessRate          *float64
	Problems             []*HealthProblem

	connection *ent.Connection
	advice     *shared[[]*MappingAdvice]
}

// healthOf is how a connection is doing, looked at once in a request.
func (l *loader) healthOf(ctx context.Context, c *ent.Connection) (*ConnectionHealth, error) {
	l.mu.Lock()
	of := l.healths[c.ID]
	if of == nil {
		of = newShared[*ConnectionHealth]()
		l.healths[c.ID] = of
	}
	l.mu.Unlock()
	return of.get(ctx, func(ctx context.Context) (*ConnectionHealth, error) { return l.r.healthOf(ctx, c) })
}

// healthEvery is the least time between two looks at what the streams of an
// organization share.
const healthEvery = time.Second

// healthBoard is what the streams of an organization's health share: each change
// is looked at once, however many watch.
type healthBoard struct {
	watchers int // guarded by healthBoards.mu

	turn        sync.Mutex
	looked      time.Time
	state       string
	connections []*ent.Connection // by name
	healths     map[uuid.UUID]*shared[*ConnectionHealth]
}

// healthBoards are the boards of the organizations that somebody watches.
type healthBoards struct {
	mu sync.Mutex
	of map[uuid.UUID]*healthBoard
}

// watch returns the board of an organization until ctx ends.
func (b *healthBoards) watch(ctx context.Context, org uuid.UUID) *healthBoard {
	b.mu.Lock()
	defer b.mu.Unlock()
	board := b.of[org]
	if board == nil {
		board = new(healthBoard)
		b.of[org] = board
	}
	board.watchers++
	context.AfterFunc(ctx, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if board.watchers--; board.watchers == 0 {
			delete(b.of, org)
		}
	})
	return board
}

// at says in which state the connections are, and where to find their health then.
func (b *healthBoard) at(ctx context.Context, r *Resolver) (state string, connections []*ent.Connection, healths map[uuid.UUID]*shared[*ConnectionHealth], err error) {
	b.turn.Lock()
	defer b.turn.Unlock()
	if time.Since(b.looked) < healthEvery {
		return b.state, b.connections, b.healths, nil
	}
	if connections, err = r.store.Read().Connection.Query().Order(connection.ByName()).All(ctx); err != nil {
		return "", nil, nil, err
	}
	if state, err = r.stateOf(ctx, connections); err != nil {
		return "", nil, nil, err
	}
	if b.looked = time.Now(); state != b.state {
		b.state, b.connections, b.healths = state, connections, map[uuid.UUID]*shared[*ConnectionHealth]{}
		for _, c := range connections {
			b.healths[c.ID] = newShared[*ConnectionHealth]()
		}
	}
	return b.state, b.connections, b.healths, nil
}

// stateOf changes when the health of connections may have: with the log, with the
// cycle that runs, with themselves, and each minute.
func (r *Resolver) stateOf(ctx context.Context, connections []*ent.Connection) (string, error) {
	newest, err := r.newestLog(ctx)
	if err != nil {
		return "", err
	}
	state := newest.String() + r.store.Now().Format(" 2006-01-02T15:04")
	running, err := r.store.Read().Cycle.Query().Order(cycle.ByID(sql.OrderDesc())).First(ctx)
	switch {
	case err == nil:
		state += fmt.Sprint(" ", running.ID, running.Requests, running.Failures)
	case !ent.IsNotFound(err):
		return "", err
	}
	for _, c := range connections {
		state += fmt.Sprint(" ", c.ID, c.Version)
	}
	return state, nil
}
