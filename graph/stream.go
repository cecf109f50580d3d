package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/fault"
)

const (
	eventStream  = "text/event-stream"
	maxStreams   = 20                     // of one token or session
	recheckEvery = 2 * time.Second        // that the caller of a stream is still let in, when nothing has changed
	recheckGap   = 200 * time.Millisecond // between two looks, when much changes
	pingEvery    = 10 * time.Second       // so that a reader who is gone is noticed
	readerTime   = 30 * time.Second       // for a reader to take what is sent; then it is cut off, and resumes by its cursor
	farewellTime = time.Second            // for the end of a stream to be taken
	maxBackOff   = 5 * time.Second        // between attempts while the database doesn't answer
)

// streams counts the streams of each caller, and ends all of them.
type streams struct {
	ctx   context.Context // ends when the server is about to stop
	close context.CancelFunc
	mu    sync.Mutex
	of    map[uuid.UUID]int
}

func newStreams() *streams {
	s := &streams{of: map[uuid.UUID]int{}}
	s.ctx, s.close = context.WithCancel(context.Background())
	return s
}

// Close ends all streams, those that begin later too, and rehearsals: the server is about to
// stop, and would wait for them.
func (s *Server) Close() {
	s.streams.close()
	s.rehearsals.close()
}

func (s *streams) enter(caller uuid.UUID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[caller] >= maxStreams {
		return false
	}
	s.of[caller]++
	return true
}

func (s *streams) leave(caller uuid.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[caller]--; s.of[caller] == 0 {
		delete(s.of, caller)
	}
}

// stream begins a subscription. It ends when its reader hangs up, when its caller
// is no longer let in, or with Close.
func (s *Server) stream(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	r := requestOf(ctx)
	if r.writer == nil {
		return refuseOperation(codeBadRequest, "A subscription is answered as a stream: send the header Accept: "+eventStream)
	}
	caller := callerOf(r.grant)
	if !s.streams.enter(caller) {
		return refuseOperation(codeTooManyRequests, fmt.Sprintf("One token or session can have %d streams at a time: end one of them first", maxStreams))
	}
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(s.streams.ctx, cancel)
	context.AfterFunc(ctx, func() {
		unhook()
		s.streams.leave(caller)
		r.writer.hurry()
	})
	go s.recheck(ctx, cancel, r)
	return next(ctx)
}

func refuseOperation(code, message string) graphql.ResponseHandler {
	e := gqlerror.Errorf("%s", message)
	e.Extensions = map[string]any{"code": code}
	return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{e}})
}

// recheck ends a stream when its caller is no longer let in. It looks when
// something has changed, here or on another replica, and at times without: a
// session also grows old.
func (s *Server) recheck(ctx context.Context, cancel context.CancelFunc, r *request) {
	bell, stop := s.store.Changes()
	defer stop()
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-bell:
		case <-tick.C:
		}
		if isOut(s.access.Recheck(ctx, r.grant)) {
			cancel()
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(recheckGap):
		}
	}
}

// isOut says whether err means that a caller is no longer let in. While the
// database doesn't answer nobody knows, but nothing can be read either.
func isOut(err error) bool {
	return err != nil && (fault.CodeOf(err) == fault.Unauthenticated || ent.IsNotFound(err))
}

// follow returns a channel on which all comes that look finds: now, and whenever
// something may have changed, until ctx ends. look says whether there is more to
// be found at once; it is called again where it failed, so it moves on only when
// it has succeeded. While the reader is slow nothing is looked for. Nothing is
// sent that was found after the caller's credential had ended.
func follow[T any](ctx context.Context, r *Resolver, look func(context.Context) (found []T, more bool, err error)) <-chan T {
	out := make(chan T)
	bell, stop := r.store.Changes()
	go func() {
		defer close(out)
		defer stop()
		defer func() {
			if p := recover(); p != nil {
				r.log.ErrorContext(ctx, "graphql stream panicked", "err", p, "stack", string(debug.Stack()))
			}
		}()
		q := requestOf(ctx)
		recheck := func(ctx context.Context) error { return r.access.Recheck(ctx, q.grant) }
		for {
			var found []T
			var more bool
			if !r.insist(ctx, func(ctx context.Context) (err error) {
				q.loader.forget()
				found, more, err = look(ctx)
				return err
			}) {
				return
			}
			if len(found) > 0 && !r.insist(ctx, recheck) {
				return
			}
			for _, v := range found {
				select {
				case out <- v:
				case <-ctx.Done():
					return
				}
			}
			if more {
				continue
			}
			select {
			case <-bell:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// insist does something again until it succeeds; false when the stream is over.
func (r *Resolver) insist(ctx context.Context, do func(context.Context) error) bool {
	for pause := 50 * time.Millisecond; ; pause = min(2*pause, maxBackOff) {
		limited, cancel := context.WithTimeout(ctx, queryTime)
		err := do(limited)
		cancel()
		switch {
		case ctx.Err() != nil || isOut(err):
			return false
		case err == nil:
			return true
		}
		r.log.WarnContext(ctx, "a stream waits for the database", "request", requestOf(ctx).id, "err", err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
	}
}

// streamWriter answers with a stream. Each write has its time, so that a reader
// who takes nothing holds nothing, and none comes after the end of the request.
type streamWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	hurried atomic.Bool

	mu   sync.Mutex
	over bool
}

// newStreamWriter takes the request's own time limits away, which hold for short
// answers.
func newStreamWriter(w http.ResponseWriter) *streamWriter {
	s := &streamWriter{ResponseWriter: w, control: http.NewResponseController(w)}
	_ = s.control.SetReadDeadline(time.Time{})
	w.Header().Set("X-Accel-Buffering", "no") // for nginx in front of us
	return s
}

var errStreamOver = errors.New("the stream is over")

func (s *streamWriter) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return 0, errStreamOver
	}
	s.Header().Set("Cache-Control", "no-store")
	s.Header().Set("Connection", "close") // its deadlines are not for another request
	s.allow()
	return s.ResponseWriter.Write(p)
}

// Flush implements http.Flusher.
func (s *streamWriter) Flush() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.over {
		s.allow()
		_ = s.control.Flush()
	}
}

func (s *streamWriter) allow() {
	limit := readerTime
	if s.hurried.Load() {
		limit = farewellTime
	}
	_ = s.control.SetWriteDeadline(time.Now().Add(limit))
}

// hurry shortens the time of a write that is under way, and of the last ones.
func (s *streamWriter) hurry() {
	s.hurried.Store(true)
	_ = s.control.SetWriteDeadline(time.Now().Add(farewellTime))
}

// end keeps what comes too late from an answer that is complete.
func (s *streamWriter) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
}

// wantsStream says whether the answer is to be a stream.
func wantsStream(hr *http.Request) bool {
	return strings.Contains(hr.Header.Get("Accept"), eventStream)
}
