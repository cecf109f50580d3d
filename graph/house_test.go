package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/graph"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
	"github.com/rollcall/rollcall/scim"
)

// house is a server with one organization, asked over HTTP.
type house struct {
	*testing.T
	store     *store.Store
	directory *directory.Directory
	access    *access.Access
	signOns   *access.SignOns
	dns       map[string][]string // TXT records of DNS
	discover  func(schema.SignOnSettings) (warning string, err error)
	server    *httptest.Server
	org       *ent.Organization
	conn      *ent.Connection
	passed    *atomic.Int64
	sent      *recorder

	provisioning *scim.Server
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(h *house)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(newHouse(t, storetest.SQLite(t), 1)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(newHouse(t, storetest.Postgres(t), 8)) })
}

func newHouse(t *testing.T, url string, conns int) *house {
	t.Helper()
	h := &house{T: t, passed: new(atomic.Int64), sent: new(recorder)}
	began := time.Now()
	clock := func() time.Time { return began.Add(time.Duration(h.passed.Load())) }
	s, err := store.Open(t.Context(), url, store.Options{MaxConns: conns, Clock: clock, Trace: h.sent.note})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h.store, h.directory, h.access = s, directory.New(s), access.New(s)
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	h.provisioning = scim.New(scim.Options{Store: s, Directory: h.directory, Access: h.access,
		PublicURL: "https://rollcall.test", Key: bytes.Repeat([]byte{7}, 32), Log: log})
	mux := http.NewServeMux()
	mux.Handle("/scim/", h.provisioning)
	h.server = httptest.NewServer(mux)
	t.Cleanup(h.server.Close)
	box, err := seal.New(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	h.discover = func(schema.SignOnSettings) (string, error) { return "", nil }
	h.signOns, h.dns = access.NewSignOns(s, box), map[string][]string{}
	api := graph.New(graph.Options{Store: s, Directory: h.directory, Access: h.access, SignOns: h.signOns,
		SignOnAddresses: func(connection uuid.UUID) *graph.SignOnAddresses {
			return &graph.SignOnAddresses{RedirectURI: "https://rollcall.test/signin/oidc/" + connection.String() + "/callback"}
		},
		ImportSAML: sso.ImportSAML(outbound.New(nil), s.Now), PinSAML: sso.PinSAML(s.Now),
		Discover:  func(_ context.Context, s schema.SignOnSettings) (string, error) { return h.discover(s) },
		LookupTXT: func(_ context.Context, name string) ([]string, error) { return h.dns[name], nil },
		PublicURL: "https://rollcall.test", Inside: h.server.URL, Filter: h.provisioning.UserFilter, Log: log})
	mux.Handle("/graphql", api)
	mux.Handle("/download/", api.Download())
	h.org, h.conn = h.organization("acme")
	return h
}

// organization makes an organization with its default connection.
func (h *house) organization(slug string) (*ent.Organization, *ent.Connection) {
	h.Helper()
	org, conn, err := h.directory.CreateOrganization(h.Context(), slug, "The "+slug+" company")
	if err != nil {
		h.Fatal(err)
	}
	return org, conn
}

// settle writes what waits to be logged and counted, as it happens by itself while
// a server runs.
func (h *house) settle() {
	h.Helper()
	done, stop := context.WithCancel(h.Context())
	stop()
	if err := h.provisioning.Run(done); err != nil {
		h.Fatal(err)
	}
}

// pass lets time go by.
func (h *house) pass(d time.Duration) { h.passed.Add(int64(d)) }

// in is a context in which Rollcall itself works for an organization.
func (h *house) in(org uuid.UUID) context.Context { return actor.InOrg(h.Context(), org) }

// write does something in the name of Rollcall itself.
func (h *house) write(org uuid.UUID, do func(context.Context, *store.Tx) error) {
	h.Helper()
	if err := h.store.Write(h.in(org), do); err != nil {
		h.Fatal(err)
	}
}

// person makes a local person of the house's organization.
func (h *house) person(userName string, role user.Role) *ent.User {
	h.Helper()
	return h.personIn(h.org.ID, userName, role)
}

func (h *house) personIn(org uuid.UUID, userName string, role user.Role) (u *ent.User) {
	h.Helper()
	h.write(org, func(ctx context.Context, tx *store.Tx) (err error) {
		u, err = h.directory.CreateLocal(ctx, tx, directory.Local{UserName: userName, Email: userName, Role: role})
		return err
	})
	return u
}

// caller is a credential.
type caller struct{ header, value string }

// as signs in a new person of that role, by a session.
func (h *house) as(role user.Role) caller {
	h.Helper()
	return h.session(h.person("someone"+schema.NewID().String()[24:]+"@acme.test", role))
}

// session signs a person in.
func (h *house) session(u *ent.User) caller {
	h.Helper()
	var secret string
	h.write(u.OrgID, func(ctx context.Context, tx *store.Tx) (err error) {
		secret, _, err = h.access.StartSession(ctx, tx, u, access.NewSession{Method: session.MethodLINK})
		return err
	})
	return caller{"Cookie", access.SessionCookie + "=" + secret}
}

// with is an API token of the house's organization.
func (h *house) with(scopes ...string) caller {
	h.Helper()
	return h.token(h.org.ID, access.NewToken{Kind: token.KindAPI, Name: "test", Scopes: scopes})
}

// operator is an operator token.
func (h *house) operator() caller {
	h.Helper()
	return h.token(actor.Installation, access.NewToken{Kind: token.KindOperator, Name: "billing"})
}

// setUp is a set-up link of the house's organization, made by Rollcall itself.
func (h *house) setUp(connection uuid.UUID) caller {
	h.Helper()
	return h.token(h.org.ID, access.NewToken{Kind: token.KindSetup, Connection: connection, Name: "IT"})
}

func (h *house) token(org uuid.UUID, n access.NewToken) caller {
	h.Helper()
	var secret string
	h.write(org, func(ctx context.Context, tx *store.Tx) (err error) {
		secret, _, err = h.access.CreateToken(ctx, tx, n)
		return err
	})
	return caller{"Authorization", "Bearer " + secret}
}

// vars are the variables of an operation.
type vars map[string]any

// reply is what came back.
type reply struct {
	*testing.T
	status int
	header http.Header
	text   []byte
	Data   map[string]any
	Errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
}

// ask sends an operation.
func (h *house) ask(c caller, operation string, v vars) *reply {
	h.Helper()
	body, err := json.Marshal(map[string]any{"query": operation, "variables": v})
	if err != nil {
		h.Fatal(err)
	}
	return h.post(c, http.Header{"Content-Type": {"application/json"}}, body)
}

// do sends a request as somebody, and reads the whole answer.
func (h *house) do(c caller, hr *http.Request) (*http.Response, []byte) {
	h.Helper()
	if c.header != "" {
		hr.Header.Set(c.header, c.value)
	}
	answer, err := h.server.Client().Do(hr)
	if err != nil {
		h.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		h.Fatal(err)
	}
	return answer, text
}

func (h *house) post(c caller, header http.Header, body []byte) *reply {
	h.Helper()
	hr, err := http.NewRequestWithContext(h.Context(), http.MethodPost, h.server.URL+"/graphql", bytes.NewReader(body))
	if err != nil {
		h.Fatal(err)
	}
	hr.Header = header.Clone()
	answer, text := h.do(c, hr)
	r := &reply{T: h.T, status: answer.StatusCode, header: answer.Header, text: text}
	if err := json.Unmarshal(r.text, r); err != nil {
		h.Fatalf("status %d, no JSON: %s", r.status, r.text)
	}
	return r
}

// ok expects an answer without errors.
func (r *reply) ok() *reply {
	r.Helper()
	if len(r.Errors) > 0 || r.status != http.StatusOK {
		r.Fatalf("status %d: %s", r.status, r.text)
	}
	return r
}

// refused expects a first error with the code.
func (r *reply) refused(code string) *reply {
	r.Helper()
	if len(r.Errors) == 0 || r.Errors[0].Extensions["code"] != code {
		r.Fatalf("want %s, got status %d: %s", code, r.status, r.text)
	}
	return r
}

// at walks into the data: names of members and indexes of lists.
func (r *reply) at(path ...any) any {
	r.Helper()
	var v any = r.Data
	for _, p := range path {
		switch p := p.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[p]
		case int:
			list, _ := v.([]any)
			if p >= len(list) {
				r.Fatalf("%v has no %d: %s", path, p, r.text)
			}
			v = list[p]
		}
	}
	return v
}

// is expects a value in the data.
func (r *reply) is(want any, path ...any) *reply {
	r.Helper()
	got, _ := json.Marshal(r.at(path...))
	wanted, _ := json.Marshal(want)
	if !bytes.Equal(got, wanted) {
		r.Errorf("%v is %s, want %s", path, got, wanted)
	}
	return r
}

// statements is how many statements something costs the database.
func (h *house) statements(do func()) int {
	before := h.store.Statements()
	do()
	return int(h.store.Statements() - before)
}
