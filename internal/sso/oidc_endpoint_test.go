package sso_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

func TestDiscoveryDocuments(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		for name, change := range map[string]func(map[string]any){
			"issuer-mismatch":           func(d map[string]any) { d["issuer"] = "https://evil.test" },
			"issuer with a slash":       func(d map[string]any) { d["issuer"] = o.provider.issuer + "/" },
			"no issuer":                 func(d map[string]any) { delete(d, "issuer") },
			"no token endpoint":         func(d map[string]any) { delete(d, "token_endpoint") },
			"no keys":                   func(d map[string]any) { delete(d, "jwks_uri") },
			"script for an endpoint":    func(d map[string]any) { d["authorization_endpoint"] = "javascript:alert(1)" },
			"a user name in an address": func(d map[string]any) { d["token_endpoint"] = "https://a:b@idp.test/token" },
			"shared keys alone":         func(d map[string]any) { d["id_token_signing_alg_values_supported"] = []string{"HS256", "none"} },
		} {
			fresh := *o
			h := *o.house
			fresh.house = &h
			h.server = o.serve(public) // has read no document yet
			o.provider.change = change
			b := fresh.visitor()
			p := b.get(sso.StartPath(o.conn.ID))
			if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, "SSO-DISCOVERY") || len(p.Cookies()) != 0 {
				o.Errorf("%s: %d\n%s", name, p.StatusCode, p.text)
			}
		}
	})
}

// Browsers carry the proof of a sign-in, and the ID token when they leave: never where
// anybody on the way can read them, when the provider is reached by https.
func TestBrowsersAreNotSentWithoutHTTPS(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newEntraHouse(h, false)
		const plain = "http://login.microsoftonline.com/authorize"
		o.provider.change = func(d map[string]any) { d["end_session_endpoint"] = plain }
		b := o.visitor()
		o.signIn(b, entras(gracesOID, "grace@acme.test"))
		b.signedIn(true)
		if p := b.post("/signout", nil); strings.Contains(p.text, plain) {
			o.Errorf("signing out leads to %s", plain)
		}
		o.pass(2 * time.Hour) // until the document is read again
		o.provider.change = func(d map[string]any) { d["authorization_endpoint"] = plain }
		if p := o.visitor().get(sso.StartPath(o.conn.ID)); p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, "SSO-DISCOVERY") {
			o.Errorf("the browser is sent to %q", p.Header.Get("Location"))
		}
	})
}

// Whatever a discovery document names is asked through the one client that never
// leads inside.
func TestAddressesOfTheProviderAreGuarded(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		at := func(client *http.Client) *oidcHouse {
			fresh := *o
			h := *o.house
			fresh.house = &h
			h.server = o.serveWith(public, client)
			return &fresh
		}
		at(outbound.New(nil)).visitor().get(sso.StartPath(o.conn.ID)).want(o.T, http.StatusBadRequest, "SSO-DISCOVERY")
		for field, code := range map[string]string{"jwks_uri": "SSO-REACH", "token_endpoint": "SSO-REACH"} {
			for _, address := range []string{"http://169.254.169.254/latest/meta-data", "http://[::1]/x", "http://10.0.0.1/x", "https://localhost/x", o.provider.URL + "/elsewhere"} {
				fresh := at(outbound.New(loopback))
				o.provider.change = func(d map[string]any) { d[field] = address }
				v := fresh.visitor()
				p := fresh.signIn(v, graces())
				if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, code) || v.session() != "" {
					o.Errorf("%s %s: %d\n%s", field, address, p.StatusCode, p.text)
				}
			}
		}
	})
}

