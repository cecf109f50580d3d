package simulate

import (
	"fmt"
	"strings"
)

// values are the mapped attributes of person i as the directory has them now.
func (t *tenant) values(i int) values {
	p := &t.people[i]
	v := t.identity(i, p.changed.has(marriage))
	v[active] = yes
	if p.state != employed {
		v[active] = no
	}
	t.job(i, &v)
	t.contact(i, &v)
	return v
}

// identity is the part of the values that a person can be recognised by.
func (t *tenant) identity(i int, married bool) values {
	p := &t.people[i]
	n := p.name
	if married {
		n = p.married
	}
	c := &cultures[n.culture]
	given, family := c.given[n.given].native, c.family[n.family].native
	if p.changed.has(correction) {
		given += "-" + c.given[(int(n.given)+1)%len(c.given)].native
	}
	account := n.account()
	var v values
	v[givenName], v[familyName] = given, family
	v[formatted] = given + " " + family
	v[displayName] = v[formatted]
	if c.familyFirst {
		v[displayName] = family + given
	}
	v[userName] = account + "@" + t.domain
	v[workEmail] = v[userName]
	if t.draw(i, drawCase)%10 == 0 {
		// Directories keep the capitals that somebody once typed.
		given, rest, _ := strings.Cut(account, ".")
		v[userName] = capital(given) + "." + capital(rest) + "@" + t.domain
	}
	v[externalID] = account
	if t.byObject {
		v[externalID] = t.objectID(i)
	}
	v[employeeNumber] = employeeID(i)
	return v
}

func (t *tenant) job(i int, v *values) {
	p := &t.people[i]
	u := &units[p.unit]
	v[department], v[costCentre] = u.name, u.costCentre
	switch p.rank {
	case head:
		v[title] = u.head
	case lead:
		v[title] = u.lead
	default:
		v[title] = u.staff[t.draw(i, drawTitle)%uint64(len(u.staff))]
		if p.changed.has(promotion) {
			v[title] = "Senior " + v[title]
		}
	}
	v[preferredLanguage] = cultures[p.name.culture].language
	if p.changed.has(language) {
		v[preferredLanguage] = "en-GB"
	}
}

func (t *tenant) contact(i int, v *values) {
	p := &t.people[i]
	s := &sites[p.site]
	if t.draw(i, drawPhone)%10 < 7 {
		v[workPhone] = fmt.Sprintf("%s %02d-%02d", s.dial, i/100%100, i%100)
	}
	if digits := t.draw(i, drawMobile); digits%10 < 5 {
		v[mobilePhone] = fmt.Sprintf("+46 70-%07d", digits/10%10_000_000)
	}
	if p.changed.has(phone) {
		v[mobilePhone] = fmt.Sprintf("0046 (0)73 %07d", i%10_000_000)
	}
	if t.draw(i, drawFax)%30 == 0 {
		v[fax] = s.dial + "99"
	}
	if t.draw(i, drawAddress)%10 < 8 || p.changed.has(relocation) {
		v[officeAddress] = s.address()
		v[street], v[city], v[region] = s.street, s.city, s.region
		v[postalCode], v[country] = s.postalCode, s.country
	}
}

func capital(word string) string {
	if word == "" {
		return ""
	}
	return strings.ToUpper(word[:1]) + word[1:]
}
