package graph_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/user"
)

// certificate is one that a provider could have, in PEM.
func (h *house) certificate() string {
	h.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		h.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp.test"}, NotAfter: h.store.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		h.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// What no metadata says is changed without the metadata, which nobody can read
// back; and a connection by OpenID Connect has none of it.
func TestSAMLSettingsChangeWithoutItsMetadata(t *testing.T) {
	onBoth(t, func(h *house) {
		admin := h.as(user.RoleADMIN)
		until := h.store.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
		v := vars{"c": h.conn.ID, "in": vars{"entityId": "https://idp.test/entity", "signInUrl": "https://idp.test/sso", "certificates": []string{h.certificate()}}}
		h.ask(admin, `mutation($c: ID!, $in: SamlInput!) { configureSaml(connectionId: $c, input: $in) { connection { id } } }`, v).ok()

		const update = `mutation($c: ID!, $in: UpdateSignOnInput!) { updateSignOn(connectionId: $c, input: $in) { connection { signOn {
			entityId providerInitiated legacySha1 linkUntil certificates { subject } } } } }`
		changed := h.ask(admin, update, vars{"c": h.conn.ID, "in": vars{"providerInitiated": true, "linkUntil": until}}).ok()
		for name, want := range map[string]any{"providerInitiated": true, "legacySha1": false, "entityId": "https://idp.test/entity", "linkUntil": until} {
			changed.is(want, "updateSignOn", "connection", "signOn", name)
		}
		h.ask(admin, update, vars{"c": h.conn.ID, "in": vars{"legacySha1": true}}).ok().
			is(true, "updateSignOn", "connection", "signOn", "providerInitiated").
			is(true, "updateSignOn", "connection", "signOn", "legacySha1")
		h.ask(h.as(user.RoleAUDITOR), update, vars{"c": h.conn.ID, "in": vars{"legacySha1": false}}).refused("FORBIDDEN")

		_, other := h.organization("other")
		h.ask(admin, update, vars{"c": other.ID, "in": vars{"legacySha1": true}}).refused("NOT_FOUND")
		h.ask(admin, `mutation($c: ID!) { removeSignOn(connectionId: $c) { connection { id } } }`, vars{"c": h.conn.ID}).ok()
		h.ask(admin, `mutation($c: ID!, $in: OidcInput!) { configureOidc(connectionId: $c, input: $in) { connection { id } } }`,
			vars{"c": h.conn.ID, "in": vars{"issuer": "https://idp.test", "clientId": "rollcall"}}).ok()
		r := h.ask(admin, update, vars{"c": h.conn.ID, "in": vars{"providerInitiated": true}}).refused("BAD_USER_INPUT")
		if r.Errors[0].Extensions["field"] != "protocol" {
			h.Errorf("the refusal names %v", r.Errors[0].Extensions)
		}
	})
}
