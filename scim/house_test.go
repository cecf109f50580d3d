package scim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/rollcall/rollcall/ent"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
	"github.com/rollcall/rollcall/scim"
)

// house is a running service over a database, with one organization.
type house struct {
	*testing.T
	store     *store.Store
	directory *directory.Directory
	access    *access.Access
	server    *httptest.Server
	stop      func()
	logs      *notes // what the server has logged
	tenant
}

// notes is a text that several may write to.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// tenant is one organization with its connection and a token.
type tenant struct {
	org   *ent.Organization
	conn  *ent.Connection
	token string
	base  string
}

// onBoth runs test with a house on SQLite and on PostgreSQL.
func onBoth(t *testing.T, test func(h *house)) {
	t.Helper()
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) { test(open(t, s)) })
}

func open(t *testing.T, s *store.Store) *house {
	t.Helper()
	h := &house{T: t, store: s, directory: directory.New(s), access: access.New(s), logs: new(notes)}
	h.serve()
	h.tenant = h.newTenant("acme")
	return h
}

// serve starts the service.
func (h *house) serve() {
	service := scim.New(scim.Options{
		Store: h.store, Directory: h.directory, Access: h.access, PublicURL: "https://rollcall.test",
		Key: bytes.Repeat([]byte{7}, 32), Log: slog.New(slog.NewTextHandler(h.logs, nil)),
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	h.server = httptest.NewServer(service)
	stopped := false
	h.stop = func() { // the log is complete afterwards
		if !stopped {
			stopped = true
			h.server.Close()
			cancel()
			if err := <-done; err != nil {
				h.Error(err)
			}
		}
	}
	h.Cleanup(h.stop)
}

func (h *house) newTenant(slug string) tenant {
	h.Helper()
	org, conn := storetest.Organization(h.T, h.store, slug)
	return tenant{org: org, conn: conn, token: h.newToken(org, conn), base: h.server.URL + "/scim/v2/" + slug}
}

func (h *house) newToken(org *ent.Organization, conn *ent.Connection) string {
	h.Helper()
	var secret string
	h.write(actor.InOrg(h.Context(), org.ID), func(ctx context.Context, tx *store.Tx) (err error) {
		secret, _, err = h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: conn.ID, Name: "test"})
		return err
	})
	return secret
}

func (h *house) write(ctx context.Context, fn func(context.Context, *store.Tx) error) {
	h.Helper()
	if err := h.store.Write(ctx, fn); err != nil {
		h.Fatal(err)
	}
}

// inOrg is a context in which the test itself works for the organization.
func (h *house) inOrg() context.Context { return actor.InOrg(context.Background(), h.org.ID) }

// set changes the connection's settings and makes them known at once.
func (h *house) set(change func(*entschema.ConnectionSettings)) {
	h.Helper()
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		_, err := h.directory.SetConnection(ctx, tx, h.conn.Name, change)
		return err
	})
	h.token = h.newToken(h.org, h.conn) // settings are cached with a token, for a second
}

// reply is an answer with its body decoded.
type reply struct {
	*house
	status int
	header http.Header
	text   string
	body   map[string]any
}

// do sends a request with the tenant's token. A body that is a string goes out
// as it is, anything else as JSON.
func (h *house) do(method, path string, body any, header ...string) *reply {
	h.Helper()
	return h.as(h.tenant, method, path, body, header...)
}

func (h *house) as(t tenant, method, path string, body any, header ...string) *reply {
	h.Helper()
	var reader io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			h.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(h.Context(), method, t.base+path, reader)
	if err != nil {
		h.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+t.token)
	if body != nil {
		req.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i+1] == "" {
			req.Header.Del(header[i])
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	return h.send(req)
}

// send sends a request as it is.
func (h *house) send(req *http.Request) *reply {
	h.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	r := &reply{house: h, status: res.StatusCode, header: res.Header, text: string(text)}
	_ = json.Unmarshal(text, &r.body)
	return r
}

// want fails the test unless the answer has the status.
func (r *reply) want(status int) *reply {
	r.Helper()
	if r.status != status {
		r.Fatalf("status %d, want %d: %s", r.status, status, r.text)
	}
	return r
}

// refused fails the test unless the answer is a SCIM error of that kind whose
// detail contains the words.
func (r *reply) refused(status int, scimType, words string) *reply {
	r.Helper()
	r.want(status)
	if got, _ := r.body["scimType"].(string); got != scimType {
		r.Fatalf("scimType %q, want %q: %s", got, scimType, r.text)
	}
	if detail, _ := r.body["detail"].(string); !strings.Contains(detail, words) {
		r.Fatalf("detail %q says nothing of %q", detail, words)
	}
	return r
}

func (r *reply) id() string {
	r.Helper()
	id, ok := r.body["id"].(string)
	if !ok {
		r.Fatalf("no id in %s", r.text)
	}
	return id
}

// at walks the decoded body: names of objects, indexes of lists.
func (r *reply) at(path ...any) any {
	var v any = r.body
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = object[s]
		case int:
			list, _ := v.([]any)
			if s >= len(list) {
				return nil
			}
			v = list[s]
		}
	}
	return v
}

// find runs a filter and returns the answer.
func (h *house) find(endpoint, filter string) *reply {
	h.Helper()
	return h.do(http.MethodGet, endpoint+"?filter="+queryEscape(filter), nil)
}

func queryEscape(s string) string {
	return strings.NewReplacer(" ", "+", `"`, "%22", "+", "%2B", "&", "%26", "#", "%23", "%", "%25").Replace(s)
}

// patch wraps operations into a PatchOp.
func patch(ops ...map[string]any) map[string]any {
	return map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": ops}
}

func op(kind, path string, value any) map[string]any {
	o := map[string]any{"op": kind}
	if path != "" {
		o["path"] = path
	}
	if value != nil {
		o["value"] = value
	}
	return o
}

// person is the body of the user that Entra would create.
func person(name string) map[string]any {
	return map[string]any{
		"schemas":    []string{"urn:ietf:params:scim:schemas:core:2.0:User", enterprise},
		"externalId": "ext-" + name, "userName": name + "@example.test", "active": true, "displayName": strings.ToUpper(name[:1]) + name[1:],
		"emails": []any{map[string]any{"primary": true, "type": "work", "value": name + "@example.test"}},
		"meta":   map[string]any{"resourceType": "User"}, "roles": []any{},
		"name":     map[string]any{"formatted": name + " Example", "givenName": name, "familyName": "Example"},
		enterprise: map[string]any{"department": "Yard", "employeeNumber": "77"},
	}
}

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

// create makes a person and returns the id.
func (h *house) create(name string) string {
	h.Helper()
	return h.do(http.MethodPost, "/Users", person(name)).want(http.StatusCreated).id()
}
