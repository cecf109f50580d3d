package scim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
)

// value writes a condition on one element of a multi-valued attribute.
func (c compiler) value(b *sql.Builder, s *sql.Selector, e valueExpr) {
	whole, isCompare := e.filter.(compareExpr)
	absent := isCompare && whole.op == "eq" && whole.value == nil
	if absent { // eq null: no element has it
		b.WriteString("NOT ")
		whole.op = "pr"
		e.filter = whole
	}
	switch {
	case e.ref.urn == "" && e.ref.name == "emails" && onlyNames(e.filter, "", "value", "type", "primary"):
		b.WriteString("EXISTS (SELECT 1 FROM emails WHERE emails.user_id = " + s.C("id") + " AND emails.org_id = " + s.C("org_id") + " AND ")
		c.elements(b, e.filter, func(r ref) (source, string) { return emailColumn(r.subName) })
		b.WriteString(")")
	case e.ref.urn == "" && e.ref.name == "groups":
		b.WriteString("EXISTS (SELECT 1 FROM memberships AS m JOIN groups AS g ON g.id = m.group_id WHERE m.user_id = " +
			s.C("id") + " AND g.deleted_at IS NULL AND ")
		c.elements(b, e.filter, func(r ref) (source, string) { return linkColumn(r.subName, "g.id", "g.display_name_key") })
		b.WriteString(")")
	case e.ref.urn == "" && e.ref.name == "members":
		b.WriteString("EXISTS (SELECT 1 FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE m.group_id = " +
			s.C("id") + " AND u.deleted_at IS NULL AND ")
		c.elements(b, e.filter, func(r ref) (source, string) { return linkColumn(r.subName, "u.id", "u.display_name_key") })
		b.WriteString(")")
	default:
		c.documentElements(b, s, e)
	}
}

// onlyNames says whether a filter names none but these sub-attributes.
func onlyNames(e expr, names ...string) bool {
	switch e := e.(type) {
	case andExpr:
		return !slices.ContainsFunc(e.terms, func(t expr) bool { return !onlyNames(t, names...) })
	case orExpr:
		return !slices.ContainsFunc(e.terms, func(t expr) bool { return !onlyNames(t, names...) })
	case notExpr:
		return onlyNames(e.term, names...)
	case compareExpr:
		return slices.Contains(names, e.ref.subName)
	}
	return false
}

func emailColumn(sub string) (source, string) {
	switch sub {
	case "type":
		return columnSource{"emails.kind_key", typeString}, typeString
	case "primary":
		return columnSource{`emails."primary"`, typeBoolean}, typeBoolean
	}
	return columnSource{"emails.value_key", typeString}, typeString
}

func linkColumn(sub, id, name string) (source, string) {
	switch sub {
	case "", "value":
		return columnSource{id, kindID}, kindID
	case "display":
		return columnSource{name, typeString}, typeString
	}
	return columnSource{"CAST(NULL AS text)", typeString}, typeString
}

// elements writes a filter on rows of another table; find gives the column and
// its kind for each sub-attribute.
func (c compiler) elements(b *sql.Builder, e expr, find func(ref) (source, string)) {
	switch e := e.(type) {
	case andExpr:
		c.joinElements(b, e.terms, " AND ", find)
	case orExpr:
		c.joinElements(b, e.terms, " OR ", find)
	case notExpr:
		b.WriteString("NOT (")
		c.exact = true
		c.elements(b, e.term, find)
		b.WriteString(")")
	case compareExpr:
		src, kind := find(e.ref)
		c.condition(b, func() {
			text, isText := e.value.(string)
			if col, ok := src.(columnSource); ok && kind == kindID && isText && e.op != "pr" {
				compareID(b, col, e.op, text)
				return
			}
			c.compareSource(b, src, e)
		})
	}
}

func (c compiler) joinElements(b *sql.Builder, terms []expr, by string, find func(ref) (source, string)) {
	b.WriteString("(")
	for i, t := range terms {
		if i > 0 {
			b.WriteString(by)
		}
		c.elements(b, t, find)
	}
	b.WriteString(")")
}

