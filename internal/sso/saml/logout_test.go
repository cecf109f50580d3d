package saml

import (
	"bytes"
	"compress/flate"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/google/go-cmp/cmp"
)

// bye is a LogoutRequest of the test provider: good unless a field says otherwise.
type bye struct {
	issuer, destination  string
	issued, notOnOrAfter time.Time
	nameID, more         string
	sign                 bool
	by                   signing
	done                 func(*etree.Element)
	text                 func(string) string
	method               string
	relay                string
	query                func(map[string]string, []string) []string
}

func goodBye(s style) *bye {
	return &bye{issuer: s.issuer, destination: slo, issued: now.Add(-time.Second), nameID: s.nameID, sign: true, by: plainSigning(s),
		method: rsaSHA256, relay: "abc + &é"}
}

func (b *bye) root() *etree.Element {
	text := fmt.Sprintf(`<samlp:LogoutRequest xmlns:samlp="%s" xmlns="%s" ID="_bye" Version="2.0" IssueInstant="%s"%s%s><Issuer>%s</Issuer><NameID Format="%s">%s</NameID><samlp:SessionIndex>_s1</samlp:SessionIndex><samlp:SessionIndex>_s2</samlp:SessionIndex>%s</samlp:LogoutRequest>`,
		nsProtocol, nsAssertion, stamp(b.issued), attr("Destination", b.destination), attr("NotOnOrAfter", optional(b.notOnOrAfter)), b.issuer, persistent, b.nameID, b.more)
	doc := etree.NewDocument()
	if err := doc.ReadFromString(text); err != nil {
		panic(err)
	}
	return doc.Root()
}

func optional(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return stamp(t)
}

func (b *bye) finish(root *etree.Element) string {
	change(b.done, root)
	text := toText(root)
	if b.text != nil {
		text = b.text(text)
	}
	return text
}

func (b *bye) post() Incoming {
	root := b.root()
	if b.sign {
		b.by.sign(root)
	}
	return Incoming{Binding: Post, SAMLRequest: encode([]byte(b.finish(root)), true), RelayState: b.relay}
}

func (b *bye) redirect() Incoming {
	var small bytes.Buffer
	w, _ := flate.NewWriter(&small, flate.BestCompression)
	_, _ = io.WriteString(w, b.finish(b.root()))
	_ = w.Close()
	values := map[string]string{"SAMLRequest": base64.StdEncoding.EncodeToString(small.Bytes()), "RelayState": b.relay, "SigAlg": b.method}
	var parts []string
	for _, name := range []string{"SAMLRequest", "RelayState", "SigAlg"} {
		parts = append(parts, name+"="+url.QueryEscape(values[name]))
	}
	if b.sign {
		value := signText(b.by.by, hashOf(b.method), []byte(strings.Join(parts, "&")))
		parts = append(parts, "Signature="+url.QueryEscape(base64.StdEncoding.EncodeToString(value)))
	}
	if b.query != nil {
		parts = b.query(values, parts)
	}
	return Incoming{Binding: Redirect, Query: strings.Join(parts, "&")}
}

func TestLogoutAccepted(t *testing.T) {
	t.Parallel()
	for _, s := range styles {
		for name, in := range map[string]func(*bye) Incoming{"post": (*bye).post, "redirect": (*bye).redirect} {
			got, err := ours().Logout(theirs(s.issuer), in(goodBye(s)), now)
			if err != nil {
				t.Fatalf("%s by %s: %v", s.name, name, err)
			}
			want := &Logout{ID: "_bye", NameID: s.nameID, Sessions: []string{"_s1", "_s2"}, RelayState: "abc + &é",
				NotOnOrAfter: now.Add(-time.Second + logoutAge + Skew)}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s by %s: %s", s.name, name, diff)
			}
		}
	}
}

