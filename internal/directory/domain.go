package directory

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
)

// checkDomains refuses a profile outside the domains that its connection may
// provision: the primary e-mail address, and the user name where it has the form
// of one. No domains means all.
func checkDomains(domains []string, p *Profile) error {
	if len(domains) == 0 {
		return nil
	}
	email := p.PrimaryEmail()
	if email == nil && !strings.Contains(p.UserName, "@") {
		return outside("userName", p.UserName, domains)
	}
	if strings.Contains(p.UserName, "@") && !inDomains(p.UserName, domains) {
		return outside("userName", p.UserName, domains)
	}
	if email != nil && !inDomains(*email, domains) {
		return outside("emails", *email, domains)
	}
	return nil
}

func outside(field, value string, domains []string) error {
	column := user.FieldUserName
	if field == "emails" {
		column = user.FieldEmail
	}
	return fault.New(fault.Invalid, "%s %q is outside the domains of this connection (%s)", field, value, strings.Join(domains, ", ")).On(column)
}

// inDomains compares the part after the only @. An address with two of them is
// in no domain.
func inDomains(address string, domains []string) bool {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || strings.Contains(domain, "@") {
		return false
	}
	if domain = canonicalDomain(domain); domain == "" {
		return false
	}
	for _, d := range domains {
		if canonicalDomain(d) == domain {
			return true
		}
	}
	return false
}

// canonicalDomain is the form by which domains are compared: lower case, NFC,
// without the dot of the root, xn-- labels in the script that they stand for.
// It is not store.Fold, for straße.example and strasse.example may have two
// owners.
func canonicalDomain(d string) string {
	labels := strings.Split(strings.TrimSuffix(lower(strings.TrimSpace(d)), "."), ".")
	for i, label := range labels {
		encoded, ok := strings.CutPrefix(label, "xn--")
		if !ok {
			continue
		}
		// What decodes to plain ASCII, or to letters that lower case would make
		// others, only pretends to be that name.
		if text, ok := unpuny(encoded); ok && !isASCII(text) && lower(text) == text {
			labels[i] = text
		}
	}
	return strings.Join(labels, ".")
}

func lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return norm.NFC.String(cases.Lower(language.Und, cases.HandleFinalSigma(false)).String(s))
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
