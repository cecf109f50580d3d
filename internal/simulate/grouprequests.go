package simulate

import (
	"context"
	"net/http"
	"strings"
)

// batch is how many members go into one PATCH: what the strictest servers take.
const batch = 100

// findGroup looks a group up by its name, without its members.
func (w *worker) findGroup(ctx context.Context, g *group, name string) (*resource, bool) {
	if !w.send(ctx, groupLookup, http.MethodGet, groupQuery(w.run.quote(g.number), name), nil) {
		return nil, false
	}
	if !w.status(http.StatusOK) {
		return nil, false
	}
	p := w.readPage()
	switch {
	case p.total == 0:
		return nil, true
	case p.count == 0 || p.resource.id == "":
		return nil, false
	}
	found := &p.resource
	w.whole(found, "Group", hasGroup)
	w.want(!p.members, "no members, as excludedAttributes says")
	w.want(strings.EqualFold(found.values[displayName], name), "a group with displayName %q, not %q", name, found.values[displayName])
	return found, true
}

// getGroup reads a group without its members; nil when that did not work.
func (w *worker) getGroup(ctx context.Context, g *group) *resource {
	if !w.send(ctx, groupGet, http.MethodGet, "/Groups/"+g.id+"?excludedAttributes=members", nil) {
		return nil
	}
	if !w.status(http.StatusOK) {
		return nil
	}
	r := w.readGroup()
	if r != nil {
		w.want(r.id == g.id, "id %q, not %q", g.id, r.id)
		w.want(len(r.members) == 0, "no members, as excludedAttributes says: with them Entra replaces the whole group")
	}
	return r
}

func (w *worker) createGroup(ctx context.Context, g *group) {
	w.buffer = appendGroup(w.buffer[:0], g.name, g.objectID)
	if !w.send(ctx, groupCreate, http.MethodPost, "/Groups", w.buffer) || !w.status(http.StatusCreated) {
		return
	}
	w.created.Add(1)
	r := w.readGroup()
	if r == nil {
		return
	}
	g.id = r.id
	var sent values
	sent[displayName], sent[externalID] = g.name, g.objectID
	w.echo(r, &sent)
	w.located(r, "/Groups/")
	w.want(len(r.members) == 0, "no members in a new group")
}

// patchGroup sends w.buffer and reports whether the server took it.
func (w *worker) patchGroup(ctx context.Context, g *group) bool {
	if !w.send(ctx, groupPatch, http.MethodPatch, "/Groups/"+g.id, w.buffer) {
		return false
	}
	if !w.status(http.StatusNoContent, http.StatusOK) {
		return false
	}
	w.patched.Add(1)
	if w.x.status == http.StatusOK {
		w.readGroup()
	}
	return true
}

// addMembers adds people in batches and asks after the first of each.
func (w *worker) addMembers(ctx context.Context, g *group, people []int32) {
	w.inBatches(people, func(ids []string) {
		w.buffer = appendMembers(w.buffer[:0], w.run.dialect(g.number), ids)
		if w.patchGroup(ctx, g) {
			w.members.Add(int64(len(ids)))
			there, ok := w.hasReference(ctx, g.number, "/Groups", g.id, "members", ids[0])
			w.want(there || !ok, "one resource: the member has just been added")
		}
	})
}

// removeMembers removes people in batches, asks after the first of each, and
// whether somebody who stays is still there.
func (w *worker) removeMembers(ctx context.Context, g *group, people []int32, stays string) {
	w.inBatches(people, func(ids []string) {
		w.buffer = appendMembersRemoval(w.buffer[:0], w.run.dialect(g.number), ids)
		if !w.patchGroup(ctx, g) {
			return
		}
		w.members.Add(int64(len(ids)))
		there, ok := w.hasReference(ctx, g.number, "/Groups", g.id, "members", ids[0])
		w.want(!there || !ok, "no resource: the member has just been removed")
		if stays != "" {
			there, ok := w.hasReference(ctx, g.number, "/Groups", g.id, "members", stays)
			w.want(there || !ok, "one resource: this member was not among those removed")
		}
	})
}

// inBatches hands on the ids of those who have one.
func (w *worker) inBatches(people []int32, send func(ids []string)) {
	w.ids = w.ids[:0]
	for _, i := range people {
		if id := w.run.tenant.people[i].id; id != "" {
			w.ids = append(w.ids, id)
		}
		if len(w.ids) == batch {
			send(w.ids)
			w.ids = w.ids[:0]
		}
	}
	if len(w.ids) > 0 {
		send(w.ids)
	}
}