// TestLogoutForged refuses by both bindings: SML-17 and what a response is refused for.
func TestLogoutForged(t *testing.T) {
	t.Parallel()
	both := map[string]struct {
		make  func(*bye)
		codes []Code
	}{
		"unsigned":             {func(b *bye) { b.sign = false }, []Code{Unsigned}},
		"another key":          {func(b *bye) { b.by.by = pairs()["attacker"] }, []Code{Signature}},
		"another provider":     {func(b *bye) { b.issuer = "https://evil.test" }, []Code{Issuer}},
		"another address":      {func(b *bye) { b.destination = acs }, []Code{Destination}},
		"no address":           {func(b *bye) { b.destination = "" }, []Code{Destination}},
		"old":                  {func(b *bye) { b.issued = now.Add(-logoutAge - Skew) }, []Code{Clock}},
		"not made yet":         {func(b *bye) { b.issued = now.Add(Skew + time.Second) }, []Code{Clock}},
		"over":                 {func(b *bye) { b.notOnOrAfter = now.Add(-Skew) }, []Code{Clock}},
		"nobody":               {func(b *bye) { b.nameID = "" }, []Code{Subject}},
		"two people":           {func(b *bye) { b.more = "<NameID>x</NameID>" }, []Code{Subject}},
		"an element in NameID": {func(b *bye) { b.nameID = "a<b/>c" }, []Code{Subject}},
		"an empty session":     {func(b *bye) { b.more = `<samlp:SessionIndex/>` }, []Code{Shape}},
		"an assertion in it":   {func(b *bye) { b.more = `<Assertion/>` }, []Code{Shape}},
		"a comment": {func(b *bye) {
			b.text = func(s string) string { return replaceOnce(s, "<NameID", "<!-- --><NameID") }
		}, []Code{Malformed}},
		"a DOCTYPE": {func(b *bye) { b.text = func(s string) string { return "<!DOCTYPE x>" + s } }, []Code{Malformed}},
		"a Response": {func(b *bye) {
			b.text = func(s string) string { return strings.ReplaceAll(s, "LogoutRequest", "Response") }
		}, []Code{Shape}},
	}
	for name, f := range both {
		for binding, in := range map[string]func(*bye) Incoming{"post": (*bye).post, "redirect": (*bye).redirect} {
			t.Run(name+" by "+binding, func(t *testing.T) {
				t.Parallel()
				b := goodBye(styles[0])
				f.make(b)
				_, err := ours().Logout(theirs(b.issuerOf()), in(b), now)
				refused(t, err, f.codes...)
			})
		}
	}
	replace := func(prefix, with string) func(*bye) {
		return func(b *bye) {
			b.query = func(_ map[string]string, parts []string) []string {
				i := slices.IndexFunc(parts, func(p string) bool { return strings.HasPrefix(p, prefix) })
				parts[i] = with
				return parts
			}
		}
	}
	add := func(part string) func(*bye) {
		return func(b *bye) {
			b.query = func(_ map[string]string, parts []string) []string { return append(parts, part) }
		}
	}
	for name, f := range map[string]struct {
		make  func(*bye)
		codes []Code
	}{
		"SHA-1":                 {func(b *bye) { b.method = nsDsig + "rsa-sha1" }, []Code{Algorithm}},
		"no method":             {replace("SigAlg", "SigAlg="), []Code{Unsigned}},
		"empty signature":       {replace("Signature", "Signature="), []Code{Unsigned}},
		"RelayState changed":    {replace("RelayState", "RelayState=other"), []Code{Signature}},
		"RelayState taken away": {replace("RelayState", "x=y"), []Code{Signature}},
		"escaped otherwise":     {func(b *bye) { b.relay = "a b"; replace("RelayState", "RelayState=a%20b")(b) }, []Code{Signature}},
		"a second SAMLRequest":  {add("SAMLRequest=AAAA"), []Code{Malformed}},
		"a second Signature":    {add("Signature=AAAA"), []Code{Malformed}},
		"another encoding":      {add("SAMLEncoding=urn:x"), []Code{Malformed}},
		"a signature inside, none": {func(b *bye) {
			b.sign = false
			b.done = func(root *etree.Element) { plainSigning(styles[0]).sign(root) }
		}, []Code{Unsigned}},
		"a signature inside too": {func(b *bye) { b.done = func(root *etree.Element) { plainSigning(styles[0]).sign(root) } }, []Code{Shape}},
		"a flood":                {func(b *bye) { b.text = func(s string) string { return s + strings.Repeat(" ", 10<<20) } }, []Code{TooLarge}},
	} {
		t.Run(name+" by redirect", func(t *testing.T) {
			t.Parallel()
			b := goodBye(styles[0])
			f.make(b)
			_, err := ours().Logout(theirs(b.issuerOf()), b.redirect(), now)
			refused(t, err, f.codes...)
		})
	}
	t.Run("changed after it was signed", func(t *testing.T) {
		t.Parallel()
		b := goodBye(styles[0])
		b.done = func(root *etree.Element) { findTag(root, "NameID").SetText(attack) }
		_, err := ours().Logout(theirs(b.issuer), b.post(), now)
		refused(t, err, Signature)
	})
	t.Run("without single logout", func(t *testing.T) {
		t.Parallel()
		us := ours()
		us.SLOURL = ""
		b := goodBye(styles[0])
		b.destination = ""
		_, err := us.Logout(theirs(b.issuer), b.post(), now)
		refused(t, err, Setting)
	})
}

// issuerOf is the provider that the connection expects.
func (b *bye) issuerOf() string { return styles[0].issuer }

