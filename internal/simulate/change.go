package simulate

// changes is the set of things that have happened to a person.
type changes uint16

const (
	marriage   changes = 1 << iota // family name, user name and mail
	correction                     // given name as it is really spelled
	promotion                      // title
	transfer                       // department, cost centre, title and manager
	reporting                      // manager
	unmanaged                      // no manager any more
	phone                          // mobile number
	relocation                     // address at last
	language
	duty // joins or leaves the fire wardens and first aiders
)

func (c changes) has(what changes) bool { return c&what != 0 }

// calendar says what an incremental cycle brings: people take their turns by
// number, so forty of them see everything once.
var calendar = [40]changes{
	1:  marriage,
	3:  correction,
	6:  promotion,
	7:  promotion | phone,
	10: transfer,
	13: reporting,
	14: reporting | language,
	17: unmanaged,
	20: phone,
	21: phone | relocation,
	22: relocation,
	25: duty,
	26: duty | promotion,
	29: language,
	32: marriage | relocation | phone,
	35: transfer | relocation,
}

// The turns of leavers.
const (
	turnLeave   = 18 // disabled, and stays so
	turnReturn  = 31 // disabled, and comes back
	turnDepart  = 37 // disabled, then purged
	turnDepart2 = 8
)

// turn is the place of person i in the calendar in the given round.
func (t *tenant) turn(i, round int) int {
	return (i + int(t.seed%uint64(len(calendar))) + 7*round) % len(calendar)
}

// plan is what the given round of incremental cycles brings person i. Only
// staff change places: heads and leads hold the tree together.
func (t *tenant) plan(i, round int) changes {
	p := &t.people[i]
	if p.state != employed {
		return 0
	}
	due := calendar[t.turn(i, round)] &^ p.changed
	if p.rank != staff {
		due &^= promotion | transfer | reporting | unmanaged
	}
	if t.heads < 2 {
		due &^= transfer
	}
	return due
}

// apply makes a planned change part of the source.
func (t *tenant) apply(i int, due changes) {
	p := &t.people[i]
	p.changed |= due
	switch {
	case due.has(transfer):
		p.unit = uint8(1 + int(p.unit)%t.heads)
		p.manager = int32(p.unit)
	case due.has(reporting) && p.manager > 0:
		// The manager's manager has a smaller number again: still no circle.
		if above := t.people[p.manager].manager; above >= 0 {
			p.manager = above
		}
	case due.has(unmanaged):
		p.manager = -1
	}
}

// joiners are the people who join in one incremental cycle.
func joiners(users int) int { return 1 + users/50 }
