package saml

import (
	"strings"
	"time"
	"unicode"
)

const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

// assertionAge is for how long an assertion counts, however long the provider says that
// it is valid: its ID is kept as long.
const assertionAge = 24 * time.Hour

// policy decides whether an authentic message is meant for us, now, as the answer
// to what was asked. root is signed or not and can only make it refuse; every value
// comes from the assertion.
func (s *Service) policy(p Provider, root, a *element, expect Expect) (*Assertion, error) {
	result := &Assertion{ID: a.attr("ID"), Issuer: p.EntityID}
	for _, step := range []func() error{
		func() error { return s.envelopePolicy(p, root, expect) },
		func() error { return versionAndIssuer(p, a, expect.Now, true) },
		func() error { return s.conditions(a, expect.Now, result) },
		func() error { return s.confirmation(a, expect, result) },
		func() error { return session(a, expect, result) },
		func() error { return attributes(a, result) },
		func() error { return s.subject(p, a, result) },
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return result, nil
}

func (s *Service) envelopePolicy(p Provider, root *element, expect Expect) error {
	if err := versionAndIssuer(p, root, expect.Now, false); err != nil {
		return err
	}
	if to := root.attr("Destination"); to != s.ACSURL {
		return refuse(Destination, "it was sent to %q; this connection's address is %s", cut(to), s.ACSURL)
	}
	return answers(root.attr("InResponseTo"), expect)
}

// answers checks InResponseTo, which stands in two places.
func answers(id string, expect Expect) error {
	switch {
	case id == expect.RequestID && (id != "" || expect.ProviderInitiated):
		return nil
	case expect.RequestID == "" && !expect.ProviderInitiated:
		return refuse(Unsolicited, "nobody asked for it: sign-in must begin here, or the connection must allow the provider to begin")
	case id == "":
		return refuse(Request, "it does not say to which request it is the answer")
	}
	return refuse(Request, "it is the answer to another request than the one that was made")
}

func versionAndIssuer(p Provider, e *element, now time.Time, required bool) error {
	if v := e.attr("Version"); v != "2.0" {
		return refuse(Shape, "the %s is of SAML version %q; 2.0 is read", e.local, saidBy(e, v))
	}
	if e.attr("ID") == "" {
		return refuse(Shape, "the %s has no ID", e.local)
	}
	made, err := instant(e, "IssueInstant", true)
	if err != nil {
		return err
	}
	if err := begun(made, now, e.local+" was made"); err != nil {
		return err
	}
	list := e.all(nsAssertion, "Issuer")
	if len(list) == 0 && !required {
		return nil
	}
	if len(list) != 1 {
		return refuse(Issuer, "the %s must have exactly one Issuer", e.local)
	}
	const entity = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"
	text, ok := list[0].text()
	if f := list[0].attr("Format"); !ok || text != p.EntityID || f != "" && f != entity {
		return refuse(Issuer, "it comes from %q; this connection's provider is %s", saidBy(e, text), p.EntityID)
	}
	return nil
}

func (s *Service) conditions(a *element, now time.Time, result *Assertion) error {
	c := a.one(nsAssertion, "Conditions")
	from, err := instant(c, "NotBefore", true)
	if err != nil {
		return err
	}
	until, err := instant(c, "NotOnOrAfter", true)
	if err != nil {
		return err
	}
	made, err := instant(a, "IssueInstant", true)
	if err != nil {
		return err
	}
	if end := made.Add(assertionAge); end.Before(until) {
		until = end
	}
	if err := within(from, until, now); err != nil {
		return err
	}
	result.NotOnOrAfter = until.Add(Skew)
	restricted := false
	for _, child := range c.children() {
		switch {
		case child.is(nsAssertion, "AudienceRestriction"):
			if err := s.audience(child); err != nil {
				return err
			}
			restricted = true
		case child.is(nsAssertion, "OneTimeUse"), child.is(nsAssertion, "ProxyRestriction"):
			// Each assertion is used once, and none is passed on.
		default:
			return refuse(Shape, "the condition %s is not known, so that it cannot be met", quoted(child.local))
		}
	}
	if !restricted {
		return refuse(Audience, "it does not say for which service it was made; set the audience to %s at the provider", s.EntityID)
	}
	return nil
}

func (s *Service) audience(restriction *element) error {
	var named string
	for _, child := range restriction.all(nsAssertion, "Audience") {
		text, ok := child.text()
		if ok && text == s.EntityID {
			return nil
		}
		named = text
	}
	return refuse(Audience, "it was made for %q; this connection's entity ID is %s", quoted(named), s.EntityID)
}

// confirmation checks that who brings the assertion is whom it was given to.
func (s *Service) confirmation(a *element, expect Expect, result *Assertion) error {
	c := a.one(nsAssertion, "Subject").one(nsAssertion, "SubjectConfirmation")
	if c == nil || c.attr("Method") != bearer {
		return refuse(Subject, "the Subject must have exactly one SubjectConfirmation, by bearer")
	}
	data := c.one(nsAssertion, "SubjectConfirmationData")
	if data == nil || len(c.children()) != 1 {
		return refuse(Subject, "the SubjectConfirmation must have one SubjectConfirmationData and nothing else")
	}
	if to := data.attr("Recipient"); to != s.ACSURL {
		return refuse(Recipient, "it was made for the address %q; this connection's is %s", quoted(to), s.ACSURL)
	}
	if err := answers(data.attr("InResponseTo"), expect); err != nil {
		return err
	}
	from, err := instant(data, "NotBefore", false)
	if err != nil {
		return err
	}
	until, err := instant(data, "NotOnOrAfter", true)
	if err != nil {
		return err
	}
	if err := within(from, until, expect.Now); err != nil {
		return err
	}
	if end := until.Add(Skew); end.Before(result.NotOnOrAfter) {
		result.NotOnOrAfter = end
	}
	return nil
}

func session(a *element, expect Expect, result *Assertion) error {
	statement := a.one(nsAssertion, "AuthnStatement")
	at, err := instant(statement, "AuthnInstant", true)
	if err != nil {
		return err
	}
	if err := begun(at, expect.Now, "person signed in at the provider"); err != nil {
		return err
	}
	if result.SessionNotOnOrAfter, err = instant(statement, "SessionNotOnOrAfter", false); err != nil {
		return err
	}
	if end := result.SessionNotOnOrAfter; !end.IsZero() && !end.After(expect.Now) { // nothing is left for a session here
		off := expect.Now.Sub(end)
		return &Refusal{Code: Clock, Sentence: "the provider's own session ended " + off.Round(time.Second).String() + " ago: sign in there again, or a clock is wrong", Off: off}
	}
	result.SessionIndex = statement.attr("SessionIndex")
	return nil
}

func attributes(a *element, result *Assertion) error {
	result.Attributes = map[string][]string{}
	for _, statement := range a.all(nsAssertion, "AttributeStatement") {
		for _, attribute := range statement.children() {
			name := attribute.attr("Name")
			if !attribute.is(nsAssertion, "Attribute") || name == "" {
				return refuse(Shape, "the AttributeStatement has a %s that is not an attribute with a name", quoted(attribute.local))
			}
			values := result.Attributes[name] // Keycloak sends one Attribute for each role
			for _, value := range attribute.children() {
				text, ok := value.text()
				if !ok || !value.is(nsAssertion, "AttributeValue") {
					return refuse(Shape, "the attribute %q has a value that is not plain text; leave it out at the provider", quoted(name))
				}
				values = append(values, text)
			}
			result.Attributes[name] = values
		}
	}
	return nil
}

const (
	persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	transient  = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
)

// subject decides who it is.
func (s *Service) subject(p Provider, a *element, result *Assertion) error {
	subject := a.one(nsAssertion, "Subject")
	id, confirmation := subject.one(nsAssertion, "NameID"), subject.one(nsAssertion, "SubjectConfirmation")
	if id == nil || confirmation == nil || len(subject.children()) != 2 {
		return refuse(Subject, "the Subject must have exactly one NameID (an encrypted one is not read) and one SubjectConfirmation")
	}
	name, err := nameOf(id)
	if err != nil {
		return err
	}
	if q := id.attr("SPNameQualifier"); q != "" && q != s.EntityID {
		return refuse(Subject, "the NameID was made for %q; this connection's entity ID is %s", quoted(q), s.EntityID)
	}
	result.NameID, result.NameIDFormat = name, id.attr("Format")
	if p.NameIDAttribute == "" {
		if result.NameIDFormat == transient {
			return refuse(Subject, "the provider sends a new NameID each time (transient); let it send a persistent one, or choose an attribute that never changes")
		}
		result.Subject, result.Immutable = name, result.NameIDFormat == persistent
		return nil
	}
	values := result.Attributes[p.NameIDAttribute]
	if len(values) != 1 || !plainName(values[0]) {
		return refuse(Subject, "the attribute %q, which names people, must have exactly one value; it has %d", p.NameIDAttribute, len(values))
	}
	result.Subject, result.Immutable = values[0], true
	return nil
}

func nameOf(id *element) (string, error) {
	name, ok := id.text()
	if !ok || !plainName(name) {
		return "", refuse(Subject, "the NameID is empty, too long, or has spaces at its ends, control characters or elements in it")
	}
	return name, nil
}

// plainName refuses names that could look like another.
func plainName(name string) bool {
	return name != "" && len(name) <= 1024 && strings.TrimSpace(name) == name && !strings.ContainsFunc(name, unicode.IsControl)
}

// instant reads a time. Without the attribute it is zero, or an error when it has
// to be there.
func instant(e *element, name string, required bool) (time.Time, error) {
	text := e.attr(name)
	if text == "" && !required {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, refuse(Shape, "%s of %s is %q, which is not a time with its zone", name, e.local, saidBy(e, text))
	}
	return t.UTC(), nil
}

// within refuses what is not valid yet, or not any more.
func within(from, until, now time.Time) error {
	if off := from.Sub(now); !from.IsZero() && off > Skew {
		return &Refusal{Code: Clock, Sentence: "it is valid only in " + off.Round(time.Second).String() + ": the provider's clock, or ours, is wrong", Off: off}
	}
	if off := now.Sub(until); off >= Skew {
		return &Refusal{Code: Clock, Sentence: "it was valid until " + off.Round(time.Second).String() + " ago: it took too long, or a clock is wrong", Off: off}
	}
	return nil
}

// begun refuses what claims to have happened later than now.
func begun(at, now time.Time, what string) error {
	if off := at.Sub(now); off > Skew {
		return &Refusal{Code: Clock, Sentence: "the " + what + " " + off.Round(time.Second).String() + " from now: the provider's clock, or ours, is wrong", Off: off}
	}
	return nil
}