// TestLogoutMessages reads what we send, as a provider would: with our own reader,
// set up the other way round.
func TestLogoutMessages(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"sp", "P-256"} {
		for _, binding := range []Binding{Redirect, Post} {
			us, p := ours(), theirs("https://idp.test")
			us.Keys = []tls.Certificate{pairs()[key].tls()}
			p.SLOBinding = binding
			out, err := us.LogoutRequest(p, "_out", "ada", persistent, "_s1", "relay", now)
			if err != nil {
				t.Fatal(err)
			}
			idp := &Service{EntityID: p.EntityID, ACSURL: "https://idp.test/acs", SLOURL: p.SLOURL}
			sp := theirs(us.EntityID)
			sp.Certificates[0] = pairs()[key].cert
			in := Incoming{Binding: binding, SAMLRequest: out.Form["SAMLRequest"], RelayState: out.Form["RelayState"]}
			if binding == Redirect {
				_, in.Query, _ = strings.Cut(out.URL, "?")
			} else if out.URL != p.SLOURL {
				t.Errorf("posted to %s", out.URL)
			}
			got, err := idp.Logout(sp, in, now)
			if err != nil {
				t.Fatalf("%s by %s: %v", key, binding, err)
			}
			if got.ID != "_out" || got.NameID != "ada" || !slices.Equal(got.Sessions, []string{"_s1"}) || got.RelayState != "relay" {
				t.Errorf("%+v", got)
			}
		}
	}
}

func TestLogoutResponse(t *testing.T) {
	t.Parallel()
	us, p := ours(), theirs("https://idp.test")
	p.SLOResponseURL = "https://idp.test/slo/answer?tenant=1"
	to := &Logout{ID: "_asked", RelayState: `"><script>`}
	out, err := us.LogoutResponse(p, to, "_answer", true, now)
	if err != nil {
		t.Fatal(err)
	}
	root, query := readRedirect(t, out.URL, p.SLOResponseURL, "SAMLResponse")
	if query.Get("RelayState") != to.RelayState || strings.Contains(out.URL, "<") {
		t.Errorf("RelayState %q in %s", query.Get("RelayState"), out.URL)
	}
	if root.Tag != "LogoutResponse" || root.SelectAttrValue("InResponseTo", "") != "_asked" || root.SelectAttrValue("Destination", "") != p.SLOResponseURL {
		t.Error(toText(root))
	}
	if got := findTag(root, "StatusCode").SelectAttrValue("Value", ""); !strings.HasSuffix(got, ":Success") {
		t.Error(got)
	}
	p.SLOBinding = Post
	out, err = us.LogoutResponse(p, to, "_answer", false, now)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.StdEncoding.DecodeString(out.Form["SAMLResponse"])
	if err != nil || !bytes.Contains(raw, []byte(":Responder")) || !bytes.Contains(raw, []byte("SignatureValue")) {
		t.Errorf("%s %v", raw, err)
	}
}

// readRedirect checks the signature of one of our addresses and unpacks its message.
func readRedirect(t *testing.T, address, base, field string) (*etree.Element, url.Values) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(address, base) {
		t.Fatalf("%s, want it to begin with %s: %v", address, base, err)
	}
	query := u.Query()
	from := strings.Index(u.RawQuery, field+"=")
	text, _, _ := strings.Cut(u.RawQuery[from:], "&Signature=")
	value, _ := base64.StdEncoding.DecodeString(query.Get("Signature"))
	if query.Get("SigAlg") != rsaSHA256 || !check(pairs()["sp"].cert, methods[rsaSHA256], text, value) {
		t.Fatalf("the signature of %s does not fit", address)
	}
	small, _ := base64.StdEncoding.DecodeString(query.Get(field))
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(small)))
	if err != nil {
		t.Fatal(err)
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil {
		t.Fatal(err)
	}
	return doc.Root(), query
}

func TestAuthnRequest(t *testing.T) {
	t.Parallel()
	p := theirs("https://idp.test")
	p.SSOURL = "https://idp.test/sso?idpid=C01"
	address, err := ours().AuthnRequest(p, requestID, "flow 1", now)
	if err != nil {
		t.Fatal(err)
	}
	root, query := readRedirect(t, address, p.SSOURL+"&", "SAMLRequest")
	if query.Get("RelayState") != "flow 1" || query.Get("idpid") != "C01" {
		t.Error(address)
	}
	for name, want := range map[string]string{"ID": requestID, "Destination": p.SSOURL, "AssertionConsumerServiceURL": acs,
		"IssueInstant": "2026-03-02T10:00:00Z", "ProtocolBinding": string(Post), "Version": "2.0"} {
		if got := root.SelectAttrValue(name, ""); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := findTag(root, "Issuer").Text(); got != entity {
		t.Errorf("Issuer %q", got)
	}
	_, err = ours().AuthnRequest(p, requestID, strings.Repeat("x", 81), now)
	refused(t, err, Setting)
	p.SSOURL = "javascript:alert(1)"
	_, err = ours().AuthnRequest(p, requestID, "", now)
	refused(t, err, Metadata)
	us := ours()
	us.Keys = nil
	_, err = us.AuthnRequest(theirs("https://idp.test"), requestID, "", now)
	refused(t, err, Setting)
	if one, other := NewID(), NewID(); one == other || !ncName.MatchString(one) {
		t.Errorf("IDs are not new names: %s, %s", one, other)
	}
}