func TestTokenEndpointFails(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		gone := make(chan struct{})
		patience := outbound.New(loopback)
		patience.Timeout = 500 * time.Millisecond
		o.server = o.serveWith(public, patience)
		say := func(status int, kind, body string) http.HandlerFunc {
			return func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", kind)
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}
		}
		const jsonType = "application/json"
		for name, c := range map[string]struct {
			answer http.HandlerFunc
			code   string
		}{
			"500":             {say(500, "text/html", "<h1>oops</h1>"), "SSO-REACH"},
			"503 with JSON":   {say(503, jsonType, `{"error":"temporarily_unavailable"}`), "SSO-PROVIDER"},
			"no JSON":         {say(200, jsonType, "{"), "SSO-REACH"},
			"nothing":         {say(200, jsonType, ""), "SSO-REACH"},
			"HTML":            {say(200, "text/html", "<p>Welcome"), "SSO-"},
			"no ID token":     {say(200, jsonType, `{"access_token":"x","token_type":"Bearer"}`), "SSO-CLAIMS"},
			"ID token null":   {say(200, jsonType, `{"access_token":"x","token_type":"Bearer","id_token":null}`), "SSO-CLAIMS"},
			"no access token": {say(200, jsonType, `{"id_token":"x.y.z"}`), "SSO-REACH"},
			"2 MB":            {say(200, jsonType, `{"access_token":"`+strings.Repeat("x", 2<<20)+`"}`), "SSO-REACH"},
			"a redirect": {func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, o.provider.URL+"/elsewhere", http.StatusTemporaryRedirect)
			}, "SSO-REACH"},
			"silence": {func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				<-r.Context().Done() // until the server gives up
				close(gone)
			}, "SSO-REACH"},
		} {
			o.provider.token = c.answer
			b := o.visitor()
			p := o.signIn(b, graces())
			if p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, c.code) || !strings.Contains(p.text, "Try again") || b.session() != "" {
				o.Errorf("%s: %d, want %s\n%s", name, p.StatusCode, c.code, p.text)
			}
		}
		<-gone // nothing goes on waiting for the provider
		o.provider.token = nil
		b := o.visitor()
		o.signIn(b, graces())
		b.signedIn(true)
	})
}

func TestUserInfo(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		short := map[string]any{"sub": "grace-1"}
		o.provider.user = map[string]any{"sub": "somebody-else", "email": "grace@acme.test", "name": "Mallory"}
		b := o.visitor()
		o.signIn(b, short).want(o.T, http.StatusBadRequest, "SSO-CLAIMS") // userinfo-invalid-sub
		b.signedIn(false)

		// scope-userinfo-claims, userinfo-bearer-header; aggregated and distributed claims say nothing.
		o.provider.user = map[string]any{"sub": "grace-1", "email": "grace@work.test", "name": "Grace Hopper",
			"_claim_names":   map[string]string{"roles": "src1", "address": "src2"},
			"_claim_sources": map[string]any{"src1": map[string]string{"endpoint": o.provider.URL + "/elsewhere"}, "src2": map[string]string{"JWT": "eyJhbGciOiJub25lIn0.eyJyb2xlcyI6ImFkbWluIn0."}}}
		o.configure(func(s *schema.SignOnSettings) {
			s.Roles = []schema.RoleRule{{Claim: "roles", Value: "admin", Role: "ADMIN"}}
		})
		o.signIn(b, short)
		b.signedIn(true)
		i := o.store.Read().Identity.Query().OnlyX(o.inOrg())
		if i.Name != "Grace Hopper" || i.Email != "grace@work.test" {
			o.Errorf("the account is %+v", i)
		}
		if u := o.store.Read().User.GetX(o.inOrg(), o.grace.ID); u.Role != "LEARNER" {
			o.Errorf("a claim from elsewhere gives %s", u.Role)
		}
		o.provider.user = nil // it is for display: without it people come in all the same
		b = o.visitor()
		o.signIn(b, short)
		b.signedIn(true)
	})
}

