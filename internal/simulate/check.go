package simulate

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// want notes what was expected unless it holds.
func (w *worker) want(holds bool, format string, args ...any) {
	if !holds {
		w.problems = append(w.problems, fmt.Sprintf(format, args...))
	}
}

// verdict closes the judgement of the last exchange: what was noted since the
// one before becomes one wrong answer.
func (w *worker) verdict() {
	if len(w.problems) == 0 {
		return
	}
	w.wrong.Add(1)
	w.run.wrong(w.phase, &w.x, w.problems)
	w.problems = w.problems[:0]
}

// status expects one of the given statuses and reports whether the answer can
// be read on: Entra would go on with any success.
func (w *worker) status(expected ...int) bool {
	if slices.Contains(expected, w.x.status) {
		return true
	}
	words := make([]string, len(expected))
	for i, s := range expected {
		words[i] = strconv.Itoa(s)
	}
	w.want(false, "status %s, not %d", strings.Join(words, " or "), w.x.status)
	return w.x.status >= 200 && w.x.status < 300
}

func (w *worker) contentType() {
	given := w.x.header.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(given); err != nil || kind != "application/scim+json" {
		w.want(false, "Content-Type application/scim+json, not %q", given)
	}
}

// body begins to read an answer. There must be one.
func (w *worker) body() bool {
	if w.x.received.Len() == 0 {
		w.want(false, "a body, as the status is %d and not 204", w.x.status)
		return false
	}
	w.contentType()
	w.reader.reset(w.x.received.Bytes())
	return true
}

func (w *worker) faults() {
	w.problems = append(w.problems, w.reader.faults...)
}

// readUser reads the answer as a user; nil when there is none in it.
func (w *worker) readUser() *resource { return w.read("User", hasUser) }

// readGroup reads the answer as a group.
func (w *worker) readGroup() *resource { return w.read("Group", hasGroup) }

func (w *worker) read(kind string, schema schemas) *resource {
	if !w.body() {
		return nil
	}
	r := &w.resource
	w.reader.resource(r)
	w.faults()
	w.whole(r, kind, schema)
	return r
}

// whole expects what every resource must carry.
func (w *worker) whole(r *resource, kind string, schema schemas) {
	w.want(r.id != "", "id as a string that is not empty")
	w.want(r.schemas&schema != 0, "schemas to name %s", coreURN(kind))
	w.want(r.kind == kind, "meta.resourceType %q, not %q", kind, r.kind)
	w.want(r.location != "", "meta.location")
	if kind == "User" {
		v := &r.values
		used := v[employeeNumber] + v[department] + v[costCentre] + r.manager
		w.want(used == "" || r.schemas&hasEnterprise != 0, "schemas to name %s, as it is used", enterprise)
		w.want(v[active] != "", "active, even of somebody who is disabled")
	}
}

func coreURN(kind string) string {
	if kind == "Group" {
		return coreGroup
	}
	return coreUser
}

// readPage reads the answer as a ListResponse that finds at most one resource.
func (w *worker) readPage() *page {
	p := &w.page
	w.list(p)
	w.want(p.total <= 1, "at most one resource: %d would stop this object (DuplicateTargetEntries)", p.total)
	w.want(p.count == p.total || p.total < 0 || p.total > 1, "as many Resources as totalResults, %d, not %d", p.total, p.count)
	return p
}

func (w *worker) list(p *page) {
	*p = page{total: -1}
	if !w.body() {
		return
	}
	w.reader.page(p)
	w.faults()
	w.want(p.schemas&hasList != 0, "schemas to name %s", listURN)
	w.want(p.total >= 0, "totalResults as an integer")
}

// refused expects an Error with the status, in a body that an administrator
// could read in Entra's log.
func (w *worker) refused(status int) {
	w.want(w.x.status == status, "status %d, not %d", status, w.x.status)
	if w.x.status != status || w.x.method == http.MethodHead || !w.body() {
		return
	}
	var f failure
	w.reader.failure(&f)
	w.faults()
	w.want(f.schemas&hasError != 0, "schemas to name %s", errorURN)
	w.want(f.status == strconv.Itoa(status), "status %q as a string in the body, not %q", strconv.Itoa(status), f.status)
}

// echo expects every value that was sent to come back just as it was sent.
func (w *worker) echo(r *resource, sent *values) {
	for a := range attributes {
		if sent[a] != "" {
			w.want(r.values[a] == sent[a], "%s %q as it was sent, not %s", paths[a], sent[a], shown(r.values[a]))
		}
	}
}

// echoEdits does the same for the values of a PATCH.
func (w *worker) echoEdits(r *resource, edits []edit) {
	for _, e := range edits {
		found := r.values[e.attribute]
		w.want(found == e.value, "%s %q as it was sent, not %s", paths[e.attribute], e.value, shown(found))
	}
}

func shown(value string) string {
	if value == "" {
		return "absent"
	}
	return strconv.Quote(value)
}

// unwanted notes edits that would not be needed had the server kept what it was
// sent.
func (w *worker) unwanted(edits []edit, target *values) {
	for _, e := range edits {
		w.want(false, "no difference, but %s is %s where the source has %q", paths[e.attribute], shown(target[e.attribute]), e.value)
	}
}
