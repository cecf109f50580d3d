package oauth_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

func TestSecretGetsATokenInBothWays(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		secret := h.secret(c)
		r := h.present(c, secret)
		if r.seconds != 3600 || !strings.HasPrefix(r.token, "rcs_") || !contains(r.text, `"token_type":"Bearer"`) || r.header.Get("Pragma") != "no-cache" {
			h.Errorf("%s", r.text)
		}
		basic := h.post(h.tokenURL(h.conn.ID), grant("scope", "anything"), func(r *http.Request) { r.SetBasicAuth(c.ID.String(), secret) })
		for _, token := range []string{h.granted(r), h.granted(basic)} {
			if h.scim(token) != http.StatusOK {
				h.Error("the token doesn't open the door")
			}
		}
		if h.scim(secret) != http.StatusUnauthorized {
			h.Error("the secret itself opens the door")
		}
		h.pass(59 * time.Minute)
		if h.scim(r.token) != http.StatusOK {
			h.Error("the token ended too early")
		}
		h.pass(time.Minute)
		if h.scim(r.token) != http.StatusUnauthorized {
			h.Error("the token goes on after its time")
		}
		used := h.reload(c).Secrets[0].UsedAt
		if used == nil || !used.Equal(used.Truncate(time.Minute)) || h.store.Now().Sub(*used) > 62*time.Minute {
			h.Errorf("the secret was last used %v", used)
		}
	})
}

// A wrong secret is refused the same way whatever is wrong with it, and locks
// nobody out.
func TestWrongSecrets(t *testing.T) {
	onBoth(t, func(h *house) {
		c, other := h.client(h.conn), h.client(h.conn)
		right, others := h.secret(c), h.secret(other)
		foreign, theirs := storetest.Organization(h.T, h.store, "globex")
		stranger := h.client(theirs)
		strangers := h.secret(stranger)
		elsewhere := h.server.URL + "/oauth/" + foreign.Slug + "/"
		var first string
		for name, ask := range map[string]func() reply{
			"mistyped":                  func() reply { return h.present(c, right[:len(right)-2]+right[len(right)-1:]+"?") },
			"no secret at all":          func() reply { return h.present(c, "") },
			"of another client":         func() reply { return h.present(c, others) },
			"of another organization":   func() reply { return h.present(c, strangers) },
			"a client that is nobody's": func() reply { return h.present(&ent.ScimClient{ID: uuid.New(), ConnectionID: h.conn.ID}, right) },
			"no client id":              func() reply { return h.post(h.tokenURL(h.conn.ID), grant("client_secret", right), nil) },
			"another connection's path": func() reply {
				return h.post(h.tokenURL(theirs.ID), grant("client_id", c.ID.String(), "client_secret", right), nil)
			},
			"another organization's path": func() reply {
				return h.post(elsewhere+theirs.ID.String()+"/token", grant("client_id", c.ID.String(), "client_secret", right), nil)
			},
			"our connection in their path": func() reply {
				return h.post(elsewhere+h.conn.ID.String()+"/token", grant("client_id", c.ID.String(), "client_secret", right), nil)
			},
			"their client at our path": func() reply {
				return h.post(h.tokenURL(h.conn.ID), grant("client_id", stranger.ID.String(), "client_secret", strangers), nil)
			},
		} {
			r := ask()
			h.invalidClient(r)
			if first == "" {
				first = r.text
			}
			if r.text != first {
				h.Errorf("%s: %s, others %s", name, r.text, first)
			}
		}
		for range 6 {
			h.present(c, others)
		}
		if h.scim(h.granted(h.present(c, right))) != http.StatusOK {
			h.Error("wrong secrets lock the right one out")
		}
		if h.reload(other).Secrets[0].UsedAt != nil {
			h.Error("a refused secret counts as used")
		}
	})
}

// Guessing from one address is slowed down and doesn't fill the log, and the right
// secret gets through.
func TestGuessersAreLimitedByAddress(t *testing.T) {
	onBoth(t, func(h *house) {
		c, other := h.client(h.conn), h.client(h.conn)
		right, wrong := h.secret(c), h.secret(other)
		statuses := map[int]int{}
		for range 40 {
			r := h.present(c, wrong)
			statuses[r.status]++
			if r.status == http.StatusTooManyRequests && r.header.Get("Retry-After") == "" {
				h.Error("429 doesn't say how long to wait")
			}
		}
		if statuses[http.StatusUnauthorized] < 20 || statuses[http.StatusTooManyRequests] < 10 || len(h.refusals()) > 25 {
			h.Errorf("%v, %d rows", statuses, len(h.refusals()))
		}
		h.granted(h.present(c, right))
		if n := h.access.Refusals(access.ClientKind); n != 40 {
			h.Errorf("%d refusals were counted", n)
		}
		codes := map[int]int{}
		for range 70 {
			codes[h.present(c, right).status]++
		}
		if codes[http.StatusOK] < 50 || codes[http.StatusTooManyRequests] < 5 {
			h.Errorf("a client that asks without end gets %v", codes)
		}
		h.granted(h.present(other, wrong))
	})
}

