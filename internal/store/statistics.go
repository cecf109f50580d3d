package store

import (
	"context"
	"database/sql"
	"math/bits"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// PostgreSQL plans a prepared statement by what it knows of the tables, and keeps
// the plan until they are analyzed. Of empty tables it knows nothing: an index
// that only finds the organization then looks as good as the one that finds the
// person, and the first cycle of a new customer reads everybody for everybody,
// until autovacuum comes round. So the store has the tables analyzed itself, when
// as many transactions as in statisticsAt have been written since the start.
const statisticsAt = 1<<6 | 1<<9 | 1<<12 | 1<<15 | 1<<18

type statistics struct {
	written  atomic.Int64
	wake     chan struct{}
	stop     context.CancelFunc
	finished chan struct{}
}

// noteWrite counts a commit and has the tables analyzed when it is time.
func (s *Store) noteWrite() {
	n := s.statistics.written.Add(1)
	if s.statistics.wake == nil || bits.OnesCount64(uint64(n)) != 1 || n&statisticsAt == 0 {
		return
	}
	select {
	case s.statistics.wake <- struct{}{}:
	default:
	}
}

// keepStatistics analyzes on a connection of its own whenever it is woken, until
// Close. A failure only means that plans stay as they are.
func (s *Store) keepStatistics() {
	if !s.Postgres() {
		return
	}
	var ctx context.Context
	ctx, s.statistics.stop = context.WithCancel(context.Background())
	s.statistics.wake, s.statistics.finished = make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(s.statistics.finished)
		for {
			select {
			case <-ctx.Done():
				return
			case <-s.statistics.wake:
				analyze(ctx, s.url.dsn)
			}
		}
	}()
}

func analyze(ctx context.Context, dsn string) {
	connector, err := pq.NewConnector(dsn)
	if err != nil {
		return
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, _ = db.ExecContext(ctx, "ANALYZE users, emails, departments, groups, memberships, provisioning_logs")
}

func (s *Store) stopStatistics() {
	if s.statistics.wake != nil {
		s.statistics.stop()
		<-s.statistics.finished
	}
}
