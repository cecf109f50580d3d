package directory

import (
	"strings"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
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
	domain = canonicalDomain(domain)
	for _, d := range domains {
		if canonicalDomain(d) == domain {
			return true
		}
	}
	return false
}

func canonicalDomain(d string) string {
	return strings.TrimSuffix(store.Fold(strings.TrimSpace(d)), ".")
}
