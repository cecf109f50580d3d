package scim

import (
	"slices"

	"entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/internal/store"
)

// anyValue writes a comparison that one element of a multi-valued attribute has
// to pass; "eq null" asks that none is there.
func (c compiler) anyValue(b *sql.Builder, e compareExpr) {
	if e.value == nil && e.op == "eq" {
		b.WriteString("NOT ")
		e.op = "pr"
	}
	c.value(b, valueExpr{e.ref, e})
}

// value writes a condition on one element of a multi-valued attribute.
func (c compiler) value(b *sql.Builder, e valueExpr) {
	switch {
	case e.ref.urn == "" && e.ref.name == "emails" && inEmails(e.filter):
		b.WriteString("EXISTS (SELECT 1 FROM emails WHERE emails.user_id = " + c.column("id") + " AND emails.org_id = " + c.column("org_id") + " AND ")
		c.elements(b, e.filter, func(e compareExpr) source { return emailColumn(e.ref.subName) })
		b.WriteString(")")
	case e.ref.urn == "" && e.ref.name == "groups":
		b.WriteString("EXISTS (SELECT 1 FROM memberships AS m JOIN groups AS g ON g.id = m.group_id WHERE m.user_id = " +
			c.column("id") + " AND g.deleted_at IS NULL AND ")
		c.elements(b, e.filter, func(e compareExpr) source { return c.groupColumn(e.ref.subName) })
		b.WriteString(")")
	case e.ref.urn == "" && e.ref.name == "members":
		b.WriteString("EXISTS (SELECT 1 FROM memberships AS m JOIN users AS u ON u.id = m.user_id WHERE m.group_id = " +
			c.column("id") + " AND u.deleted_at IS NULL AND ")
		c.elements(b, e.filter, func(e compareExpr) source { return c.memberColumn(e.ref.subName) })
		b.WriteString(")")
	default:
		c.documentElements(b, e)
	}
}

// inEmails says whether the table of e-mail addresses can answer a filter. It
// doesn't know displays, nor whether "primary" was said.
func inEmails(e expr) bool {
	switch e := e.(type) {
	case andExpr:
		return !slices.ContainsFunc(e.terms, func(t expr) bool { return !inEmails(t) })
	case orExpr:
		return !slices.ContainsFunc(e.terms, func(t expr) bool { return !inEmails(t) })
	case notExpr:
		return inEmails(e.term)
	case compareExpr:
		return e.ref.subName != "display" && (e.ref.subName != "primary" || e.value != nil)
	}
	return false
}

func emailColumn(sub string) source {
	switch sub {
	case "type":
		return computedSource{func(b *sql.Builder) { b.WriteString("NULLIF(emails.kind_key, '')") }}
	case "primary":
		return columnSource{`emails."primary"`, typeBoolean}
	}
	return columnSource{"emails.value_key", typeString}
}

func (c compiler) groupColumn(sub string) source {
	switch sub {
	case "display":
		return columnSource{"g.display_name_key", typeString}
	case "type":
		return columnSource{"'direct'", typeString}
	case "$ref":
		return c.address("/Groups/", "g.id")
	}
	return columnSource{"g.id", kindID}
}

func (c compiler) memberColumn(sub string) source {
	switch sub {
	case "display":
		return columnSource{"COALESCE(u.display_name_key, u.user_name_key)", typeString}
	case "type":
		return columnSource{"'user'", typeString}
	case "$ref":
		return c.address("/Users/", "u.id")
	}
	return columnSource{"u.id", kindID}
}

// elements writes a filter on rows of another table or elements of a list; find
// gives what a comparison compares.
func (c compiler) elements(b *sql.Builder, e expr, find func(compareExpr) source) {
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
		c.decided(b, func() { c.compareElement(b, find(e), e) })
	}
}

func (c compiler) compareElement(b *sql.Builder, src source, e compareExpr) {
	text, isText := e.value.(string)
	if col, ok := src.(columnSource); ok && col.kind == kindID && isText {
		compareID(b, col, e.op, text)
		return
	}
	if want, ok := e.value.(bool); ok && e.ref.subName == "primary" && want == (e.op == "ne") {
		b.WriteString("NOT COALESCE(") // an unmarked element is not primary (RFC 7643 §2.4)
		src.boolean(b)
		b.WriteString(", FALSE)")
		return
	}
	c.compareSource(b, src, e)
}

func (c compiler) joinElements(b *sql.Builder, terms []expr, by string, find func(compareExpr) source) {
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
// Where a comparison is about the text as sent, the same element of the document
// as sent stands beside the folded one.
func (c compiler) documentElements(b *sql.Builder, e valueExpr) {
	list := ref{urn: e.ref.urn, name: e.ref.name}
	folded, sent := elementOf(b, "e"), elementOf(b, "o")
	b.WriteString("EXISTS (SELECT 1 FROM ")
	c.document(list, false).each(b, "e")
	if c.anyAsSent(e.filter) {
		b.WriteString(" JOIN ")
		c.document(list, true).each(b, "o")
		b.WriteString(" ON " + elementOrder(b, "o") + " = " + elementOrder(b, "e"))
	}
	b.WriteString(" WHERE ")
	c.elements(b, e.filter, func(e compareExpr) source {
		src, spell := folded, store.Fold
		if c.asSent(e) {
			src, spell = sent, func(name string) string { return name }
		}
		if e.ref.subName != "" {
			src.path = []string{spell(e.ref.subName)}
		}
		return src
	})
	b.WriteString(")")
}

func (c compiler) anyAsSent(e expr) bool {
	switch e := e.(type) {
	case andExpr:
		return slices.ContainsFunc(e.terms, c.anyAsSent)
	case orExpr:
		return slices.ContainsFunc(e.terms, c.anyAsSent)
	case notExpr:
		return c.anyAsSent(e.term)
	case compareExpr:
		return c.asSent(e)
	}
	return false
}

// undeclared compares an attribute that no schema describes: any value where it
// is a list.
func (c compiler) undeclared(b *sql.Builder, e compareExpr) {
	none := e.op == "ne" && e.value != nil || e.op == "eq" && e.value == nil
	if none { // holds for what is not there too
		b.WriteString("NOT ")
		if e.op = "eq"; e.value == nil {
			e.op = "pr"
		}
	}
	c.documentElements(b, valueExpr{e.ref, e})
}
