package saml

import (
	"bytes"
	"compress/flate"
	"crypto/x509"
	"io"
	"net/url"
	"strings"
	"time"
)

// logoutAge is how old a request to sign out may be.
const logoutAge = 5 * time.Minute

// Incoming is a message as it arrived at SLOURL.
type Incoming struct {
	Binding     Binding
	Query       string // by Redirect: the query as it was sent, still escaped
	SAMLRequest string // by Post: the form field
	RelayState  string // by Post: the form field
}

// Logout is a believed request to sign out.
type Logout struct {
	ID string
	// NameID is whose sessions end, whatever its Format: providers leave it out, which
	// means unspecified (Core §2.2.2, §8.3.1), where their assertion had one.
	NameID     string
	Sessions   []string // the SessionIndex values; none means every session of NameID
	RelayState string   // goes back with the answer, and means nothing else

	// NotOnOrAfter is when this request stops being accepted. Until then its ID must
	// be remembered and refused when it comes again.
	NotOnOrAfter time.Time
}

// Logout decides whether a LogoutRequest is believed. Only signed ones are, and
// only from this connection's provider. Errors are *Refusal.
func (s *Service) Logout(p Provider, in Incoming, now time.Time) (*Logout, error) {
	if err := s.ready(p, now); err != nil {
		return nil, err
	}
	if s.SLOURL == "" {
		return nil, refuse(Setting, "this connection has no single logout")
	}
	var root *element
	var err error
	relay := in.RelayState
	if in.Binding == Redirect {
		root, relay, err = fromQuery(p, in.Query, now)
	} else {
		root, err = fromForm(p, in.SAMLRequest, now)
	}
	if err != nil {
		return nil, err
	}
	result := &Logout{ID: root.attr("ID"), RelayState: relay}
	if err := s.logoutPolicy(p, root, now, result); err != nil {
		return nil, err
	}
	return result, nil
}

// fromForm is a LogoutRequest that carries its signature.
func fromForm(p Provider, encoded string, now time.Time) (*element, error) {
	raw, err := decode(encoded, messageBytes)
	if err != nil {
		return nil, err
	}
	root, err := parse(raw, message)
	if err != nil {
		return nil, err
	}
	if !root.is(nsProtocol, "LogoutRequest") {
		return nil, refuse(Shape, "it is a %s, not a LogoutRequest", cut(root.local))
	}
	sig := root.one(nsDsig, "Signature")
	if err := (&envelope{root: root, signature: sig}).placed(nil, nil); err != nil {
		return nil, err
	}
	if sig == nil {
		return nil, refuse(Unsigned, "the LogoutRequest is not signed; let the provider sign logout requests")
	}
	return signed(p, raw, root, sig, now)
}

// fromQuery is a LogoutRequest whose signature is over the query.
func fromQuery(p Provider, query string, now time.Time) (*element, string, error) {
	sent, err := parameters(query)
	if err != nil {
		return nil, "", err
	}
	if err := checkQuery(p, sent, now); err != nil {
		return nil, "", err
	}
	small, err := decode(sent["SAMLRequest"].value, messageBytes)
	if err != nil {
		return nil, "", err
	}
	rest := bytes.NewReader(small)
	raw, err := io.ReadAll(io.LimitReader(flate.NewReader(rest), messageBytes+1))
	if err != nil || rest.Len() > 0 && len(raw) <= messageBytes {
		return nil, "", refuse(Malformed, "it is not compressed as HTTP-Redirect wants it")
	}
	root, err := parse(raw, message)
	if err != nil {
		return nil, "", err
	}
	if !root.is(nsProtocol, "LogoutRequest") {
		return nil, "", refuse(Shape, "it is a %s, not a LogoutRequest", cut(root.local))
	}
	return root, sent["RelayState"].value, (&envelope{root: root}).placed(nil, nil)
}

type parameter struct{ raw, value string }

