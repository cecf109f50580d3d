package scim

import (
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
)

// order sorts by an attribute (RFC 7644 §3.4.2.3): missing values last when
// ascending, a multi-valued attribute by its primary or first value, and by id
// where values are equal.
func (t *resourceType) order(tab *table, by ref, descending bool) func(*sql.Selector) {
	direction := " ASC NULLS LAST"
	if descending {
		direction = " DESC NULLS FIRST"
	}
	return func(s *sql.Selector) {
		s.OrderExpr(sql.ExprFunc(func(b *sql.Builder) {
			c := compiler{t: t, table: tab}
			c.sortKey(b, s, by)
			b.WriteString(direction)
		}))
		s.OrderBy(s.C("id"))
	}
}

// byID is the order of a list that asks for none: the order in which ids were made.
func byID(s *sql.Selector) { s.OrderBy(s.C("id")) }

func (c compiler) sortKey(b *sql.Builder, s *sql.Selector, by ref) {
	if by.subName == "" && by.attr != nil && by.attr.Type == typeComplex {
		if by.sub = by.attr.find("value"); by.sub != nil {
			by.subName = by.sub.Name
		}
	}
	if col, ok := c.table.columns[by.String()]; ok {
		b.WriteString(s.C(col.name))
		if col.kind == typeString {
			collate(b)
		}
		return
	}
	if by.attr != nil && by.attr.Multi {
		c.firstValue(b, s, by)
		return
	}
	src := c.document(s, by)
	if a := by.target(); a != nil && (a.Type == typeInteger || a.Type == typeDecimal) {
		src.number(b)
		return
	}
	src.text(b)
	collate(b)
}

func collate(b *sql.Builder) {
	if b.Dialect() == dialect.Postgres {
		b.WriteString(` COLLATE "C"`)
	}
}

func (c compiler) firstValue(b *sql.Builder, s *sql.Selector, by ref) {
	if by.urn == "" && (by.name == "groups" || by.name == "members") {
		b.WriteString("NULL")
		return
	}
	list := c.document(s, ref{urn: by.urn, name: by.name})
	if isExactRef(by) { // order by the folded text all the same
		list.base = s.C("folded")
	}
	element := elementOf(b, "o")
	value, primary := element, element
	if by.subName != "" {
		value.path = []string{strings.ToLower(by.subName)}
	}
	primary.path = []string{"primary"}
	b.WriteString("(SELECT ")
	value.text(b)
	collate(b)
	b.WriteString(" FROM ")
	list.each(b, "o")
	b.WriteString(" ORDER BY CASE WHEN ")
	primary.boolean(b)
	b.WriteString(" THEN 0 ELSE 1 END, " + elementOrder(b, "o") + " LIMIT 1)")
}
