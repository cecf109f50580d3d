package saml

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// published is what a provider publishes: good unless a field says otherwise.
type published struct {
	entityID, attrs, before string
	protocols               string
	keys                    []string
	sso, ssoPost, slo       string
	more                    string
}

func goodMetadata() *published {
	return &published{entityID: "https://idp.test", protocols: nsProtocol, keys: []string{"idp"},
		sso: "https://idp.test/sso", ssoPost: "https://idp.test/post", slo: "https://idp.test/slo"}
}

func (m *published) xml() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `%s<EntityDescriptor xmlns="%s" entityID="%s"%s><IDPSSODescriptor protocolSupportEnumeration="%s">`, m.before, nsMetadata, m.entityID, m.attrs, m.protocols)
	for _, name := range m.keys {
		use, name, _ := strings.Cut(name, ":")
		if name == "" {
			use, name = "signing", use
		}
		fmt.Fprintf(&b, `<KeyDescriptor%s><KeyInfo xmlns="%s"><X509Data><X509Certificate>%s</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`,
			attr("use", use), nsDsig, encode(pairs()[name].cert.Raw, true))
	}
	for _, e := range [][3]string{{"SingleLogoutService", string(Post), m.slo}, {"SingleLogoutService", string(Redirect), m.slo},
		{"SingleSignOnService", string(Post), m.ssoPost}, {"SingleSignOnService", string(Redirect), m.sso}} {
		if e[2] != "" {
			fmt.Fprintf(&b, `<%s Binding="%s" Location="%s"/>`, e[0], e[1], e[2])
		}
	}
	b.WriteString(m.more + `</IDPSSODescriptor></EntityDescriptor>`)
	return []byte(b.String())
}

func TestMetadataAccepted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make     func(*published)
		pinned   []string
		warnings []string
	}{
		"one certificate":    {func(*published) {}, []string{"idp"}, nil},
		"during roll-over":   {func(m *published) { m.keys = []string{"idp", "next"} }, []string{"idp", "next"}, nil},
		"the same twice":     {func(m *published) { m.keys = []string{"idp", ":idp"} }, []string{"idp"}, nil},
		"one for encryption": {func(m *published) { m.keys = []string{"encryption:next", "idp"} }, []string{"idp"}, nil},
		"one has ended":      {func(m *published) { m.keys = []string{"expired", "idp"} }, []string{"idp"}, []string{"ended on 2026-03-01"}},
		"one ends soon":      {func(m *published) { m.keys = []string{"soon"} }, []string{"soon"}, []string{"ends on 2026-03-12"}},
		"one is weak":        {func(m *published) { m.keys = []string{"weak", "idp"} }, []string{"idp"}, []string{"1024 bits"}},
		"one is endless":     {func(m *published) { m.keys = []string{"long", "idp"} }, []string{"idp"}, []string{"9216 bits"}},
		"four":               {func(m *published) { m.keys = []string{"soon", "idp", "next", "sp"} }, []string{"idp", "next", "sp"}, []string{"ends on", "4 signing certificates"}},
		"ECDSA":              {func(m *published) { m.keys = []string{"P-256", "P-384"} }, []string{"P-256", "P-384"}, nil},
		"on this machine":    {func(m *published) { m.sso = "http://127.0.0.1:8080/sso" }, []string{"idp"}, nil},
		"with comment and dates": {func(m *published) {
			m.before, m.attrs = "<?xml version=\"1.0\"?><!-- x -->", ` validUntil="2026-03-03T00:00:00Z" cacheDuration="PT1H"`
		}, []string{"idp"}, nil},
		"other roles beside it": {func(m *published) { m.more = `<Extensions><x:y xmlns:x="urn:x"/></Extensions>` }, []string{"idp"}, nil},
		"without single logout": {func(m *published) { m.slo = "" }, []string{"idp"}, nil},
		"several protocols":     {func(m *published) { m.protocols = "urn:oasis:names:tc:SAML:1.1:protocol " + nsProtocol }, []string{"idp"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := goodMetadata()
			c.make(m)
			p, warnings, err := ParseMetadata(m.xml(), now)
			if err != nil {
				t.Fatal(err)
			}
			if p.EntityID != m.entityID || p.SSOURL != m.sso || p.SLOURL != m.slo || m.slo != "" && p.SLOBinding != Redirect {
				t.Errorf("%+v", p)
			}
			if len(p.Certificates) != len(c.pinned) {
				t.Fatalf("%d pinned, want %v", len(p.Certificates), c.pinned)
			}
			for i, name := range c.pinned {
				if !p.Certificates[i].Equal(pairs()[name].cert) {
					t.Errorf("pinned %s, want %s", p.Certificates[i].Subject, name)
				}
			}
			if len(warnings) != len(c.warnings) {
				t.Fatalf("warnings %q", warnings)
			}
			for i, want := range c.warnings {
				if !strings.Contains(warnings[i], want) {
					t.Errorf("warning %q, want %q", warnings[i], want)
				}
			}
		})
	}
}

