package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// What one request may cost.
const (
	maxBody       = 8 << 20 // bytes; an import of 5000 people comes as a variable
	maxTokens     = 10_000  // of the document
	maxCost       = 100_000 // values; see cost.go
	maxDepth      = 12
	maxRootFields = 30
	maxErrors     = 20

	queryTime    = 5 * time.Second
	mutationTime = 60 * time.Second
	bulkTime     = 50 * time.Second // for a mutation of many people; the rest is for its answer
)

// Options are what a Server needs.
type Options struct {
	Store     *store.Store
	Directory *directory.Directory
	Access    *access.Access
	SignOns   *access.SignOns
	// SignOnAddresses are what an identity provider has to be told of a connection.
	SignOnAddresses func(connection uuid.UUID) *SignOnAddresses
	// ImportSAML reads the metadata of a SAML provider, a document or where one is, and
	// says what to watch about it.
	// A *fault.Error says what is wrong with it.
	ImportSAML func(ctx context.Context, document, address string) (schema.SignOnSettings, []string, error)
	// PinSAML reads certificates of a SAML provider, and says what to watch about them. A
	// *fault.Error says what is wrong with them.
	PinSAML func(certificates []string) (pinned, warnings []string, err error)
	// Discover asks an OpenID Connect provider whether it is there, for a sentence
	// against it, "" for none. A *fault.Error says what can't be right. nil: nobody asks.
	Discover func(ctx context.Context, s schema.SignOnSettings) (warning string, err error)
	// LookupTXT asks DNS for TXT records.
	LookupTXT directory.LookupTXT
	// PublicURL is the scheme and host of every link in an answer.
	PublicURL string
	// RateLimit is how many requests a second a caller may send for long; 0: no limit.
	RateLimit float64
	// Filter compiles a SCIM filter into a condition on the table users, for the
	// actor's organization. A *fault.Error says what is wrong with the text.
	Filter func(ctx context.Context, text string) (func(*sql.Builder), error)
	// Inside is the scheme and host under which the server reaches itself, for
	// rehearsals: between that and PublicURL there may be a proxy with its own limits.
	Inside string
	// Observe is told of each request: query, mutation, subscription or none, and
	// OK or the code of the first error. nil: nobody wants to know.
	Observe func(operation, outcome string)
	Log     *slog.Logger // nil: nothing is logged
}

// Server answers GraphQL requests.
type Server struct {
	*Resolver
	handler *handler.Server
	origins *http.CrossOriginProtection
	limits  *limiter
	streams *streams
	observe func(operation, outcome string)
}

// New returns the door. It panics when a field of the schema has no rule, for
// the schema is part of the program.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r := &Resolver{store: o.Store, directory: o.Directory, access: o.Access,
		signOns: o.SignOns, signOnAddresses: o.SignOnAddresses, importSAML: o.ImportSAML, pinSAML: o.PinSAML, discover: o.Discover, lookupTXT: o.LookupTXT,
		publicURL: strings.TrimSuffix(o.PublicURL, "/"), filter: o.Filter, log: o.Log,
		boards: healthBoards{of: map[uuid.UUID]*healthBoard{}}, rehearsals: newRehearsals(o.Inside)}
	executable := NewExecutableSchema(Config{Resolvers: r})
	rules, err := rulesOf(executable.Schema())
	if err != nil {
		panic(err)
	}
	s := &Server{Resolver: r, handler: handler.New(executable), origins: http.NewCrossOriginProtection(), limits: newLimiter(o.RateLimit), streams: newStreams()}
	_ = s.origins.AddTrustedOrigin(r.publicURL) // behind a proxy the Host may be another; New's caller has checked the URL
	if s.observe = o.Observe; s.observe == nil {
		s.observe = func(string, string) {}
	}
	h := s.handler
	h.AddTransport(transport.SSE{KeepAlivePingInterval: pingEvery})
	h.AddTransport(transport.POST{})
	h.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	h.SetParserTokenLimit(maxTokens)
	h.SetErrorPresenter(s.present)
	h.SetRecoverFunc(s.recovered)
	h.Use(extension.Introspection{})
	h.Use(repetition{})
	h.Use(budget{})
	h.AroundOperations(s.operation)
	h.AroundResponses(s.count)
	h.AroundFields(rules.check)
	return s
}

// request is what resolvers know of the HTTP request.
type request struct {
	grant  *access.Grant
	id     uuid.UUID // the reference in error answers and in Events
	scopes []string  // of the caller now
	loader *loader
	writer *streamWriter // nil unless the answer is a stream
	header http.Header   // of the answer
}

// clear has the browser forget a cookie. The head of a stream is gone already.
func (r *request) clear(cookie string) {
	if r.writer != nil {
		return
	}
	r.header.Add("Set-Cookie", (&http.Cookie{Name: cookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode}).String())
}

type requestKey struct{}