// documentElements writes a filter on the elements of an array in a document.
// Where the case of a sub-attribute counts, the document as sent is searched.
func (c compiler) documentElements(b *sql.Builder, s *sql.Selector, e valueExpr) {
	list := c.document(s, ref{urn: e.ref.urn, name: e.ref.name})
	spell := store.Fold
	if anyExact(e.filter) {
		list = jsonSource{base: s.C("attributes"), path: asSent(e.ref)}
		spell = func(s string) string { return s }
	}
	alias := "e"
	element := elementOf(b, alias)
	b.WriteString("EXISTS (SELECT 1 FROM ")
	list.each(b, alias)
	b.WriteString(" WHERE ")
	c.elements(b, e.filter, func(r ref) (source, string) {
		src := element
		if r.subName != "" {
			src.path = []string{spell(r.subName)}
		}
		return src, typeString
	})
	b.WriteString(")")
}

func asSent(r ref) []string {
	if r.urn == "" {
		return []string{r.name}
	}
	return []string{r.urn, r.name}
}

func anyExact(e expr) bool {
	switch e := e.(type) {
	case andExpr:
		return slices.ContainsFunc(e.terms, anyExact)
	case orExpr:
		return slices.ContainsFunc(e.terms, anyExact)
	case notExpr:
		return anyExact(e.term)
	case compareExpr:
		_, isText := e.value.(string)
		return isText && isExactRef(e.ref)
	}
	return false
}

// schemas writes a condition on the list of schemas, which is not stored: the
// core is always there, an extension when one of its attributes is.
func (c compiler) schemas(b *sql.Builder, s *sql.Selector, e compareExpr) {
	if e.op == "pr" || e.value == nil {
		b.WriteString(map[bool]string{true: "FALSE", false: "TRUE"}[e.op == "eq"])
		return
	}
	want, _ := e.value.(string)
	b.WriteString("(")
	if holdsText(c.t.Schema.URN, e.op, want) {
		b.WriteString("TRUE")
	} else {
		b.WriteString("FALSE")
	}
	for _, ext := range c.t.Extensions {
		if !holdsText(ext.URN, e.op, want) {
			continue
		}
		if ext.URN == enterpriseURN {
			for _, name := range enterpriseTexts {
				b.WriteString(" OR " + s.C(name) + " IS NOT NULL")
			}
		}
		b.WriteString(" OR ")
		jsonSource{base: s.C("folded"), path: []string{store.FoldedAttributes, store.Fold(ext.URN)}}.present(b)
	}
	if e.op == "eq" && c.t.schemaOf(want) == nil && strings.Contains(want, ":") {
		b.WriteString(" OR ")
		jsonSource{base: s.C("folded"), path: []string{store.FoldedAttributes, store.Fold(want)}}.present(b)
	}
	b.WriteString(")")
}

// holdsText compares two texts without case.
func holdsText(have, op, want string) bool {
	have, want = store.Fold(have), store.Fold(want)
	switch op {
	case "eq":
		return have == want
	case "ne":
		return have != want
	case "co":
		return strings.Contains(have, want)
	case "sw":
		return strings.HasPrefix(have, want)
	case "ew":
		return strings.HasSuffix(have, want)
	}
	return ordered(op, strings.Compare(have, want))
}

// meta writes a condition on the parts of meta that are not stored.
func (c compiler) meta(b *sql.Builder, s *sql.Selector, e compareExpr) {
	want, _ := e.value.(string)
	switch {
	case e.op == "pr" || e.value == nil:
		b.WriteString(map[bool]string{true: "FALSE", false: "TRUE"}[e.op == "eq"])
	case e.ref.subName == "resourceType":
		b.WriteString(map[bool]string{true: "TRUE", false: "FALSE"}[holdsText(c.t.Name, e.op, want)])
	case e.ref.subName == "version" && (e.op == "eq" || e.op == "ne"):
		version, ok := parseETag(want)
		if !ok {
			version = -1
		}
		compareNumber(b, columnSource{s.C("version"), typeInteger}, e.op, json.Number(strconv.Itoa(version)))
	default: // location ends with the id
		id, err := uuid.Parse(want[strings.LastIndexByte(want, '/')+1:])
		if err != nil {
			id = uuid.Nil
		}
		compareID(b, columnSource{s.C("id"), kindID}, map[bool]string{true: "ne", false: "eq"}[e.op == "ne"], id.String())
	}
}
