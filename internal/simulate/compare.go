package simulate

import "context"

// policy is what a comparison of source and target does with a difference.
type policy uint8

const (
	first    policy = iota // sends it: the server has never seen this tenant, or not lately
	repeated               // sends it and finds it wrong: everything has been sent before
	watching               // finds it wrong and sends nothing
)

// compare goes through the whole tenant: people, then their managers, then
// groups, then who belongs to them. It is both the initial cycle and the proof
// that nothing needs to be sent a second time.
func (r *run) compare(ctx context.Context, p policy) error {
	r.linked = true
	defer func() { r.synced = r.synced || p == first }()
	people := r.inDirectory()
	err := r.phase(ctx, "people", len(people), func(ctx context.Context, w *worker, k int) {
		w.comparePerson(ctx, int(people[k]), p)
	})
	if err != nil {
		return err
	}
	err = r.phase(ctx, "managers", len(people), func(ctx context.Context, w *worker, k int) {
		w.compareManager(ctx, int(people[k]), p)
	})
	if err != nil {
		return err
	}
	groups := r.liveGroups()
	err = r.phase(ctx, "groups", len(groups), func(ctx context.Context, w *worker, k int) {
		w.compareGroup(ctx, groups[k], p)
	})
	if err != nil {
		return err
	}
	return r.compareMembers(ctx, groups, p)
}

// inDirectory are the numbers of the people whom the directory has.
func (r *run) inDirectory() []int32 {
	return r.tenant.everybody(func(int, *person) bool { return true })()
}

func (r *run) liveGroups() []*group {
	var groups []*group
	for _, g := range r.tenant.groups {
		if !g.deleted {
			groups = append(groups, g)
		}
	}
	return groups
}

// comparePerson matches a person, creates whoever is missing and patches what
// differs. Somebody who is disabled at the source is never created.
func (w *worker) comparePerson(ctx context.Context, i int, p policy) {
	t := w.run.tenant
	who := &t.people[i]
	source := t.values(i)
	if p != watching || who.id == "" {
		id, ok := w.match(ctx, i, &source)
		if !ok {
			return
		}
		who.id = id
		if id != "" {
			w.matched.Add(1)
		}
	}
	switch {
	case who.id != "":
		w.comparePersonByID(ctx, i, &source, p)
	case p == watching:
		w.want(source[active] == no, "to find %s, who was provisioned before", source[userName])
	case source[active] == yes:
		w.want(p != repeated, "to find %s, who was provisioned before", source[userName])
		w.createPerson(ctx, i, &source)
	}
}

// match looks a person up by the matching attribute. A tenant that has been
// rehearsed before may still have somebody under the name that the incremental
// cycle gives; Entra too tries one matching attribute after another.
func (w *worker) match(ctx context.Context, i int, source *values) (id string, ok bool) {
	t := w.run.tenant
	by := matching[w.run.o.MatchBy]
	found, ok := w.findUser(ctx, i, by, source[by])
	if !ok || found != nil {
		return idOf(found), ok
	}
	if !t.plan(i, w.run.round.incremental).has(marriage) {
		return "", true
	}
	later := t.identity(i, true)
	if later[by] == source[by] {
		return "", true
	}
	found, ok = w.findUser(ctx, i, by, later[by])
	return idOf(found), ok
}

func idOf(r *resource) string {
	if r == nil {
		return ""
	}
	return r.id
}

func (w *worker) comparePersonByID(ctx context.Context, i int, source *values, p policy) {
	found := w.getUser(ctx, i)
	if found == nil {
		return
	}
	w.edits = differences(w.edits, source, &found.values)
	if len(w.edits) == 0 {
		return
	}
	if p != first {
		w.unwanted(w.edits, &found.values)
	}
	if p != watching {
		w.patchUser(ctx, i, source)
	}
}