// A new assertion for each token is no way around the limit, which nobody but the
// client's issuer can use up.
func TestClientWithAssertionsIsLimited(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		h.federate(c)
		stranger, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			h.Fatal(err)
		}
		for i := range 70 {
			h.assert(signed(h.T, jose.RS256, stranger, "one", h.issuer.claims(map[string]any{"jti": strconv.Itoa(i)})))
		}
		codes := map[int]int{}
		for i := range 70 {
			r := h.assert(h.issuer.sign(h.T, map[string]any{"jti": strconv.Itoa(i)}))
			codes[r.status]++
			if r.status == http.StatusTooManyRequests && r.header.Get("Retry-After") == "" {
				h.Error("429 doesn't say how long to wait")
			}
		}
		if codes[http.StatusOK] < 50 || codes[http.StatusTooManyRequests] < 5 || len(codes) != 2 {
			h.Errorf("a client that asks without end gets %v", codes)
		}
	})
}

// Revoking takes hold within a second, of the client and of what it has got.
func TestRevokedClientIsOutWithinASecond(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		secret := h.secret(c)
		h.federate(c)
		token := h.granted(h.present(c, secret))
		assertion := h.granted(h.assert(h.issuer.sign(h.T, nil)))
		if h.scim(token) != http.StatusOK || h.scim(assertion) != http.StatusOK {
			h.Fatal("not let in")
		}
		h.revoke(c)
		h.invalidClient(h.present(c, secret))
		h.invalidClient(h.assert(h.issuer.sign(h.T, nil)))
		h.pass(time.Second)
		if h.scim(token) != http.StatusUnauthorized || h.scim(assertion) != http.StatusUnauthorized {
			h.Error("an access token outlives its client")
		}
		err := h.store.Write(actor.InOrg(h.Context(), h.org.ID), func(ctx context.Context, tx *store.Tx) error {
			_, _, err := h.access.AddScimSecret(ctx, tx, c.ID, 0)
			return err
		})
		if fault.CodeOf(err) != fault.Conflict {
			h.Errorf("a revoked client gets a secret: %v", err)
		}
	})
}

// A secret that has leaked can be removed with what it opened; without that, what
// it opened goes on.
func TestRemovedAndExpiredSecrets(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		leaked, kept := h.secret(c), h.secret(c)
		err := h.store.Write(actor.InOrg(h.Context(), h.org.ID), func(ctx context.Context, tx *store.Tx) error {
			_, _, err := h.access.AddScimSecret(ctx, tx, c.ID, 0)
			return err
		})
		if fault.CodeOf(err) != fault.Conflict {
			h.Errorf("a third secret: %v", err)
		}
		got := h.granted(h.present(c, leaked))
		remove := func(i int, end bool) {
			id := h.reload(c).Secrets[i].ID
			h.write(func(ctx context.Context, tx *store.Tx) error {
				_, err := h.access.RemoveScimSecret(ctx, tx, c.ID, id, end)
				return err
			})
		}
		remove(0, false)
		h.invalidClient(h.present(c, leaked))
		h.pass(time.Second)
		if h.scim(got) != http.StatusOK {
			h.Error("a removed secret took its tokens along")
		}
		last := h.granted(h.present(c, kept))
		remove(0, true)
		h.pass(time.Second)
		if h.scim(got) != http.StatusUnauthorized || h.scim(last) != http.StatusUnauthorized {
			h.Error("tokens of a leaked secret go on")
		}
		fresh := h.secret(c)
		h.granted(h.present(c, fresh))
		h.pass(366 * 24 * time.Hour)
		h.invalidClient(h.present(c, fresh))
		if reasons := h.refusals(); !contains(reasons[len(reasons)-1], "expired secret") {
			h.Errorf("the log says %q", reasons)
		}
		h.secret(c)
		h.secret(c) // the expired one has made room
	})
}

func TestPausedAndSuspended(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		secret := h.secret(c)
		h.federate(c)
		enable := func(on bool) {
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.Connection.UpdateOneID(h.conn.ID).SetEnabled(on).Exec(ctx)
			})
		}
		refused := func(word string) {
			h.Helper()
			for _, r := range []reply{h.present(c, secret), h.assert(h.issuer.sign(h.T, nil))} {
				if r.status != http.StatusBadRequest || r.problem != "unauthorized_client" || !contains(r.text, word) {
					h.Errorf("%d: %s", r.status, r.text)
				}
			}
			h.invalidClient(h.present(c, secret[:len(secret)-1]+"x")) // who doesn't know it learns nothing
		}
		enable(false)
		refused("paused")
		enable(true)
		h.granted(h.present(c, secret))
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Organization.UpdateOneID(h.org.ID).SetSuspendedAt(tx.Now()).Exec(ctx)
		})
		refused("suspended")
	})
}

