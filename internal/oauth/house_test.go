package oauth_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/oauth"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
	"github.com/rollcall/rollcall/scim"
)

// house is a server with the token endpoints and the SCIM service, over a clock
// that the test sets, and an identity provider that signs assertions.
type house struct {
	*testing.T
	store  *store.Store
	access *access.Access
	org    *ent.Organization
	conn   *ent.Connection
	server *httptest.Server
	issuer *issuer
	passed atomic.Int64
}

// onBoth runs a test on both databases.
func onBoth(t *testing.T, test func(h *house)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(open(t, storetest.SQLite(t), 1))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(open(t, storetest.Postgres(t), 8))
	})
}

func open(t *testing.T, database string, conns int) *house {
	t.Helper()
	h := &house{T: t}
	began := time.Now()
	s, err := store.Open(t.Context(), database, store.Options{MaxConns: conns, Clock: func() time.Time { return began.Add(time.Duration(h.passed.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	h.store, h.access = s, access.New(s)
	h.org, h.conn = storetest.Organization(t, s, "acme")
	h.issuer = newIssuer(t, s.Now)
	quiet := slog.New(slog.DiscardHandler)
	service := scim.New(scim.Options{Store: s, Directory: directory.New(s), Access: h.access, PublicURL: "https://rollcall.test", Key: make([]byte, 32), Log: quiet})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	mux := http.NewServeMux()
	mux.Handle("/scim/", service)
	mux.Handle("/oauth/", oauth.New(oauth.Options{Store: s, Access: h.access, Client: h.issuer.server.Client(), Log: quiet}))
	h.server = httptest.NewServer(mux)
	t.Cleanup(func() {
		h.server.Close()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return h
}

// pass lets time go by.
func (h *house) pass(d time.Duration) { h.passed.Add(int64(d)) }

func (h *house) write(fn func(context.Context, *store.Tx) error) {
	h.Helper()
	if err := h.store.Write(actor.InOrg(h.Context(), h.org.ID), fn); err != nil {
		h.Fatal(err)
	}
}

// client makes a client of a connection.
func (h *house) client(conn *ent.Connection) (made *ent.ScimClient) {
	h.Helper()
	if err := h.store.Write(actor.InOrg(h.Context(), conn.OrgID), func(ctx context.Context, tx *store.Tx) (err error) {
		made, err = h.access.CreateScimClient(ctx, tx, access.NewScimClient{Connection: conn.ID, Name: "entra", TokenMinutes: 60})
		return err
	}); err != nil {
		h.Fatal(err)
	}
	return made
}

// secret gives a client a secret.
func (h *house) secret(c *ent.ScimClient) (secret string) {
	h.Helper()
	if err := h.store.Write(actor.InOrg(h.Context(), c.OrgID), func(ctx context.Context, tx *store.Tx) (err error) {
		secret, _, err = h.access.AddScimSecret(ctx, tx, c.ID, 0)
		return err
	}); err != nil {
		h.Fatal(err)
	}
	return secret
}

// federate lets a client present the issuer's assertions.
func (h *house) federate(c *ent.ScimClient) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := h.access.SetFederation(ctx, tx, c.ID, &access.Federation{Issuer: h.issuer.url, Subject: subject, Audience: audience})
		return err
	})
}

func (h *house) revoke(c *ent.ScimClient) {
	h.Helper()
	h.write(func(ctx context.Context, tx *store.Tx) error {
		_, err := h.access.RevokeScimClient(ctx, tx, c.ID)
		return err
	})
}

// reload is a client as it is now.
func (h *house) reload(c *ent.ScimClient) *ent.ScimClient {
	h.Helper()
	now, err := h.store.Read().ScimClient.Get(actor.InOrg(h.Context(), c.OrgID), c.ID)
	if err != nil {
		h.Fatal(err)
	}
	return now
}

// tokenURL is the token endpoint of a connection of the house's organization.
func (h *house) tokenURL(conn uuid.UUID) string {
	return access.TokenURL(h.server.URL, access.TokenPlace{Slug: h.org.Slug, Connection: conn})
}

// reply is the answer of a token endpoint.
type reply struct {
	status  int
	header  http.Header
	text    string
	token   string
	seconds int
	problem string
}

// post asks for a token with a form; authorize may change the request.
func (h *house) post(address string, form url.Values, authorize func(*http.Request)) reply {
	h.Helper()
	request, err := http.NewRequestWithContext(h.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		h.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if authorize != nil {
		authorize(request)
	}
	return h.send(request)
}

func (h *house) send(request *http.Request) (r reply) {
	h.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		h.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		h.Fatal(err)
	}
	r.status, r.header, r.text = response.StatusCode, response.Header, string(text)
	var body struct {
		Token   string `json:"access_token"`
		Seconds int    `json:"expires_in"`
		Error   string `json:"error"`
	}
	if err := json.Unmarshal(text, &body); err != nil {
		h.Fatalf("the answer is no JSON: %s", text)
	}
	r.token, r.seconds, r.problem = body.Token, body.Seconds, body.Error
	if r.header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(r.header.Get("Content-Type"), "application/json") {
		h.Errorf("%d with %v", r.status, r.header)
	}
	return r
}

// grant is the form that every client sends.
func grant(more ...string) url.Values {
	form := url.Values{"grant_type": {"client_credentials"}}
	for i := 0; i+1 < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return form
}

func asserting(assertion string) url.Values {
	return grant("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", "client_assertion", assertion)
}

// present asks for a token with a secret.
func (h *house) present(c *ent.ScimClient, secret string) reply {
	h.Helper()
	return h.post(h.tokenURL(c.ConnectionID), grant("client_id", c.ID.String(), "client_secret", secret), nil)
}

// assert asks for a token with an assertion.
func (h *house) assert(assertion string) reply {
	h.Helper()
	return h.post(h.tokenURL(h.conn.ID), asserting(assertion), nil)
}

// granted expects a token.
func (h *house) granted(r reply) string {
	h.Helper()
	if r.status != http.StatusOK || r.token == "" {
		h.Fatalf("%d: %s", r.status, r.text)
	}
	return r.token
}

// invalidClient expects the answer to a wrong credential.
func (h *house) invalidClient(r reply) {
	h.Helper()
	if r.status != http.StatusUnauthorized || r.problem != "invalid_client" || r.header.Get("WWW-Authenticate") == "" || r.token != "" {
		h.Fatalf("%d: %s", r.status, r.text)
	}
}

// scim is the status of a read with an access token.
func (h *house) scim(token string) int {
	h.Helper()
	request, err := http.NewRequestWithContext(h.Context(), http.MethodGet, h.server.URL+"/scim/v2/acme/Users?count=1", nil)
	if err != nil {
		h.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		h.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// refusals are the reasons that the provisioning log of the organization has.
func (h *house) refusals() (reasons []string) {
	h.Helper()
	rows, err := h.store.Read().ProvisioningLog.Query().Where(provisioninglog.Operation("Refused a credential")).
		Order(provisioninglog.ByID()).All(actor.InOrg(h.Context(), h.org.ID))
	if err != nil {
		h.Fatal(err)
	}
	for _, row := range rows {
		reasons = append(reasons, row.Detail)
	}
	return reasons
}
