package sso_test

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/store"
)

// key makes a key of the connection, number i of the three that there are, and
// returns its certificate.
func (o *oidcHouse) key(i int) (id uuid.UUID, certificate *x509.Certificate) {
	o.Helper()
	o.write(func(ctx context.Context, tx *store.Tx) error {
		on, err := o.signOns.AddKey(ctx, tx, o.conn.ID, keys()[i])
		if err != nil {
			return err
		}
		made := on.Secrets[len(on.Secrets)-1]
		id = made.ID
		block, _ := pem.Decode([]byte(made.Public))
		certificate, err = x509.ParseCertificate(block.Bytes)
		return err
	})
	return id, certificate
}

// A server that proves itself by a certificate (private_key_jwt): in the form that
// Entra asks for, and through a change of keys.
func TestProofByCertificate(t *testing.T) {
	onBothFlows(t, func(o *oidcHouse) {
		in := func(what string, want bool) {
			o.Helper()
			b := o.visitor()
			p := o.signIn(b, graces())
			if got := b.session() != ""; got != want || !want && (p.StatusCode != http.StatusBadRequest || !strings.Contains(p.text, "SSO-PROVIDER")) {
				o.Errorf("%s: signed in %v, want %v\n%s", what, got, want, p.text)
			}
		}
		first, certificate := o.key(0)
		o.configure(func(s *schema.SignOnSettings) { s.KeyCredential = true })
		o.provider.trusted = []*x509.Certificate{certificate}
		o.pass(2 * time.Hour) // so that what the provider takes is read again
		in("with the certificate that was uploaded", true)
		in("once more, with an assertion of its own", true)

		_, next := o.key(1)
		in("while the next one is not uploaded yet", true)
		o.provider.trusted = []*x509.Certificate{certificate, next}
		in("while both are", true)
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.signOns.RemoveSecret(ctx, tx, o.conn.ID, first)
			return err
		})
		in("when the first one is removed here", true)
		o.provider.trusted = []*x509.Certificate{next}
		in("and there", true)

		o.provider.trusted = []*x509.Certificate{certificate}
		in("with one that the provider doesn't know", false)
		o.provider.trusted = []*x509.Certificate{next}
		o.configure(func(s *schema.SignOnSettings) { s.KeyCredential = false })
		in("with a secret, where the provider wants a certificate", false)
		if text := o.log.String(); strings.Contains(text, "eyJ") || strings.Contains(text, "PRIVATE") {
			o.Errorf("the log holds an assertion or a key:\n%s", text)
		}
		if on := o.store.Read().SignOn.Query().Where(signon.ConnectionID(o.conn.ID)).OnlyX(o.inOrg()); strings.Contains(on.Secrets[1].Sealed, "PRIVATE") {
			o.Errorf("the key is kept as %+v", on.Secrets[1])
		}
	})
}
