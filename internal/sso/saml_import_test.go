package sso_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func TestMetadataIsImported(t *testing.T) {
	t.Parallel()
	h := newHouse(t, storetest.SQLite(t), 1)
	document := fmt.Sprintf(`<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s"><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">`+
		`<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>%s</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`+
		`<SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="%s"/>`+
		`<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="%s"/></IDPSSODescriptor></EntityDescriptor>`,
		idpEntity, inBase64(string(certified(t, keys()[0]).Raw)), idpLogout, idpSignIn)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/metadata" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(document))
	}))
	t.Cleanup(server.Close)
	for name, c := range map[string]struct {
		document, address string
		networks          []netip.Prefix
		field, says       string
	}{
		"a document":                  {document: document},
		"an address":                  {address: server.URL + "/metadata", networks: loopback},
		"an address inside":           {address: strings.Replace(server.URL, "http:", "https:", 1), field: "metadata_url", says: "ROLLCALL_ALLOWED_NETWORKS"},
		"an address without TLS":      {address: server.URL + "/metadata", field: "metadata_url", says: "has to be https"},
		"an address with nothing":     {address: server.URL + "/else", networks: loopback, field: "metadata_url", says: "not with 200"},
		"a document that is none":     {document: "<html/>", field: "metadata"},
		"a document cut off":          {document: document[:len(document)/2], field: "metadata"},
		"an address that is no http:": {address: "file:///etc/passwd", networks: loopback, field: "metadata_url"},
	} {
		got, warnings, err := sso.ImportSAML(outbound.New(c.networks), h.store.Now)(t.Context(), c.document, c.address)
		if c.field != "" {
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.Invalid || f.Field != c.field || !strings.Contains(f.Message, c.says) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil || got.EntityID != idpEntity || got.SignInURL != idpSignIn || got.SignOutURL != idpLogout || len(got.Certificates) != 1 || len(warnings) != 0 {
			t.Errorf("%s: %+v, %q, %v", name, got, warnings, err)
		}
	}
}
