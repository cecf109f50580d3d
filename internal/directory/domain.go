package directory

import (
	"strings"

	"golang.org/x/net/idna"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
)

// checkDomains refuses a profile outside the domains that its connection may
// provision: the primary e-mail address, and the user name where it has the form
// of one. No domains means all.
func checkDomains(allowed []string, p *Profile) error {
	if len(allowed) == 0 {
		return nil
	}
	email := p.PrimaryEmail()
	if email == nil && !strings.Contains(p.UserName, "@") {
		return outside("userName", p.UserName, allowed)
	}
	if strings.Contains(p.UserName, "@") && !inDomains(p.UserName, allowed) {
		return outside("userName", p.UserName, allowed)
	}
	if email != nil && !inDomains(*email, allowed) {
		return outside("emails", *email, allowed)
	}
	return nil
}

func outside(field, value string, allowed []string) error {
	column := user.FieldUserName
	if field == "emails" {
		column = user.FieldEmail
	}
	return fault.New(fault.Invalid, "%s %q is outside the domains of this connection (%s)", field, value, strings.Join(allowed, ", ")).On(column)
}

// inDomains compares the part after the only @. An address with two of them is
// in no domain.
func inDomains(address string, allowed []string) bool {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || strings.Contains(domain, "@") {
		return false
	}
	if domain = canonicalDomain(domain); domain == "" {
		return false
	}
	for _, d := range allowed {
		if canonicalDomain(d) == domain {
			return true
		}
	}
	return false
}

// domains reads names as a browser would look them up (RFC 5891, UTS #46), but
// keeps ß and its like: straße.example and strasse.example may have two owners.
var domains = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(), idna.StrictDomainName(false))

// maxDomain is how long a domain can be in other scripts, in bytes. Its form in xn--
// labels has 253 at most, and takes the square of the length to find.
const maxDomain = 1000

// canonicalDomain is the form by which domains are compared: lower case, without
// the dot of the root, other scripts as xn-- labels. "" is what no domain is.
func canonicalDomain(d string) string {
	if len(d) > maxDomain {
		return ""
	}
	ascii, err := domains.ToASCII(strings.TrimSuffix(strings.TrimSpace(d), "."))
	if err != nil {
		return ""
	}
	return ascii
}
