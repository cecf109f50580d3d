package simulate

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// tenant is the directory at the source. Everything about a person that can be
// worked out again from the seed and the person's number is worked out again,
// so that a hundred thousand people take a few megabytes.
type tenant struct {
	seed     uint64
	domain   string
	byObject bool // externalId carries the object id, not the mail nickname
	heads    int  // departments, each headed by the person of the same number
	people   []person
	groups   []*group
}

// person is what cannot be worked out again: the place in the tree, what has
// happened so far, and the id that the server gave.
type person struct {
	id      string
	manager int32 // −1: nobody
	name    name
	married name
	unit    uint8
	site    uint8
	rank    rank
	changed changes
	state   state
	managed bool // the server returned a manager
}

// name points into cultures; suffix tells people of the same name apart.
type name struct {
	culture, given, family uint8
	suffix                 uint32
}

type rank uint8

const (
	staff rank = iota
	lead
	head
)

// state is where a person stands in the directory.
type state uint8

const (
	absent   state = iota // not hired yet
	employed              // active
	disabled              // still in the directory, may not sign in
	purged                // gone for good
)

// newTenant makes a company of so many people, with so many more to join later.
func newTenant(o Options, joiners int) *tenant {
	t := &tenant{
		seed:     o.Seed,
		domain:   o.Domain,
		byObject: o.MatchBy == "externalId",
		heads:    min(len(units)-1, o.Users/6),
		people:   make([]person, o.Users+joiners),
	}
	taken := map[string]uint32{}
	size := make([]int, len(units))   // people in each unit
	last := make([]int32, len(units)) // the lead that newcomers of a unit report to
	for i := range t.people {
		p := &t.people[i]
		p.name, p.married = t.names(i, taken)
		p.site = uint8(t.draw(i, drawSite) % uint64(len(sites)))
		if i < o.Users {
			p.state = employed
		}
		t.place(i, size, last)
	}
	t.groups = t.makeGroups(o.Groups)
	return t
}

// place gives a person a department, a rank and a manager. A manager always has
// the smaller number, so the tree has no circles.
func (t *tenant) place(i int, size []int, last []int32) {
	p := &t.people[i]
	switch {
	case i <= t.heads:
		p.unit, p.rank, p.manager = uint8(i), head, 0
		last[i] = int32(i)
		if i == 0 {
			p.manager = -1
		}
		return
	case t.heads > 0:
		// The smaller of two draws: the first departments are the largest.
		one, two := t.draw(i, drawUnit), t.draw(i, drawUnitAgain)
		p.unit = uint8(1 + min(one%uint64(t.heads), two%uint64(t.heads)))
	}
	p.manager = last[p.unit]
	if size[p.unit]%9 == 0 {
		p.rank, p.manager = lead, int32(p.unit)
		last[p.unit] = int32(i)
	}
	size[p.unit]++
}

// names chooses a name and the one after a marriage, unlike any taken so far.
func (t *tenant) names(i int, taken map[string]uint32) (now, later name) {
	c := t.draw(i, drawCulture) % uint64(len(cultures))
	given, family := cultures[c].given, cultures[c].family
	now = name{
		culture: uint8(c),
		given:   uint8(t.draw(i, drawGiven) % uint64(len(given))),
		family:  uint8(t.draw(i, drawFamily) % uint64(len(family))),
	}
	later = now
	step := 1 + t.draw(i, drawMarried)%uint64(len(family)-1)
	later.family = uint8((uint64(now.family) + step) % uint64(len(family)))
	for _, n := range []*name{&now, &later} {
		key := n.account()
		n.suffix = taken[key]
		taken[key]++
	}
	return now, later
}

// account is the part of the user name before the @, in lower case.
func (n name) account() string {
	c := &cultures[n.culture]
	account := strings.ToLower(c.given[n.given].ascii + "." + c.family[n.family].ascii)
	if n.suffix > 0 {
		account += strconv.Itoa(int(n.suffix) + 1)
	}
	return account
}

// objectID is the id of person i in the directory.
func (t *tenant) objectID(i int) string { return t.guid(i, drawObject) }

func (t *tenant) guid(i int, what draw) string {
	var id uuid.UUID
	high := t.draw(i, what)
	binary.BigEndian.PutUint64(id[:8], high)
	binary.BigEndian.PutUint64(id[8:], mix(high+uint64(i)))
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}

func employeeID(i int) string { return fmt.Sprintf("%06d", i+1) }

// draw names one of the dice that are thrown for each person.
type draw uint64

const (
	drawSite draw = iota + 1
	drawUnit
	drawUnitAgain
	drawCulture
	drawGiven
	drawFamily
	drawMarried
	drawObject
	drawGroupObject
	drawProbe
	drawTitle
	drawCase
	drawPhone
	drawMobile
	drawFax
	drawAddress
	drawDuty
	drawProject
	drawDialect
	drawQuotes
	drawShape
	drawSample
)

// draw throws one die for person i: the same seed always throws the same.
func (t *tenant) draw(i int, what draw) uint64 {
	return mix(mix(t.seed^uint64(what)<<40) + uint64(i))
}

// mix is the finaliser of splitmix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
