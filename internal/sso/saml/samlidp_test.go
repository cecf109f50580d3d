package saml

import (
	"bytes"
	"html"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/crewjam/saml/samlidp"
	"github.com/google/go-cmp/cmp"
)

var field = regexp.MustCompile(`name="(\w+)" value="([^"]*)"`)

// fields are the hidden fields of a page's form.
func fields(t *testing.T, answer *http.Response, err error) url.Values {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var page bytes.Buffer
	if _, err := page.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the provider answers with %s: %s", answer.Status, &page)
	}
	values := url.Values{}
	for _, f := range field.FindAllStringSubmatch(page.String(), -1) {
		values.Set(f[1], html.UnescapeString(f[2]))
	}
	return values
}

// foreign is crewjam's identity provider, which nobody here wrote, with our service
// and one person registered.
func foreign(t *testing.T, us *Service, method string) (*samlidp.Server, *httptest.Server) {
	t.Helper()
	server := httptest.NewServer(nil)
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	idp, err := samlidp.New(samlidp.Options{URL: *at, Key: pairs()["idp"].key, Certificate: pairs()["idp"].cert,
		Store: &samlidp.MemoryStore{}, Logger: log.New(&bytes.Buffer{}, "", 0)})
	if err != nil {
		t.Fatal(err)
	}
	idp.IDP.SignatureMethod = method
	server.Config.Handler = idp
	put := func(path string, body []byte) {
		t.Helper()
		r, err := http.NewRequest(http.MethodPut, server.URL+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: %s", path, answer.Status)
		}
	}
	put("/services/rollcall", must(us.Metadata()))
	put("/users/ada", []byte(`{"name":"ada","password":"correct horse","email":"ada@foreign.test","common_name":"Ada Lovelace","groups":["Analysts","Engine & Loom"]}`))
	return idp, server
}

// signIn follows our redirect as a browser does, and returns what the provider posts.
func signIn(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	values := fields(t, answer, err)
	if values.Get("RelayState") != "flow" {
		t.Errorf("the provider's form has %v", values)
	}
	values.Set("user", "ada")
	values.Set("password", "correct horse")
	base, _, _ := strings.Cut(address, "?")
	answer, err = http.PostForm(base, values)
	values = fields(t, answer, err)
	if values.Get("SAMLResponse") == "" || values.Get("RelayState") != "flow" {
		t.Fatalf("the provider posts %v", values)
	}
	return values.Get("SAMLResponse")
}

// TestForeignProvider signs in at crewjam's provider: its metadata imported, our
// metadata imported there, our request understood, its response (encrypted, since
// our metadata has a key for it) believed.
func TestForeignProvider(t *testing.T) {
	t.Parallel()
	us := ours()
	_, server := foreign(t, us, rsaSHA256)
	answer, err := http.Get(server.URL + "/metadata")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(answer.Body); err != nil {
		t.Fatal(err)
	}
	p, warnings, err := ParseMetadata(text.Bytes(), now)
	if err != nil || len(warnings) > 0 {
		t.Fatalf("%v %v", warnings, err)
	}
	p.NameIDAttribute = "urn:oid:0.9.2342.19200300.100.1.1"
	address, err := us.AuthnRequest(p, requestID, "flow", now)
	if err != nil {
		t.Fatal(err)
	}
	form := signIn(t, address)
	raw, err := decode(form, messageBytes)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte("EncryptedAssertion")) {
		t.Errorf("the provider did not encrypt: %s", raw)
	}
	a, err := us.Response(p, form, expected())
	if err != nil {
		t.Fatal(err)
	}
	if a.Subject != "ada" || !a.Immutable || a.NameID != "ada@foreign.test" || a.NameIDFormat != transient || a.SessionIndex == "" {
		t.Errorf("%+v", a)
	}
	if diff := cmp.Diff([]string{"Analysts", "Engine & Loom"}, a.Attributes["urn:oid:1.3.6.1.4.1.5923.1.1.1.1"]); diff != "" {
		t.Errorf("groups: %s in %v", diff, a.Attributes)
	}
	other := ours()
	other.EntityID, other.ACSURL = entity+"8", acs+"8"
	_, err = other.Response(p, form, expected())
	refused(t, err, Destination)
	p.NameIDAttribute = ""
	_, err = us.Response(p, form, expected())
	refused(t, err, Subject)
	_, err = us.Response(p, form, Expect{RequestID: NewID(), Now: now})
	refused(t, err, Request)
}

// TestLegacySHA1 is the switch: off, a provider that signs with SHA-1 is refused.
func TestLegacySHA1(t *testing.T) {
	t.Parallel()
	m := good(styles[0])
	m.by.method, m.by.digestBy = nsDsig+"rsa-sha1", nsDsig+"sha1"
	p := theirs(m.issuer)
	_, err := ours().Response(p, m.form(), expected())
	refused(t, err, Algorithm)
	p.LegacySHA1 = true
	if _, err := ours().Response(p, m.form(), expected()); err != nil {
		t.Error(err)
	}
	for _, method := range []string{"http://www.w3.org/2001/04/xmldsig-more#rsa-md5", nsDsig + "hmac-sha1", nsDsig + "dsa-sha1"} {
		m.by.method = method
		_, err := ours().Response(p, m.form(), expected())
		refused(t, err, Algorithm)
	}
	b := goodBye(styles[0])
	b.method = nsDsig + "rsa-sha1"
	if _, err := ours().Logout(p, b.redirect(), now); err != nil {
		t.Error(err)
	}
}

// TestProviderInitiated is the setting: on, an answer that nobody asked for is
// believed when it claims to be no answer.
func TestProviderInitiated(t *testing.T) {
	t.Parallel()
	for _, s := range styles {
		m := good(s)
		m.InResponseTo, m.ConfirmsRequest = "", ""
		a, err := ours().Response(theirs(s.issuer), m.form(), Expect{ProviderInitiated: true, Now: now})
		if err != nil {
			t.Errorf("%s: %+v, %v", s.name, a, err)
		}
	}
}

// TestNamingAttribute names by the attribute that never changes, whatever NameID is.
func TestNamingAttribute(t *testing.T) {
	t.Parallel()
	m := good(styles[0])
	m.Format, m.NameID = transient, "_each-time-another"
	p := theirs(m.issuer)
	p.NameIDAttribute = "http://schemas.microsoft.com/identity/claims/objectidentifier"
	a, err := ours().Response(p, m.form(), expected())
	if err != nil {
		t.Fatal(err)
	}
	if a.Subject != "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee" || !a.Immutable || a.NameID != m.NameID {
		t.Errorf("%+v", a)
	}
}

// TestClockSays tells the administrator by how much.
func TestClockSays(t *testing.T) {
	t.Parallel()
	m := good(styles[0])
	m.NotOnOrAfter = now.Add(-10 * Skew)
	_, err := ours().Response(theirs(m.issuer), m.form(), expected())
	refused(t, err, Clock)
	if r := err.(*Refusal); r.Off != 10*Skew || !strings.Contains(r.Sentence, "20m0s") { //nolint:errorlint // the very type
		t.Errorf("%v off by %v", r, r.Off)
	}
}
