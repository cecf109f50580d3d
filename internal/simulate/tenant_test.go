package simulate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func company(users, groups int, seed uint64) *tenant {
	return newTenant(Options{Users: users, Groups: groups, Seed: seed, Domain: "contoso.example"}, 3*joiners(users))
}

// everyone is the source as text, for comparison.
func everyone(t *tenant) []string {
	var lines []string
	for i := range t.people {
		lines = append(lines, fmt.Sprintf("%v manager %d", t.values(i), t.people[i].manager))
	}
	for _, g := range t.groups {
		lines = append(lines, fmt.Sprintf("%s %s %v", g.name, g.objectID, g.choose()))
	}
	return lines
}

func TestTenant_is_the_same_for_the_same_seed(t *testing.T) {
	t.Parallel()
	one, two, other := everyone(company(300, 40, 9)), everyone(company(300, 40, 9)), everyone(company(300, 40, 10))
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("same seed:\n%s", diff)
	}
	if slices.Equal(one, other) {
		t.Error("another seed makes the same tenant")
	}
}

func TestTenant_is_sound_at_any_size_and_stays_so(t *testing.T) {
	t.Parallel()
	for _, users := range []int{1, 2, 7, 40, 500, 5_000} {
		t.Run(fmt.Sprint(users), func(t *testing.T) {
			t.Parallel()
			c := company(users, min(60, users), 4)
			sound(t, c)
			r := &run{o: Options{Users: users}, tenant: c}
			for round := range 3 {
				r.moveOn(round)
				r.hire()
				sound(t, c)
			}
		})
	}
}

func sound(t *testing.T, c *tenant) {
	t.Helper()
	unique := map[string]int{}
	for i := range c.people {
		p, v := &c.people[i], c.values(i)
		for _, a := range []attribute{userName, externalID, employeeNumber} {
			key := fmt.Sprint(a, strings.ToLower(v[a]))
			if other, taken := unique[key]; taken {
				t.Fatalf("%s %q is of %d and %d", a, v[a], other, i)
			}
			unique[key] = i
		}
		if p.manager >= int32(i) || p.manager < 0 && i > 0 && !p.changed.has(unmanaged) {
			t.Fatalf("the manager of %d is %d", i, p.manager)
		}
		if p.manager >= 0 && c.people[p.manager].rank == staff {
			t.Fatalf("%d reports to %d, who is staff", i, p.manager)
		}
		for a := range attributes {
			if !utf8.ValidString(v[a]) {
				t.Fatalf("%s of %d is not UTF-8", a, i)
			}
		}
		for _, a := range []attribute{userName, givenName, familyName, displayName, title, department, workEmail} {
			if v[a] == "" {
				t.Fatalf("%d has no %s", i, a)
			}
		}
		for _, r := range v[userName] {
			if r <= ' ' || r >= utf8.RuneSelf {
				t.Fatalf("user name %q of %d", v[userName], i)
			}
		}
	}
	for _, g := range c.groups {
		if key := "group " + strings.ToLower(g.name); unique[key] != 0 {
			t.Fatalf("two groups are called %s", g.name)
		} else {
			unique[key] = 1
		}
		if members := g.choose(); !slices.IsSorted(members) {
			t.Fatalf("members of %s are not in order", g.name)
		}
	}
}

func TestTenant_has_names_of_many_scripts(t *testing.T) {
	t.Parallel()
	c := company(500, 0, 1)
	found := map[string]bool{}
	for i := range c.people {
		v := c.values(i)
		for script, sample := range map[string]string{
			"Latin with marks": "éöüçñåøłšãıőùảế", "Cyrillic": "аеиор", "Greek": "αεηορ", "Chinese or Japanese": "李王佐田藤陈",
			"Korean": "김이박최정", "Arabic": "انمي", "Hebrew": "יולר", "Devanagari": "रािशप",
		} {
			if strings.ContainsAny(v[displayName], sample) {
				found[script] = true
			}
		}
		if strings.ContainsRune(v[userName], '\'') {
			found["apostrophe in a user name"] = true
		}
	}
	if len(found) != 9 {
		t.Errorf("found only %v", found)
	}
}

func TestTenant_object_ids_are_UUIDs(t *testing.T) {
	t.Parallel()
	c := company(50, 5, 1)
	for i := range c.people {
		if id, err := uuid.Parse(c.objectID(i)); err != nil || id.Version() != 4 {
			t.Fatalf("object id %s: %v", c.objectID(i), err)
		}
	}
}

func TestTenant_moves_on_in_every_way(t *testing.T) {
	t.Parallel()
	c := company(200, 40, 6)
	before := map[*group][]int32{}
	for _, g := range c.groups {
		before[g] = g.choose()
	}
	r := &run{o: Options{Users: 200}, tenant: c}
	r.moveOn(0)
	r.hire()
	var seen changes
	for i := range c.people {
		seen |= c.people[i].changed
	}
	if all := duty<<1 - 1; seen != all {
		t.Errorf("changes %b of %b happened", seen, all)
	}
	var joined, left int
	for _, g := range c.groups {
		in, out := delta(before[g], g.choose())
		joined, left = joined+len(in), left+len(out)
	}
	if joined == 0 || left == 0 {
		t.Errorf("%d joined a group and %d left one", joined, left)
	}
}

func TestTenant_of_a_hundred_thousand_is_small(t *testing.T) {
	t.Parallel()
	c := company(100_000, 20, 1)
	if bytes := cap(c.people) * 64; bytes > 8<<20 {
		t.Errorf("people take %d bytes", bytes)
	}
	if all := c.groups[0].choose(); len(all) != 100_000 {
		t.Errorf("%d people are All staff", len(all))
	}
}

func TestDelta_tells_who_joined_and_who_left(t *testing.T) {
	t.Parallel()
	joined, left := delta([]int32{1, 3, 5, 9}, []int32{2, 3, 9, 10})
	if diff := cmp.Diff([][]int32{{2, 10}, {1, 5}}, [][]int32{joined, left}); diff != "" {
		t.Error(diff)
	}
}
