package scim

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Prefix is where the service lives: below it the organization's slug, then the
// SCIM endpoints.
const Prefix = "/scim/v2/"

// Options are what a Server needs.
type Options struct {
	Store     *store.Store
	Directory *directory.Directory
	Access    *access.Access
	PublicURL string  // scheme and host of every link in an answer
	RateLimit float64 // requests per second and token; 0 means none
	Key       []byte  // signs cursors
	Log       *slog.Logger
}

// Server answers SCIM requests.
type Server struct {
	store     *store.Store
	directory *directory.Directory
	access    *access.Access
	publicURL string
	log       *slog.Logger
	limits    *limiter
	cursors   cursorKey
	pages     *pageMemory
	types     *typeCache
	journal   *journal
	waiting   *waitingManagers
}

// New returns the service. Its log is only written while Run runs.
func New(o Options) *Server {
	return &Server{
		store: o.Store, directory: o.Directory, access: o.Access,
		publicURL: strings.TrimSuffix(o.PublicURL, "/"), log: o.Log,
		limits: newLimiter(o.RateLimit), cursors: newCursorKey(o.Key), pages: newPageMemory(),
		types: newTypeCache(), journal: newJournal(o.Store, o.Log), waiting: newWaitingManagers(),
	}
}

// Run writes queued log rows and gives late managers to those who wait, until
// ctx ends; then it writes what is left and returns.
func (s *Server) Run(ctx context.Context) error {
	sweep := time.NewTicker(time.Minute)
	defer sweep.Stop()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-ctx.Done():
				return
			case <-sweep.C:
				s.resolveManagers(ctx)
			}
		}
	}()
	err := s.journal.run(ctx)
	<-done
	return err
}

// Dropped is how many log rows, of reads and refusals, were not written since New:
// more came than could be written, or the database refused.
func (s *Server) Dropped() int64 { return s.journal.lost.Load() + s.journal.dropped.Load() }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	r := s.newRequest(hr)
	a := s.answer(w, r)
	a.write(w, hr.Method)
	s.finish(r, a)
}

// answer does the request. Whatever goes wrong becomes an error answer.
func (s *Server) answer(w http.ResponseWriter, r *request) (a *answer) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("scim panic", "request", r.id, "err", p, "stack", string(debug.Stack()))
			a = r.refusal(errPanic)
		}
	}()
	if r.reads("ServiceProviderConfig") { // public, so that a client can find out how to sign in
		return r.public(s.getProviderConfig)
	}
	if err := s.authenticate(r); err != nil {
		return r.refusal(err)
	}
	if err := s.limits.allow(r.Context(), r.grant.Credential()); err != nil {
		return r.refusal(err)
	}
	if err := r.readQuery(); err != nil {
		return r.refusal(err)
	}
	do, err := r.route()
	if err != nil {
		return r.refusal(err)
	}
	if err := r.readBody(w); err != nil {
		return r.refusal(err)
	}
	if a, err = do(s, r); err != nil {
		return r.refusal(err)
	}
	return a
}

// public answers without a credential.
func (r *request) public(do func(*request) (*answer, error)) *answer {
	if err := r.readQuery(); err != nil {
		return r.refusal(err)
	}
	a, err := do(r)
	if err != nil {
		return r.refusal(err)
	}
	return a
}

// authenticate lets a token in whose organization is the one in the path. Every
// failure has the same answer.
func (s *Server) authenticate(r *request) error {
	headers := r.http.Header.Values("Authorization")
	if len(headers) != 1 || !strings.HasPrefix(headers[0], "Bearer ") {
		r.entry.reason = "no bearer token"
		return errUnauthenticated
	}
	secret := strings.TrimPrefix(headers[0], "Bearer ")
	grant, err := s.access.Authenticate(r.Context(), secret, token.KindScim)
	switch {
	case err == nil:
	case fault.CodeOf(err) != fault.Unauthenticated: // it may be right: 401 would make Entra stop the job
		return &unclear{err}
	default:
		r.entry.refusedBy(err, secret)
		return errUnauthenticated.because(err)
	}
	if len(r.segments) == 0 || r.segments[0] != grant.Organization.Slug || grant.Connection == nil {
		r.entry.reason = "the token belongs to another organization than the address"
		r.entry.org, r.entry.connection, r.entry.token = grant.Organization.ID, grant.Token.ConnectionID, new(grant.Credential())
		return errUnauthenticated
	}
	r.admit(s, grant)
	s.access.Used(grant, r.start, r.entry.address, r.entry.client)
	return nil
}

// admit puts the actor of a grant into the request.
func (r *request) admit(s *Server, grant *access.Grant) {
	r.grant = grant
	r.conn = grant.Connection
	r.users, r.groups = s.types.of(grant)
	r.base = s.publicURL + Prefix + grant.Organization.Slug
	r.ctx = actor.With(r.ctx, actor.Actor{
		Kind: actor.Token, ID: grant.Credential(), Org: grant.Organization.ID, Connection: grant.Connection.ID, Request: r.id,
	})
	r.entry.org, r.entry.connection, r.entry.token = grant.Organization.ID, &grant.Connection.ID, new(grant.Credential())
	r.entry.cycle = s.journal.cycles.of(r.ctx, s.store, grant.Connection.ID, r.id, r.start)
	r.segments = r.segments[1:]
}

// finish counts the request and logs it: in the journal unless its transaction has done so,
// and as one line.
func (s *Server) finish(r *request, a *answer) {
	r.changed = r.changed && r.logged // and not rolled back
	s.journal.cycles.count(r, a.status)
	switch {
	case r.logged:
	case a.status == http.StatusUnauthorized && !s.access.WorthNoting(r.entry.address):
		s.journal.dropped.Add(1)
	default:
		s.journal.add(r.row(a), r.entry.slug)
	}
	if ctx := r.http.Context(); s.log.Enabled(ctx, slog.LevelInfo) {
		org := slog.Attr{} // left out when nobody is known
		if r.entry.org != actor.Installation {
			org = slog.String("org", r.entry.org.String())
		}
		s.log.LogAttrs(ctx, slog.LevelInfo, "scim",
			slog.String("request", r.id.String()), slog.String("method", r.http.Method),
			slog.String("path", clean(r.http.URL.Path, 1024)), slog.Int("status", a.status),
			org, slog.Int64("ms", s.store.Now().Sub(r.start).Milliseconds()))
	}
	if a.cause != nil {
		s.log.Error("scim request failed", "request", r.id, "err", a.cause)
	}
	s.noteSeen(r)
	if r.entry.org != actor.Installation && a.status < 300 && r.managerUnknown {
		s.waiting.add(r.entry.org)
	}
}
