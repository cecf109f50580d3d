package simulate

import (
	"context"
	"net/http"
	"slices"
)

// leavers disables people, takes some of them back, and purges others; then it
// gives up a group and makes sure that nobody who is gone is still a member.
func (r *run) leavers(ctx context.Context) error {
	if err := r.link(ctx); err != nil {
		return err
	}
	round := r.round.leavers
	r.round.leavers++
	going := r.onTurn(round, turnLeave, turnReturn, turnDepart, turnDepart2)
	err := r.phase(ctx, "disable", len(going), func(ctx context.Context, w *worker, k int) {
		w.switchPerson(ctx, int(going[k]), disabled)
	})
	if err != nil {
		return err
	}
	back := r.among(going, round, turnReturn)
	err = r.phase(ctx, "re-enable", len(back), func(ctx context.Context, w *worker, k int) {
		w.switchPerson(ctx, int(back[k]), employed)
	})
	if err != nil {
		return err
	}
	gone := r.among(going, round, turnDepart, turnDepart2)
	err = r.phase(ctx, "delete", len(gone), func(ctx context.Context, w *worker, k int) {
		w.purge(ctx, int(gone[k]))
	})
	if err != nil {
		return err
	}
	if err := r.checkGhosts(ctx, gone); err != nil {
		return err
	}
	return r.deleteGroup(ctx, round)
}

// onTurn are the staff on the server whose turn it is. Nobody reports to staff.
func (r *run) onTurn(round int, turns ...int) []int32 {
	return r.tenant.everybody(func(i int, p *person) bool {
		return p.state == employed && p.rank == staff && p.id != "" && slices.Contains(turns, r.tenant.turn(i, round))
	})()
}

func (r *run) among(people []int32, round int, turns ...int) []int32 {
	var some []int32
	for _, i := range people {
		if slices.Contains(turns, r.tenant.turn(int(i), round)) {
			some = append(some, i)
		}
	}
	return some
}

// switchPerson disables or enables somebody and makes sure that the server
// still shows the person, by id and by filter, in the new state.
func (w *worker) switchPerson(ctx context.Context, i int, to state) {
	t := w.run.tenant
	who := &t.people[i]
	who.state = to
	source := t.values(i)
	found := w.getUser(ctx, i)
	if found == nil {
		return
	}
	w.edits = differences(w.edits, &source, &found.values)
	w.want(!w.run.synced || len(w.edits) == 1 && w.edits[0].attribute == active, "every value as it was sent before; only active changes now")
	if len(w.edits) == 0 {
		return
	}
	w.patchUser(ctx, i, &source)
	if found := w.getUser(ctx, i); found != nil {
		w.want(found.values[active] == source[active], "active %s by id, not %s", source[active], shown(found.values[active]))
	}
	by := matching[w.run.o.MatchBy]
	found, ok := w.findUser(ctx, i, by, source[by])
	if !ok {
		return
	}
	w.want(found != nil, "to find the person by filter: only who is deleted may vanish")
	if found != nil {
		w.want(found.id == who.id, "the same id %q by filter, not %q", who.id, found.id)
		w.want(found.values[active] == source[active], "active %s by filter, not %s", source[active], shown(found.values[active]))
	}
}

// purge deletes somebody who was disabled, and makes sure that nothing answers
// to the id or the name any more.
func (w *worker) purge(ctx context.Context, i int) {
	t := w.run.tenant
	who := &t.people[i]
	target := "/Users/" + who.id
	if !w.send(ctx, remove, http.MethodDelete, target, nil) || !w.status(http.StatusNoContent) {
		return
	}
	w.deleted.Add(1)
	source := t.values(i)
	who.state = purged
	if w.send(ctx, get, http.MethodGet, target, nil) {
		w.refused(http.StatusNotFound)
	}
	by := matching[w.run.o.MatchBy]
	if found, ok := w.findUser(ctx, i, by, source[by]); ok {
		w.want(found == nil, "no resource: the person has been deleted")
	}
	if w.send(ctx, remove, http.MethodDelete, target, nil) {
		w.refused(http.StatusNotFound)
	}
}

// checkGhosts makes sure that no group shows somebody who has been deleted: it
// asks group by group, and reads the smaller groups whole.
func (r *run) checkGhosts(ctx context.Context, gone []int32) error {
	type pair struct {
		group  *group
		member string
	}
	ghosts := map[string]bool{}
	var pairs []pair
	var small []*group
	for _, i := range gone {
		ghosts[r.tenant.people[i].id] = r.tenant.people[i].state == purged
	}
	for _, g := range r.liveGroups() {
		if g.id == "" {
			continue
		}
		before := g.members
		g.members = g.choose()
		_, left := delta(before, g.members)
		for _, i := range left {
			if id := r.tenant.people[i].id; ghosts[id] {
				pairs = append(pairs, pair{group: g, member: id})
			}
		}
		if len(left) > 0 && len(g.members) <= 200 {
			small = append(small, g)
		}
	}
	err := r.phase(ctx, "member checks", len(pairs), func(ctx context.Context, w *worker, k int) {
		there, _ := w.hasReference(ctx, k, "/Groups", pairs[k].group.id, "members", pairs[k].member)
		w.want(!there, "no resource: the member has been deleted")
	})
	if err != nil {
		return err
	}
	return r.phase(ctx, "members", len(small), func(ctx context.Context, w *worker, k int) {
		if !w.send(ctx, groupGet, http.MethodGet, "/Groups/"+small[k].id, nil) || !w.status(http.StatusOK) {
			return
		}
		if found := w.readGroup(); found != nil {
			for _, id := range found.members {
				w.want(!ghosts[id], "no member %q, who has been deleted", id)
			}
		}
	})
}

func (r *run) deleteGroup(ctx context.Context, round int) error {
	g := r.tenant.toDelete(round)
	if g == nil || g.id == "" || g.deleted {
		return nil
	}
	return r.phase(ctx, "groups", 1, func(ctx context.Context, w *worker, _ int) {
		target := "/Groups/" + g.id
		if !w.send(ctx, groupDelete, http.MethodDelete, target, nil) || !w.status(http.StatusNoContent) {
			return
		}
		w.deleted.Add(1)
		g.deleted = true
		if w.send(ctx, groupGet, http.MethodGet, target+"?excludedAttributes=members", nil) {
			w.refused(http.StatusNotFound)
		}
		if found, ok := w.findGroup(ctx, g, g.name); ok {
			w.want(found == nil, "no resource: the group has been deleted")
		}
		if w.send(ctx, groupDelete, http.MethodDelete, target, nil) {
			w.refused(http.StatusNotFound)
		}
	})
}