// parameters reads a query without letting a name stand twice or be escaped: what
// is signed is the text, and the values are read from the same text.
func parameters(query string) (map[string]parameter, error) {
	if len(query) > 2*messageBytes {
		return nil, refuse(TooLarge, "the query is longer than %d kB", 2*messageBytes>>10)
	}
	sent := map[string]parameter{}
	for part := range strings.SplitSeq(query, "&") {
		name, raw, _ := strings.Cut(part, "=")
		switch name {
		case "SAMLRequest", "RelayState", "SigAlg", "Signature", "SAMLEncoding":
		default:
			continue
		}
		value, err := url.QueryUnescape(raw)
		if _, twice := sent[name]; twice || err != nil {
			return nil, refuse(Malformed, "the query has %s twice, or escaped wrongly", name)
		}
		sent[name] = parameter{raw, value}
	}
	if e, ok := sent["SAMLEncoding"]; ok && e.value != "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE" {
		return nil, refuse(Malformed, "the SAMLEncoding %q is not known", cut(e.value))
	}
	return sent, nil
}

// checkQuery verifies the signature of HTTP-Redirect (Bindings §3.4.4.1).
func checkQuery(p Provider, sent map[string]parameter, now time.Time) error {
	if sent["SAMLRequest"].value == "" {
		return refuse(Shape, "the query has no SAMLRequest")
	}
	if sent["Signature"].value == "" || sent["SigAlg"].value == "" {
		return refuse(Unsigned, "the LogoutRequest is not signed; let the provider sign logout requests")
	}
	m, ok := methods[sent["SigAlg"].value]
	if !ok || m.legacy && !p.LegacySHA1 {
		return refuse(Algorithm, "the signature method %s is not accepted; choose RSA with SHA-256 at the provider", cut(sent["SigAlg"].value))
	}
	value, err := unbase64(sent["Signature"].value)
	if err != nil {
		return refuse(Malformed, "the Signature is not base64")
	}
	text := "SAMLRequest=" + sent["SAMLRequest"].raw
	if relay, ok := sent["RelayState"]; ok {
		text += "&RelayState=" + relay.raw
	}
	text += "&SigAlg=" + sent["SigAlg"].raw
	sig := &signature{method: m, value: value}
	candidates, err := sig.candidates(p.Certificates, now)
	if err != nil {
		return err
	}
	for _, cert := range candidates {
		if value, ok := sig.valueFor(cert); ok && check(cert, m, text, value) {
			return nil
		}
	}
	return refuse(Signature, "the signature of the query does not fit: it was changed on the way, or a pinned certificate is not the provider's any more")
}

func check(cert *x509.Certificate, m method, text string, value []byte) bool {
	return cert.CheckSignature(m.x509, []byte(text), value) == nil
}

func (s *Service) logoutPolicy(p Provider, root *element, now time.Time, result *Logout) error {
	if err := versionAndIssuer(p, root, now, true); err != nil {
		return err
	}
	if to := root.attr("Destination"); to != s.SLOURL {
		return refuse(Destination, "it was sent to %q; this connection's address is %s", quoted(to), s.SLOURL)
	}
	made, err := instant(root, "IssueInstant", true)
	if err != nil {
		return err
	}
	until, err := instant(root, "NotOnOrAfter", false)
	if err != nil {
		return err
	}
	if end := made.Add(logoutAge); until.IsZero() || end.Before(until) {
		until = end
	}
	if err := within(time.Time{}, until, now); err != nil {
		return err
	}
	result.NotOnOrAfter = until.Add(Skew)
	id := root.one(nsAssertion, "NameID")
	if id == nil {
		return refuse(Subject, "the LogoutRequest must have exactly one NameID (an encrypted one is not read)")
	}
	if result.NameID, err = nameOf(id); err != nil {
		return err
	}
	for _, index := range root.all(nsProtocol, "SessionIndex") {
		text, ok := index.text()
		if !ok || text == "" {
			return refuse(Shape, "a SessionIndex is empty or not plain text")
		}
		result.Sessions = append(result.Sessions, text)
	}
	return nil
}