// The trail tells what was made and who got what, under the name of the client, and
// no secret; the tokens themselves are forgotten a day after their end.
func TestTrailAndRetention(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		secret := h.secret(c)
		got := h.granted(h.present(c, secret))
		h.revoke(c)
		h.invalidClient(h.present(c, secret))
		within := actor.InOrg(h.Context(), h.org.ID)
		events := h.store.Read().Event.Query().Order(event.ByID()).AllX(store.AcrossOrganizations(h.Context()))
		var kinds []string
		for _, e := range events {
			if e.Entity == ent.TypeScimClient || e.Entity == ent.TypeToken {
				kinds = append(kinds, e.Kind)
			}
			if e.Kind == "token.issued" && (e.ActorID == nil || *e.ActorID != c.ID) {
				h.Errorf("the token was issued to %v", e.ActorID)
			}
		}
		if list := strings.Join(kinds, " "); list != "scimclient.created scimclient.secret_added token.issued scimclient.revoked" {
			h.Errorf("the trail is %s", list)
		}
		if rows := h.refusals(); len(rows) != 1 || rows[0] != "revoked client" {
			h.Errorf("the log says %q", rows)
		}
		for _, text := range []string{secret, got} {
			rows := h.store.Read().ProvisioningLog.Query().AllX(within)
			for _, row := range rows {
				if contains(row.Detail+row.Path+row.RequestBody+row.ResponseBody, text) {
					h.Error("the log has a secret")
				}
			}
		}
		left := func() int { return h.store.Read().Token.Query().Where(token.ClientID(c.ID)).CountX(within) }
		for _, wait := range []time.Duration{0, time.Hour, 22 * time.Hour} {
			h.pass(wait)
			if _, err := h.access.Forget(within); err != nil || left() != 1 {
				h.Errorf("%d tokens are left: %v", left(), err)
			}
		}
		h.pass(3 * time.Hour)
		if _, err := h.access.Forget(within); err != nil || left() != 0 {
			h.Errorf("%d tokens are left: %v", left(), err)
		}
	})
}

// What isn't as RFC 6749 wants it is refused in its words.
func TestFormOfARequest(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		secret := h.secret(c)
		address := h.tokenURL(h.conn.ID)
		good := grant("client_id", c.ID.String(), "client_secret", secret)
		with := func(more ...string) url.Values {
			return grant(append([]string{"client_id", c.ID.String(), "client_secret", secret}, more...)...)
		}
		twice := with()
		twice.Add("client_id", c.ID.String())
		raw := func(method, address, kind, body string) func() reply {
			return func() reply {
				request, err := http.NewRequestWithContext(h.Context(), method, address, strings.NewReader(body))
				if err != nil {
					h.Fatal(err)
				}
				request.Header.Set("Content-Type", kind)
				return h.send(request)
			}
		}
		const form = "application/x-www-form-urlencoded"
		for name, f := range map[string]struct {
			ask     func() reply
			status  int
			problem string
		}{
			"GET":             {raw("GET", address, form, ""), 405, "invalid_request"},
			"JSON":            {raw("POST", address, "application/json", "{}"), 400, "invalid_request"},
			"too large":       {raw("POST", address, form, strings.Repeat("a", 65<<10)), 413, "invalid_request"},
			"not well-formed": {raw("POST", address, form, "a=%zz"), 400, "invalid_request"},
			"in the address":  {raw("POST", address+"?client_id=x", form, good.Encode()), 400, "invalid_request"},
			"another address": {raw("POST", h.server.URL+"/oauth/acme/token", form, good.Encode()), 404, "invalid_request"},
			"no connection":   {raw("POST", h.server.URL+"/oauth/acme/default/token", form, good.Encode()), 404, "invalid_request"},
			"twice":           {func() reply { return h.post(address, twice, nil) }, 400, "invalid_request"},
			"no grant type":   {func() reply { return h.post(address, with("grant_type", ""), nil) }, 400, "invalid_request"},
			"password":        {func() reply { return h.post(address, with("grant_type", "password"), nil) }, 400, "unsupported_grant_type"},
			"two ways": {func() reply {
				return h.post(address, good, func(r *http.Request) { r.SetBasicAuth(c.ID.String(), secret) })
			}, 400, "invalid_request"},
			"secret, assertion":    {func() reply { return h.post(address, with("client_assertion", "x", "client_assertion_type", "y"), nil) }, 400, "invalid_request"},
			"assertion of no type": {func() reply { return h.post(address, grant("client_assertion", "x"), nil) }, 400, "invalid_request"},
			"two clients": {func() reply {
				return h.post(address, grant("client_id", uuid.NewString()), func(r *http.Request) { r.SetBasicAuth(c.ID.String(), secret) })
			}, 400, "invalid_request"},
			"nobody": {func() reply { return h.post(address, grant(), nil) }, 401, "invalid_client"},
			"bearer": {func() reply {
				return h.post(address, good, func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") })
			}, 401, "invalid_client"},
			"an empty field": {func() reply { return h.post(address, with("scope", ""), nil) }, 200, ""},
		} {
			if r := f.ask(); r.status != f.status || r.problem != f.problem {
				h.Errorf("%s: %d %s", name, r.status, r.text)
			}
		}
		if r := raw("GET", address, form, "")(); r.header.Get("Allow") != "POST" {
			h.Errorf("Allow: %s", r.header.Get("Allow"))
		}
	})
}