// compareManager asks whether a person has the manager of the source. Entra
// does this in a pass of its own, when everybody has an id.
func (w *worker) compareManager(ctx context.Context, i int, p policy) {
	t := w.run.tenant
	who := &t.people[i]
	if who.id == "" {
		return
	}
	if who.manager < 0 {
		if who.managed && p != watching {
			w.clearManager(ctx, i)
		}
		return
	}
	boss := &t.people[who.manager]
	if boss.id == "" {
		return
	}
	there, ok := w.hasReference(ctx, i, "/Users", who.id, "manager", boss.id)
	if !ok || there {
		return
	}
	w.want(p == first, "one resource: the manager was provisioned before")
	if p != watching {
		w.setManager(ctx, i)
	}
}

// compareGroup matches a group by its name and brings it in line.
func (w *worker) compareGroup(ctx context.Context, g *group, p policy) {
	if p != watching || g.id == "" {
		if !w.matchGroup(ctx, g) {
			return
		}
		if g.linked {
			w.matched.Add(1)
		}
	}
	switch {
	case g.id != "":
		w.alignGroup(ctx, g, p)
	case p == watching:
		w.want(false, "to find the group %s, which was provisioned before", g.name)
	default:
		w.want(p != repeated, "to find the group %s, which was provisioned before", g.name)
		w.createGroup(ctx, g)
	}
}

// matchGroup looks a group up by its name or, as with people, by the one that
// the incremental cycle gives it. It reports whether the server could tell.
func (w *worker) matchGroup(ctx context.Context, g *group) bool {
	found, ok := w.findGroup(ctx, g, g.name)
	if ok && found == nil && g == w.run.tenant.toRename(w.run.round.incremental) {
		found, ok = w.findGroup(ctx, g, g.renamed())
	}
	if ok {
		g.id, g.linked = idOf(found), found != nil
	}
	return ok
}

// alignGroup reads a group without its members, as Entra does before each
// write, and patches what differs.
func (w *worker) alignGroup(ctx context.Context, g *group, p policy) {
	found := w.getGroup(ctx, g)
	if found == nil {
		return
	}
	var source values
	source[displayName], source[externalID] = g.name, g.objectID
	w.edits = differences(w.edits, &source, &found.values)
	if len(w.edits) == 0 {
		return
	}
	if p != first {
		w.unwanted(w.edits, &found.values)
	}
	if p == watching {
		return
	}
	w.buffer = appendPatch(w.buffer[:0], w.run.dialect(g.number), w.edits)
	if w.patchGroup(ctx, g) {
		if found := w.getGroup(ctx, g); found != nil {
			w.echoEdits(found, w.edits)
		}
	}
}

// compareMembers asks of each group that was already there who is missing, and
// adds them; a new group gets everybody at once.
func (r *run) compareMembers(ctx context.Context, groups []*group, p policy) error {
	type pair struct {
		group   *group
		member  int32
		missing bool
	}
	var pairs []pair
	for _, g := range groups {
		g.members = g.choose()
		if g.id == "" || !g.linked && p == first {
			continue
		}
		for _, m := range g.members {
			pairs = append(pairs, pair{group: g, member: m})
		}
	}
	err := r.phase(ctx, "member checks", len(pairs), func(ctx context.Context, w *worker, k int) {
		member := &r.tenant.people[pairs[k].member]
		if member.id == "" {
			return
		}
		there, ok := w.hasReference(ctx, k, "/Groups", pairs[k].group.id, "members", member.id)
		w.want(!ok || there || p == first, "one resource: the member was provisioned before")
		pairs[k].missing = ok && !there
	})
	if err != nil || p == watching {
		return err
	}
	missing := map[*group][]int32{}
	for _, g := range groups {
		if g.id != "" && !g.linked && p == first {
			missing[g] = g.members
		}
	}
	for _, c := range pairs {
		if c.missing {
			missing[c.group] = append(missing[c.group], c.member)
		}
	}
	return r.phase(ctx, "members", len(groups), func(ctx context.Context, w *worker, k int) {
		if who := missing[groups[k]]; len(who) > 0 {
			w.addMembers(ctx, groups[k], who)
			w.getGroup(ctx, groups[k])
		}
	})
}
