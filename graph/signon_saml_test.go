package graph_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
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

// Who imports metadata learns what to watch about it, once; parts that were entered
// one by one, and metadata that is as it should be, say nothing.
func TestWarningsOfMetadata(t *testing.T) {
	onBoth(t, func(h *house) {
		certificate := func(days int) string {
			key, err := access.NewSigningKey()
			if err != nil {
				h.Fatal(err)
			}
			template := &x509.Certificate{SerialNumber: big.NewInt(7), NotAfter: h.store.Now().AddDate(0, 0, days)}
			der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
			if err != nil {
				h.Fatal(err)
			}
			return `<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
				base64.StdEncoding.EncodeToString(der) + `</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`
		}
		warnings := func(certificates ...string) []any {
			h.Helper()
			document := `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.test"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
				strings.Join(certificates, "") + `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.test/sso"/></IDPSSODescriptor></EntityDescriptor>`
			r := h.ask(h.as(user.RoleADMIN), `mutation($c: ID!, $in: SamlInput!) { configureSaml(connectionId: $c, input: $in) { warnings connection { signOn { secrets { key } } } } }`,
				vars{"c": h.conn.ID, "in": vars{"metadata": document}}).ok()
			r.is(true, "configureSaml", "connection", "signOn", "secrets", 0, "key")
			return r.at("configureSaml", "warnings").([]any)
		}
		lasting, soon, over := certificate(1000), certificate(10), certificate(-1)
		if got := warnings(lasting); len(got) != 0 {
			h.Errorf("%q", got)
		}
		got := warnings(soon, over)
		for i, want := range []string{"renew it at the provider before, and import its metadata again.", "so it is not pinned: if the provider still signs with it, renew it there"} {
			if len(got) != 2 || !strings.Contains(got[i].(string), want) || !strings.HasPrefix(got[i].(string), "The certificate ") {
				h.Errorf("%q, want %q", got, want)
			}
		}
		r := h.ask(h.as(user.RoleADMIN), `mutation($c: ID!, $in: SamlInput!) { configureSaml(connectionId: $c, input: $in) { warnings } }`,
			vars{"c": h.conn.ID, "in": vars{"entityId": "https://idp.test", "signInUrl": "https://idp.test/sso", "certificates": []string{h.certificate()}}}).ok()
		if got := r.at("configureSaml", "warnings").([]any); len(got) != 0 {
			h.Errorf("%q", got)
		}
	})
}
