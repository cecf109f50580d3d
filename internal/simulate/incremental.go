package simulate

import (
	"context"
	"errors"
)

// incremental lets the source move on by one round of the calendar and sends
// what has changed: newcomers, people, managers, a renamed group, members.
func (r *run) incremental(ctx context.Context) error {
	if err := r.link(ctx); err != nil {
		return err
	}
	round := r.round.incremental
	r.round.incremental++
	changed, moved := r.moveOn(round)
	hired := r.hire()
	err := r.phase(ctx, "joiners", len(hired), func(ctx context.Context, w *worker, k int) {
		w.comparePerson(ctx, int(hired[k]), first)
	})
	if err != nil {
		return err
	}
	err = r.phase(ctx, "changes", len(changed), func(ctx context.Context, w *worker, k int) {
		i := int(changed[k])
		if r.tenant.people[i].id == "" {
			return
		}
		source := r.tenant.values(i)
		w.comparePersonByID(ctx, i, &source, first)
	})
	if err != nil {
		return err
	}
	moved = append(moved, hired...)
	err = r.phase(ctx, "managers", len(moved), func(ctx context.Context, w *worker, k int) {
		w.compareManager(ctx, int(moved[k]), first)
	})
	if err != nil {
		return err
	}
	if err := r.renameGroup(ctx, round); err != nil {
		return err
	}
	return r.moveMembers(ctx)
}

// link finds out the ids of a tenant that was provisioned by an earlier run.
func (r *run) link(ctx context.Context) error {
	if r.linked {
		return nil
	}
	r.linked = true
	people := r.inDirectory()
	err := r.phase(ctx, "linking", len(people), func(ctx context.Context, w *worker, k int) {
		i := int(people[k])
		source := r.tenant.values(i)
		if id, ok := w.match(ctx, i, &source); ok && id != "" {
			r.tenant.people[i].id = id
			w.matched.Add(1)
		}
	})
	if err != nil {
		return err
	}
	if r.cycle.Matched == 0 {
		return errors.New("nobody of this tenant is there; play the initial cycle first")
	}
	return r.phase(ctx, "linking groups", len(r.tenant.groups), func(ctx context.Context, w *worker, k int) {
		g := r.tenant.groups[k]
		g.members = g.choose()
		if w.matchGroup(ctx, g) && g.id != "" {
			w.matched.Add(1)
		}
	})
}

// moveOn applies the round to the source and says who is touched by it, and who
// has another manager now.
func (r *run) moveOn(round int) (changed, moved []int32) {
	t := r.tenant
	handedOver := false
	for i := range t.people {
		p := &t.people[i]
		due := t.plan(i, round)
		if !handedOver && p.state == employed && !p.changed.has(duty) && t.onDuty(i, p, 0) {
			due |= duty // there is always one fire warden who stops
			handedOver = true
		}
		if due == 0 {
			continue
		}
		before := p.manager
		t.apply(i, due)
		changed = append(changed, int32(i))
		if p.manager != before {
			moved = append(moved, int32(i))
		}
	}
	return changed, moved
}

// hire lets the next newcomers start.
func (r *run) hire() []int32 {
	var hired []int32
	for i := r.o.Users; i < len(r.tenant.people) && len(hired) < joiners(r.o.Users); i++ {
		if p := &r.tenant.people[i]; p.state == absent {
			p.state = employed
			hired = append(hired, int32(i))
		}
	}
	return hired
}

func (r *run) renameGroup(ctx context.Context, round int) error {
	g := r.tenant.toRename(round)
	if g == nil || g.id == "" || g.deleted {
		return nil
	}
	g.name = g.renamed()
	return r.phase(ctx, "groups", 1, func(ctx context.Context, w *worker, _ int) {
		w.alignGroup(ctx, g, first)
	})
}

// moveMembers sends who joined and who left each group since the last cycle.
func (r *run) moveMembers(ctx context.Context) error {
	type move struct {
		group        *group
		joined, left []int32
	}
	var moves []move
	for _, g := range r.liveGroups() {
		before := g.members
		g.members = g.choose()
		joined, left := delta(before, g.members)
		if g.id != "" && len(joined)+len(left) > 0 {
			moves = append(moves, move{group: g, joined: joined, left: left})
		}
	}
	return r.phase(ctx, "members", len(moves), func(ctx context.Context, w *worker, k int) {
		m := &moves[k]
		if w.getGroup(ctx, m.group) == nil {
			return
		}
		w.removeMembers(ctx, m.group, m.left, r.staying(m.group, m.joined))
		w.addMembers(ctx, m.group, m.joined)
	})
}

// staying is the id of somebody who was in the group before and is now, as far
// as this run can know.
func (r *run) staying(g *group, joined []int32) string {
	if !r.synced {
		return ""
	}
	for _, i := range g.members {
		if len(joined) > 0 && joined[0] == i {
			joined = joined[1:]
			continue
		}
		if id := r.tenant.people[i].id; id != "" {
			return id
		}
	}
	return ""
}