func requestOf(ctx context.Context) *request { return ctx.Value(requestKey{}).(*request) }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	if hr.Method != http.MethodPost {
		h.Set("Allow", http.MethodPost)
		s.refuse(w, http.StatusMethodNotAllowed, codeBadRequest, "GraphQL is asked by POST, with the operation as JSON in the body")
		return
	}
	if kind, _, err := mime.ParseMediaType(hr.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		s.refuse(w, http.StatusUnsupportedMediaType, codeBadRequest, "Send the operation as application/json")
		return
	}
	if err := s.origins.Check(hr); err != nil {
		s.refuse(w, http.StatusForbidden, codeForbidden, "The request came from a page of another site and was refused")
		return
	}
	grant, err := s.authenticate(hr)
	if errors.Is(err, errTooManyWrong) {
		h.Set("Retry-After", "60")
		s.refuse(w, http.StatusTooManyRequests, codeTooManyRequests, "Many tokens that don't work came from your address within a minute; send the right one, or wait a minute")
		return
	}
	if isUnclear(err) {
		s.log.ErrorContext(hr.Context(), "graphql: look at a credential", "err", err)
		h.Set("Retry-After", "5")
		s.refuse(w, http.StatusServiceUnavailable, codeInternal, "The server can't tell at the moment who you are; try again")
		return
	}
	if err != nil {
		h.Set("WWW-Authenticate", `Bearer realm="GraphQL"`)
		s.refuse(w, http.StatusUnauthorized, codeUnauthenticated, "Sign in, or send a token that works: Authorization: Bearer …")
		return
	}
	if !s.limits.allow(grant) {
		h.Set("Retry-After", "1")
		s.refuse(w, http.StatusTooManyRequests, codeTooManyRequests, "Too many requests; wait a second and go on")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, hr.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		s.refuse(w, http.StatusRequestEntityTooLarge, codeTooLarge, "The request is larger than 8 MiB")
		return
	}
	if err != nil {
		s.refuse(w, http.StatusBadRequest, codeBadRequest, "The request could not be read to its end")
		return
	}
	r := &request{grant: grant, scopes: grant.Scopes(), id: schema.NewID(), loader: newLoader(s.Resolver), header: h}
	a := grant.Actor()
	a.Request = r.id
	ctx := context.WithValue(actor.With(hr.Context(), a), requestKey{}, r)
	hr = hr.WithContext(ctx)
	hr.Body = io.NopCloser(bytes.NewReader(body))
	if wantsStream(hr) {
		r.writer = newStreamWriter(w)
		defer r.writer.end()
		w = r.writer
	}
	s.handler.ServeHTTP(w, hr)
}

var (
	errNoCredential = errors.New("no credential")
	errTooManyWrong = errors.New("many tokens that are none came from this address")
)

// isUnclear says whether err leaves open who asks: the credential could not be
// looked up.
func isUnclear(err error) bool {
	return err != nil && !isOut(err) && !errors.Is(err, errNoCredential) && !errors.Is(err, errTooManyWrong)
}

// authenticate lets in who has an API or operator token, a set-up link, or a session. A refusal
// stands in the log, up to the limit of its address. Beyond it what never was a
// token is told to wait; one that has ended, and a browser whose session has,
// still hear so.
func (s *Server) authenticate(hr *http.Request) (*access.Grant, error) {
	grant, err := s.grantOf(hr)
	why, refused := errors.AsType[*access.Refused](err)
	switch address := addressOf(hr); {
	case !refused:
	case s.access.WorthNoting(address):
		s.log.InfoContext(hr.Context(), "graphql credential refused", "reason", why.Reason, "organization", why.Organization, "token", why.Token, "client", address)
	case why.Token == uuid.Nil && hr.Header.Get("Authorization") != "":
		return nil, errTooManyWrong
	}
	return grant, err
}

func (s *Server) grantOf(hr *http.Request) (*access.Grant, error) {
	if headers := hr.Header.Values("Authorization"); len(headers) > 0 {
		secret, bearer := strings.CutPrefix(headers[0], "Bearer ")
		if len(headers) != 1 || !bearer {
			return nil, errNoCredential
		}
		kind := token.KindAPI
		switch {
		case access.IsOperator(secret):
			kind = token.KindOperator
		case access.IsSetup(secret):
			kind = token.KindSetup
		}
		g, err := s.access.Authenticate(hr.Context(), secret, kind)
		if err == nil && kind == token.KindSetup {
			return g, s.access.UsedSetUp(hr.Context(), g, s.store.Now(), addressOf(hr), hr.UserAgent())
		}
		if err == nil {
			s.access.Used(g, s.store.Now(), addressOf(hr), hr.UserAgent())
		}
		return g, err
	}
	cookie, err := hr.Cookie(access.SessionCookie)
	if err != nil {
		return nil, errNoCredential
	}
	return s.access.AuthenticateSession(hr.Context(), cookie.Value)
}

// refuse answers what never came to be an operation, in GraphQL's form.
func (s *Server) refuse(w http.ResponseWriter, status int, code, message string) {
	s.observe(noOperation, code)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"errors": []any{map[string]any{"message": message, "extensions": map[string]any{"code": code}}},
	})
}

// operation gives each operation its time.
func (s *Server) operation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	r := requestOf(ctx)
	op.DisableIntrospection = len(r.scopes) == 0 || r.grant.IsSetUp()
	if op.Operation.Operation == ast.Subscription {
		s.observe(string(ast.Subscription), outcomeOK)
		return s.stream(ctx, next)
	}
	limit := queryTime
	if op.Operation.Operation == ast.Mutation {
		limit = mutationTime
	}
	respond := next(ctx)
	return func(ctx context.Context) *graphql.Response {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		response := respond(ctx)
		if response != nil && len(response.Errors) > maxErrors {
			response.Errors = response.Errors[:maxErrors]
		}
		return response
	}
}
