package store

import (
	"context"
	"database/sql"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
)

// Readers of what changes are woken, and then look for themselves by the place
// that they have reached: a bell carries nothing, so none that is lost can lose
// anything. Commits of this process ring at once; those of other replicas by
// LISTEN/NOTIFY on PostgreSQL; and whatever else writes, such as the command line
// into the same SQLite file, is found by looking every wakeEvery.

const (
	wakeChannel = "rollcall" // of LISTEN and NOTIFY
	wakeEvery   = 2 * time.Second
	// wakeGap is the least time between two rings, and between two NOTIFYs.
	wakeGap = 50 * time.Millisecond
	// wakeAgain is when a change rings once more: the feed of Events holds back
	// what an older transaction may still come before, and that may roll back.
	wakeAgain = 200 * time.Millisecond

	listenCheck = 30 * time.Second // that the connection which listens still lives
	notifyLimit = 5 * time.Second
)

// wake is the part of a Store that knows who wants to hear of changes.
type wake struct {
	ctx   context.Context // ends with the store
	stop  context.CancelFunc
	tasks sync.WaitGroup

	watched atomic.Bool   // there was a Changes: before it a commit rings nothing
	local   chan struct{} // rung by this process's commits
	unsent  atomic.Bool   // a commit waits for its NOTIFY
	send    chan struct{}
	every   time.Duration // wakeEvery

	mu    sync.Mutex
	bells map[chan struct{}]struct{}
}

// startWaking makes the store ready to wake and be woken.
func (s *Store) startWaking() {
	w := &s.wake
	w.ctx, w.stop = context.WithCancel(context.Background())
	w.local, w.send = make(chan struct{}, 1), make(chan struct{}, 1)
	w.every, w.bells = wakeEvery, map[chan struct{}]struct{}{}
	if s.Postgres() {
		w.tasks.Go(s.notify)
	}
}

func (s *Store) stopWaking() {
	s.wake.mu.Lock() // nobody begins to watch any more
	s.wake.stop()
	s.wake.mu.Unlock()
	s.wake.tasks.Wait()
}

// Changes returns a channel that is rung after commits, of this process and of
// others, and now and then without any; rings that nobody has taken yet are one.
// The function ends it.
func (s *Store) Changes() (<-chan struct{}, func()) {
	w, bell := &s.wake, make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bells[bell] = struct{}{}
	if w.ctx.Err() == nil && w.watched.CompareAndSwap(false, true) {
		w.tasks.Go(s.watch)
	}
	return bell, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.bells, bell)
	}
}

// committed is called after each commit.
func (w *wake) committed() {
	if w.watched.Load() {
		ring(w.local)
	}
	if !w.unsent.Load() && w.unsent.CompareAndSwap(false, true) {
		ring(w.send)
	}
}

func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// watch rings the bells until the store is closed.
func (s *Store) watch() {
	w := &s.wake
	var heard <-chan *pq.Notification // nil, and silent, on SQLite
	if s.Postgres() {
		heard = w.listen(s.url.dsn)
	}
	poll := time.NewTicker(w.every)
	defer poll.Stop()
	again := time.NewTimer(wakeAgain)
	defer again.Stop()
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.local:
			again.Reset(wakeAgain)
		case <-heard: // nil after a lost connection, when something may have been missed
			again.Reset(wakeAgain)
		case <-again.C:
		case <-poll.C:
		}
		w.mu.Lock()
		for bell := range w.bells {
			ring(bell)
		}
		w.mu.Unlock()
		pause(w.ctx, wakeGap)
	}
}

// listen returns what other replicas say. The listener replaces a connection that
// is lost; one that died in silence is found by asking it for a sign of life.
// Nobody waits for its end, for it may be trying to connect.
func (w *wake) listen(dsn string) <-chan *pq.Notification {
	l := pq.NewListener(dsn, 100*time.Millisecond, 5*time.Second, nil)
	context.AfterFunc(w.ctx, func() { _ = l.Close() })
	go func() {
		if l.Listen(wakeChannel) != nil {
			return // closed meanwhile
		}
		ring(w.local) // for what happened before
		check := time.NewTicker(listenCheck)
		defer check.Stop()
		for {
			select {
			case <-w.ctx.Done():
				return
			case <-check.C:
				_ = l.Ping()
			}
		}
	}()
	return l.NotificationChannel()
}

// notify tells other replicas of commits, in a transaction of its own: in that of
// a change NOTIFY would make all commits wait for one another. It has a
// connection of its own, which doesn't wait for the disk and is given back when
// nothing is written for a while. A failure is made good by those who look by
// themselves.
func (s *Store) notify() {
	connector, err := pq.NewConnector(s.url.dsn)
	if err != nil {
		return
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	db.SetConnMaxIdleTime(time.Minute)
	w := &s.wake
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.send:
		}
		w.unsent.Store(false) // what commits from here on needs another
		ctx, cancel := context.WithTimeout(w.ctx, notifyLimit)
		_, _ = db.ExecContext(ctx, "SET LOCAL synchronous_commit = off; NOTIFY "+wakeChannel)
		cancel()
		pause(w.ctx, wakeGap)
	}
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
