package simulate

import (
	"fmt"
	"slices"
)

// group is a security group of the directory that is provisioned.
type group struct {
	number   int
	name     string
	objectID string
	choose   func() []int32 // who belongs to it as the source stands, ascending

	id      string
	members []int32 // as last provisioned
	linked  bool    // found on the server, not created by us
	deleted bool
}

// renamed is the name that an incremental cycle gives a group.
func (g *group) renamed() string { return g.name + " & partners" }

// makeGroups makes the groups that a company would have, the most telling
// first: everybody, duties, departments, offices, then projects without end.
func (t *tenant) makeGroups(n int) []*group {
	if n == 0 {
		return nil
	}
	all := []*group{
		{name: "All staff", choose: t.everybody(func(int, *person) bool { return true })},
		{name: "Fire wardens", choose: t.everybody(func(i int, p *person) bool { return t.onDuty(i, p, 0) })},
		{name: "First aiders", choose: t.everybody(func(i int, p *person) bool { return t.onDuty(i, p, 32) })},
		{name: "People managers", choose: t.everybody(func(_ int, p *person) bool { return p.rank != staff })},
	}
	for u := range t.heads + 1 {
		all = append(all, &group{name: units[u].name, choose: t.everybody(func(_ int, p *person) bool { return int(p.unit) == u })})
	}
	for s := range sites {
		all = append(all, &group{name: "Office " + sites[s].name, choose: t.everybody(func(_ int, p *person) bool { return int(p.site) == s })})
	}
	for i := 0; len(all) < n; i++ {
		name := "Project " + projects[i%len(projects)]
		if i >= len(projects) {
			name = fmt.Sprintf("%s %d", name, 1+i/len(projects))
		}
		all = append(all, &group{name: name, choose: t.project(i)})
	}
	all = all[:n]
	for i, g := range all {
		g.number, g.objectID = i, t.guid(i, drawGroupObject)
	}
	return all
}

// toRename is the group that the given round of incremental cycles renames, and
// toDelete the one that leavers cycles give up; nil when groups are too few.
// Both come from the end, where projects are.
func (t *tenant) toRename(round int) *group { return t.fromEnd(1 + 2*round) }

func (t *tenant) toDelete(round int) *group { return t.fromEnd(2 + 2*round) }

func (t *tenant) fromEnd(k int) *group {
	if k >= len(t.groups) {
		return nil
	}
	return t.groups[len(t.groups)-k]
}

// everybody selects the people in the directory to whom the rule applies.
func (t *tenant) everybody(rule func(i int, p *person) bool) func() []int32 {
	return func() []int32 {
		var members []int32
		for i := range t.people {
			p := &t.people[i]
			if (p.state == employed || p.state == disabled) && rule(i, p) {
				members = append(members, int32(i))
			}
		}
		return members
	}
}

// onDuty is true for one person in ten, and the other way round for those who
// handed their duty over or took one on.
func (t *tenant) onDuty(i int, p *person, shift int) bool {
	chosen := t.draw(i, drawDuty)>>shift%10 == 0
	return chosen != p.changed.has(duty)
}

// project selects some twenty people by lot.
func (t *tenant) project(number int) func() []int32 {
	return func() []int32 {
		var members []int32
		size := 5 + t.draw(number, drawProject)%30
		for k := range size {
			i := int(mix(t.draw(number, drawProject)+k) % uint64(len(t.people)))
			if s := t.people[i].state; s == employed || s == disabled {
				members = append(members, int32(i))
			}
		}
		slices.Sort(members)
		return slices.Compact(members)
	}
}

// delta is who joined and who left between two ascending lists.
func delta(before, after []int32) (joined, left []int32) {
	for len(before) > 0 || len(after) > 0 {
		switch {
		case len(before) == 0 || len(after) > 0 && after[0] < before[0]:
			joined, after = append(joined, after[0]), after[1:]
		case len(after) == 0 || before[0] < after[0]:
			left, before = append(left, before[0]), before[1:]
		default:
			before, after = before[1:], after[1:]
		}
	}
	return joined, left
}
