package sso_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/outbound"
)

const (
	tenant      = "72f988bf-86f1-41af-91ab-2d7cd011db47"
	otherTenant = "aaaaaaaa-86f1-41af-91ab-2d7cd011db47"
	gracesOID   = "00000000-0000-4000-8000-000000000001"
	strangerOID = "00000000-0000-4000-8000-000000000666"
)

// entra sends what is meant for Microsoft's sign-in service to a test's provider,
// through the client that would go there.
type entra struct {
	to     string
	client *http.Client
}

func (e entra) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	to, err := url.Parse(e.to + strings.TrimPrefix(r.URL.Path, "/"+tenant+"/v2.0"))
	if err != nil {
		return nil, err
	}
	r.URL, r.Host = to, ""
	return e.client.Transport.RoundTrip(r)
}

// onBothFlowsAtEntra is onBothFlows with a provider of Entra's form. Grace's
// externalId is her object id there.
func onBothFlowsAtEntra(t *testing.T, test func(o *oidcHouse)) {
	t.Helper()
	t.Parallel()
	for _, hybrid := range []bool{false, true} {
		t.Run(map[bool]string{false: "code", true: "hybrid"}[hybrid], func(t *testing.T) {
			onBoth(t, func(h *house) { test(newEntraHouse(h, hybrid)) })
		})
	}
}

func newEntraHouse(h *house, hybrid bool) *oidcHouse {
	h.Helper()
	o := &oidcHouse{house: h, provider: newProvider(h)}
	o.provider.issuer = "https://login.microsoftonline.com/" + tenant + "/v2.0"
	client := outbound.New(loopback)
	o.server = h.serveWith(public, &http.Client{Transport: entra{o.provider.URL, client}, Timeout: client.Timeout, CheckRedirect: client.CheckRedirect})
	o.grace = h.provisioned("grace@acme.test", gracesOID)
	o.configure(func(s *schema.SignOnSettings) { s.Hybrid, s.Tenant = hybrid, tenant })
	return o
}

// entras are the claims of an account in Entra's form.
func entras(oid, name string) map[string]any {
	return map[string]any{"sub": "pairwise-" + oid, "oid": oid, "tid": tenant, "ver": "2.0", "name": "Somebody", "preferred_username": name, "email": name}
}
