package graph_test

import (
	"crypto"
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

// certificate is one that a provider could have, in PEM, which ends in so many days.
func (h *house) certificate(days int) string {
	h.Helper()
	key, err := access.NewSigningKey()
	if err != nil {
		h.Fatal(err)
	}
	return h.certified(days, key.Public(), key)
}

func (h *house) certified(days int, public crypto.PublicKey, private crypto.Signer) string {
	h.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "idp.test"}, NotAfter: h.store.Now().AddDate(0, 0, days)}
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
		v := vars{"c": h.conn.ID, "in": vars{"entityId": "https://idp.test/entity", "signInUrl": "https://idp.test/sso", "certificates": []string{h.certificate(100)}}}
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

// Who imports metadata, or enters its parts one by one, learns what to watch about the
// certificates, once; what is as it should be says nothing.
func TestWarningsOfCertificates(t *testing.T) {
	onBoth(t, func(h *house) {
		const configure = `mutation($c: ID!, $in: SamlInput!) { configureSaml(connectionId: $c, input: $in) { warnings connection { signOn { secrets { key } certificates { notAfter } } } } }`
		inMetadata := func(certificates ...string) vars {
			var keys strings.Builder
			for _, text := range certificates {
				block, _ := pem.Decode([]byte(text))
				keys.WriteString(`<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>` +
					base64.StdEncoding.EncodeToString(block.Bytes) + `</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`)
			}
			return vars{"metadata": `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://idp.test"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` +
				keys.String() + `<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.test/sso"/></IDPSSODescriptor></EntityDescriptor>`}
		}
		inParts := func(certificates ...string) vars {
			return vars{"entityId": "https://idp.test", "signInUrl": "https://idp.test/sso", "certificates": certificates}
		}
		inOneText := func(certificates ...string) vars { return inParts(strings.Join(certificates, "\n")) }
		lasting, soon, over := h.certificate(1000), h.certificate(10), h.certificate(-1)
		ed, edKey, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			h.Fatal(err)
		}
		odd := h.certified(1000, ed, edKey)
		for field, enter := range map[string]struct {
			by    func(...string) vars
			again string
		}{
			"metadata": {inMetadata, "import its metadata again."}, "certificates": {inParts, "enter the new one here."}, "certificates in one text": {inOneText, "enter the new one here."},
		} {
			in := func(certificates ...string) *reply {
				h.Helper()
				return h.ask(h.as(user.RoleADMIN), configure, vars{"c": h.conn.ID, "in": enter.by(certificates...)})
			}
			pinned := func(r *reply, want int) (warnings []any) {
				h.Helper()
				if got := len(r.at("configureSaml", "connection", "signOn", "certificates").([]any)); got != want {
					h.Errorf("%s: %d are pinned, want %d", field, got, want)
				}
				r.is(true, "configureSaml", "connection", "signOn", "secrets", 0, "key")
				return r.at("configureSaml", "warnings").([]any)
			}
			if got := pinned(in(lasting, lasting).ok(), 1); len(got) != 0 {
				h.Errorf("%s: %q", field, got)
			}
			got := pinned(in(soon, over, odd).ok(), 1)
			for i, want := range []string{"renew it at the provider before, and " + enter.again, "so it is not pinned: if the provider still signs with it, renew it there and " + enter.again,
				"has a key that is neither RSA nor ECDSA, so it is not pinned"} {
				if len(got) != 3 || !strings.Contains(got[i].(string), want) || !strings.HasPrefix(got[i].(string), "The certificate ") {
					h.Errorf("%s: %q, want %q", field, got, want)
				}
			}
			r := in(over, odd).refused("BAD_USER_INPUT")
			named, _, _ := strings.Cut(field, " ")
			if r.Errors[0].Extensions["field"] != named || !strings.Contains(r.Errors[0].Message, "neither RSA nor ECDSA") {
				h.Errorf("%s: the refusal is %v", field, r.Errors[0])
			}
		}
		for _, text := range []string{"", "nonsense", lasting + "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"} {
			r := h.ask(h.as(user.RoleADMIN), configure, vars{"c": h.conn.ID, "in": inParts(text)}).refused("BAD_USER_INPUT")
			if !strings.Contains(r.Errors[0].Message, "no certificate in PEM") {
				h.Errorf("%q: %v", text, r.Errors[0])
			}
		}
	})
}