func TestClientSecrets(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		add := func(value string) error {
			return o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := o.signOns.AddSecret(ctx, tx, o.conn.ID, value, nil)
				return err
			})
		}
		secrets := func() []schema.SignOnSecret {
			return o.store.Read().SignOn.Query().Where(signon.ConnectionID(o.conn.ID)).OnlyX(o.inOrg()).Secrets
		}
		in := func(what string) {
			o.Helper()
			b := o.visitor()
			p := o.signIn(b, graces())
			if b.session() == "" {
				o.Errorf("%s: %d\n%s", what, p.StatusCode, p.text)
			}
		}
		if err := add("next"); err != nil {
			o.Fatal(err)
		}
		in("the old one works while the new one isn't there")
		kept := secrets()
		if kept[0].WorkedAt == nil || kept[0].RefusedAt != nil || kept[1].WorkedAt != nil || kept[1].RefusedAt == nil {
			o.Errorf("noted: %+v", kept)
		}
		o.provider.secrets = []string{"right", "next"}
		in("both")
		o.provider.secrets = []string{"next"}
		in("the new one alone")
		if kept = secrets(); kept[1].WorkedAt == nil {
			o.Errorf("noted: %+v", kept)
		}
		if err := add("third"); err == nil || !strings.Contains(err.Error(), "two secrets count") {
			o.Errorf("a third: %v", err)
		}
		for _, s := range kept {
			if strings.Contains(s.Sealed, "right") || strings.Contains(s.Sealed, "next") || s.Hint != "" { // as long as these, a hint would say too much
				o.Errorf("kept as %+v", s)
			}
		}
		o.provider.secrets = nil
		o.pass(time.Minute)
		o.signIn(o.visitor(), graces()).want(o.T, http.StatusBadRequest, "The client secret is wrong").want(o.T, http.StatusBadRequest, "11111111-1111-1111-1111-111111111111")
		if kept = secrets(); kept[0].RefusedAt == nil || kept[1].RefusedAt == nil || !kept[1].RefusedAt.After(*kept[1].WorkedAt) {
			o.Errorf("refused, and noted: %+v", kept)
		}
		if text := o.log.String(); strings.Contains(text, "right") || strings.Contains(text, "client_secret=") {
			o.Errorf("the log holds a secret: %s", text)
		}
		if n := o.events("signon.secret_added"); n != 1 {
			o.Errorf("%d events of secrets", n)
		}
	})
}

// oidcc-client-test-client-secret-basic
func TestSecretInTheHeader(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		o.provider.basic = true
		b := o.browser()
		o.signIn(b, graces())
		b.signedIn(true)
	})
}

func TestSettingsOfEntra(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newEntraHouse(h, false)
		for what, c := range map[string]struct {
			change func(*schema.SignOnSettings)
			want   string
		}{
			"common":          {func(s *schema.SignOnSettings) { s.Tenant = "common" }, "every organization"},
			"organizations":   {func(s *schema.SignOnSettings) { s.Tenant = "Organizations" }, "every organization"},
			"consumers":       {func(s *schema.SignOnSettings) { s.Tenant = "consumers" }, "every organization"},
			"personal":        {func(s *schema.SignOnSettings) { s.Tenant = "9188040D-6c67-4c5b-b112-36a304b66dad" }, "every organization"},
			"a domain":        {func(s *schema.SignOnSettings) { s.Tenant = "acme.onmicrosoft.com" }, "is a GUID"},
			"client id":       {func(s *schema.SignOnSettings) { s.ClientID = "rollcall" }, "is a GUID"},
			"swapped":         {func(s *schema.SignOnSettings) { s.ClientID = tenant }, "two different ids"},
			"another service": {func(s *schema.SignOnSettings) { s.Authority = "login.evil.test" }, "sign-in service is at"},
		} {
			settings := schema.SignOnSettings{Tenant: tenant, ClientID: clientID}
			c.change(&settings)
			err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
				_, err := o.signOns.Configure(ctx, tx, o.conn.ID, signon.ProtocolOIDC, settings)
				return err
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				o.Errorf("%s: %v", what, err)
			}
		}
		err := o.store.Write(o.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.AddSecret(ctx, tx, o.conn.ID, "0A0A0A0A-1111-2222-3333-444444444444", nil)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "secret's ID") {
			o.Errorf("a secret's id: %v", err)
		}
	})
}

// A code that was stolen from another flow is worth nothing: the verifier is the
// flow's own.
func TestCodeOfAnotherFlow(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		victim, mallory := o.visitor(), o.visitor()
		stolen := o.provider.answer(o.leave(victim, "/"), graces())
		u, _ := url.Parse(o.leave(mallory, "/"))
		p := o.arrive(mallory, url.Values{"state": {u.Query().Get("state")}, "code": stolen["code"], "id_token": stolen["id_token"]})
		if p.StatusCode != http.StatusBadRequest || mallory.session() != "" {
			o.Errorf("%d\n%s", p.StatusCode, p.text)
		}
		if !o.hybrid() { // there the nonce of the first ID token is wrong already
			p.want(o.T, http.StatusBadRequest, "SSO-PROVIDER")
		}
	})
}