// TestMetadataRefused is SML-19.
func TestMetadataRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func(*published)
		code Code
	}{
		"javascript: to sign in":    {func(m *published) { m.sso = "javascript:alert(1)" }, Metadata},
		"javascript: by Post":       {func(m *published) { m.ssoPost = "javascript:alert(1)" }, Metadata},
		"javascript: to sign out":   {func(m *published) { m.slo = "javascript:alert(1)" }, Metadata},
		"data:":                     {func(m *published) { m.sso = "data:text/html,x" }, Metadata},
		"http:":                     {func(m *published) { m.sso = "http://idp.test/sso" }, Metadata},
		"http: to a private place":  {func(m *published) { m.sso = "http://10.0.0.1/sso" }, Metadata},
		"http: that looks local":    {func(m *published) { m.sso = "http://127.0.0.1.evil.test/sso" }, Metadata},
		"a password in the address": {func(m *published) { m.sso = "https://a:b@idp.test/sso" }, Metadata},
		"no host":                   {func(m *published) { m.sso = "https:///sso" }, Metadata},
		"a relative address":        {func(m *published) { m.sso = "/sso" }, Metadata},
		"a bad ResponseLocation": {func(m *published) {
			m.more = `<SingleLogoutService Binding="x" Location="https://a.test" ResponseLocation="javascript:x"/>`
		}, Metadata},
		"no Redirect":             {func(m *published) { m.sso = "" }, Metadata},
		"over":                    {func(m *published) { m.attrs = ` validUntil="2026-03-02T10:00:00Z"` }, Metadata},
		"a date that is none":     {func(m *published) { m.attrs = ` validUntil="tomorrow"` }, Metadata},
		"no certificate":          {func(m *published) { m.keys = nil }, Metadata},
		"only ended certificates": {func(m *published) { m.keys = []string{"expired"} }, Metadata},
		"only weak certificates":  {func(m *published) { m.keys = []string{"weak"} }, Metadata},
		"only for encryption":     {func(m *published) { m.keys = []string{"encryption:idp"} }, Metadata},
		"no entityID":             {func(m *published) { m.entityID = "" }, Metadata},
		"a long entityID":         {func(m *published) { m.entityID = strings.Repeat("x", 1025) }, Metadata},
		"an old protocol":         {func(m *published) { m.protocols = "urn:oasis:names:tc:SAML:1.1:protocol" }, Metadata},
		"a DOCTYPE":               {func(m *published) { m.before = `<!DOCTYPE x [<!ENTITY a "b">]>` }, Malformed},
		"an instruction":          {func(m *published) { m.before = `<?php ?>` }, Malformed},
		"1 MB and more":           {func(m *published) { m.more = strings.Repeat(" ", 1<<20) }, TooLarge},
		"20 MB":                   {func(m *published) { m.more = strings.Repeat(" ", 20<<20) }, TooLarge},
		"a certificate that is none": {func(m *published) {
			m.more = `<KeyDescriptor><KeyInfo xmlns="` + nsDsig + `"><X509Data><X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo></KeyDescriptor>`
		}, Metadata},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := goodMetadata()
			c.make(m)
			_, _, err := ParseMetadata(m.xml(), now)
			refused(t, err, c.code)
		})
	}
	one := string(goodMetadata().xml())
	for name, text := range map[string]string{
		"two providers":           `<EntitiesDescriptor xmlns="` + nsMetadata + `">` + one + one + `</EntitiesDescriptor>`,
		"a service's metadata":    string(must(ours().Metadata())),
		"another document":        `<html/>`,
		"a federation that ended": `<EntitiesDescriptor validUntil="2020-01-01T00:00:00Z" xmlns="` + nsMetadata + `">` + one + `</EntitiesDescriptor>`,
	} {
		_, _, err := ParseMetadata([]byte(text), now)
		if CodeOf(err) != Metadata {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := ParseMetadata([]byte(`<EntitiesDescriptor xmlns="`+nsMetadata+`">`+one+`</EntitiesDescriptor>`), now); err != nil {
		t.Errorf("a federation of one: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// TestDescribed names every key of ours, the next one too.
func TestDescribed(t *testing.T) {
	t.Parallel()
	us := ours()
	us.Keys = append(us.Keys, pairs()["spnext"].tls(), pairs()["P-256"].tls())
	text := string(must(us.Metadata()))
	for _, want := range []string{`entityID="` + entity + `"`, `Location="` + acs + `"`, `Location="` + slo + `"`, `WantAssertionsSigned="true"`, `AuthnRequestsSigned="true"`} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	for name, times := range map[string]int{"sp": 2, "spnext": 2, "P-256": 1} {
		if got := strings.Count(text, base64.StdEncoding.EncodeToString(pairs()[name].cert.Raw)); got != times {
			t.Errorf("%s is there %d times, want %d", name, got, times)
		}
	}
	if _, err := parse([]byte(text), metadata); err != nil {
		t.Error(err)
	}
}

// TestSettings refuses before an empty value can equal another.
func TestSettings(t *testing.T) {
	t.Parallel()
	m := good(styles[0])
	for name, change := range map[string]func(*Service, *Provider, *Expect){
		"no entity ID": func(s *Service, _ *Provider, _ *Expect) { s.EntityID = "" },
		"no address":   func(s *Service, _ *Provider, _ *Expect) { s.ACSURL = "" },
		"no provider":  func(_ *Service, p *Provider, _ *Expect) { p.EntityID = "" },
		"no time":      func(_ *Service, _ *Provider, e *Expect) { e.Now = time.Time{} },
		"too many certificates": func(_ *Service, p *Provider, _ *Expect) {
			p.Certificates = append(p.Certificates, p.Certificates[0], p.Certificates[0], p.Certificates[0])
		},
	} {
		us, p, e := ours(), theirs(m.issuer), expected()
		change(us, &p, &e)
		if _, err := us.Response(p, m.form(), e); CodeOf(err) != Setting {
			t.Errorf("%s: %v", name, err)
		}
	}
}
