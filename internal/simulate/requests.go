package simulate

import (
	"context"
	"net/http"
	"strings"
)

// dialect is the one in which the next PATCH about person or group i is
// written. A mixed run changes it from one to the next and from cycle to cycle,
// as a tenant does that provisions on demand.
func (r *run) dialect(i int) dialect {
	switch r.o.Dialect {
	case "flag":
		return flagged
	case "mixed":
		return dialect(mix(r.tenant.draw(i, drawDialect)+uint64(len(r.report.Cycles))) % 2)
	}
	return legacy
}

func (r *run) quote(i int) string {
	if r.tenant.draw(i, drawQuotes)%2 == 0 {
		return rawQuote
	}
	return encodedQuote
}

// sampled is true for one in ten: their PATCH is read back even when its answer
// has shown the values.
func (r *run) sampled(i int) bool { return r.tenant.draw(i, drawSample)%10 == 0 }

// findUser looks up person i by an attribute. Nobody there is nil and true; no
// usable answer is false.
func (w *worker) findUser(ctx context.Context, i int, by attribute, value string) (*resource, bool) {
	if !w.lookUp(ctx, i, by, value) {
		return nil, false
	}
	return w.foundUser(by, value)
}

// lookUp asks for person i and says whether the answer can be read.
func (w *worker) lookUp(ctx context.Context, i int, by attribute, value string) bool {
	return w.send(ctx, lookup, http.MethodGet, userQuery(by, w.run.quote(i), value), nil) && w.status(http.StatusOK)
}

// foundUser reads the answer to lookUp.
func (w *worker) foundUser(by attribute, value string) (*resource, bool) {
	p := w.readPage()
	switch {
	case p.total == 0:
		return nil, true
	case p.count == 0 || p.resource.id == "":
		return nil, false
	}
	found := &p.resource
	w.whole(found, "User", hasUser)
	w.want(strings.EqualFold(found.values[by], value), "a resource with %s %q, not %s", paths[by], value, shown(found.values[by]))
	return found, true
}

// getUser reads person i by id; nil when that did not work.
func (w *worker) getUser(ctx context.Context, i int) *resource {
	who := &w.run.tenant.people[i]
	if !w.send(ctx, get, http.MethodGet, "/Users/"+who.id, nil) || !w.status(http.StatusOK) {
		return nil
	}
	r := w.readUser()
	if r != nil {
		w.want(r.id == who.id, "id %q, not %q", who.id, r.id)
		who.managed = r.manager != ""
	}
	return r
}

func (w *worker) createPerson(ctx context.Context, i int, source *values) {
	w.buffer = appendUser(w.buffer[:0], source)
	if !w.send(ctx, create, http.MethodPost, "/Users", w.buffer) || !w.status(http.StatusCreated) {
		return
	}
	w.created.Add(1)
	if r := w.readUser(); r != nil {
		w.run.tenant.people[i].id = r.id
		w.echo(r, source)
		w.want(r.primary, `emails[type eq "work"].primary true, as it was sent`)
		w.located(r, "/Users/")
	}
}

// located expects a new resource to say where it is, in the header and inside.
func (w *worker) located(r *resource, path string) {
	header := w.x.header.Get("Location")
	w.want(strings.HasSuffix(header, path+r.id), "the header Location to end in %s%s, not %q", path, r.id, header)
	w.want(header == r.location, "the header Location to equal meta.location, %q, not %q", r.location, header)
}

// patchUser sends w.edits, which make person i equal to the source.
func (w *worker) patchUser(ctx context.Context, i int, source *values) {
	w.buffer = appendPatch(w.buffer[:0], w.run.dialect(i), w.edits)
	if !w.patch(ctx, i) {
		return
	}
	if w.x.status == http.StatusOK {
		if r := w.readUser(); r != nil {
			w.echoEdits(r, w.edits)
		}
	}
	if w.x.status == http.StatusNoContent || w.run.sampled(i) {
		if r := w.getUser(ctx, i); r != nil {
			w.echo(r, source)
		}
	}
}

// patch sends w.buffer to person i and reports whether the server took it.
func (w *worker) patch(ctx context.Context, i int) bool {
	target := "/Users/" + w.run.tenant.people[i].id
	if !w.send(ctx, patch, http.MethodPatch, target, w.buffer) {
		return false
	}
	if !w.status(http.StatusOK, http.StatusNoContent) {
		return false
	}
	w.patched.Add(1)
	return true
}

// setManager gives person i the manager of the source; everybody concerned has
// an id.
func (w *worker) setManager(ctx context.Context, i int) {
	t := w.run.tenant
	who := &t.people[i]
	boss := t.people[who.manager].id
	rare := t.draw(i, drawShape)%4 == 0
	w.buffer = appendManager(w.buffer[:0], w.run.dialect(i), rare, !who.managed, w.run.o.Base, boss)
	if w.patch(ctx, i) {
		who.managed = true
		w.confirmManager(ctx, i, boss)
	}
}

// clearManager takes the manager away: references are all that Entra clears.
func (w *worker) clearManager(ctx context.Context, i int) {
	w.buffer = appendManagerRemoval(w.buffer[:0], w.run.dialect(i))
	if w.patch(ctx, i) {
		w.run.tenant.people[i].managed = false
		w.confirmManager(ctx, i, "")
	}
}

func (w *worker) confirmManager(ctx context.Context, i int, boss string) {
	if w.x.status == http.StatusOK {
		if r := w.readUser(); r != nil {
			w.want(r.manager == boss, "manager.value %q, not %s", boss, shown(r.manager))
		}
	}
	if w.x.status == http.StatusNoContent || w.run.sampled(i) {
		if r := w.getUser(ctx, i); r != nil {
			w.want(r.manager == boss, "manager.value %q, not %s", boss, shown(r.manager))
		}
	}
}

// hasReference asks whether a reference is there; ok is false when the answer
// did not say.
func (w *worker) hasReference(ctx context.Context, coin int, resources, id, reference, value string) (there, ok bool) {
	swapped := w.run.tenant.draw(coin, drawShape)%2 == 0
	target := referenceQuery(resources, id, reference, value, w.run.quote(coin), swapped)
	if !w.send(ctx, refCheck, http.MethodGet, target, nil) || !w.status(http.StatusOK) {
		return false, false
	}
	p := w.readPage()
	if p.total < 1 {
		return false, p.total == 0
	}
	w.want(p.resource.id == id, "the resource %q, not %q", id, p.resource.id)
	w.want(p.resource.schemas != 0, "schemas in the resource, which are always returned")
	return p.resource.id == id, true
}
