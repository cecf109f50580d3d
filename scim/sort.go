package scim

import (
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
)

// sorting is the order of a list (RFC 7644 §3.4.2.3): missing values last when
// ascending, a multi-valued attribute by its primary or first value, and by id
// where values are equal. Without an attribute it is the order in which ids
// were made.
type sorting struct {
	c          compiler
	by         ref
	descending bool
}

// sorting reads sortBy and sortOrder.
func (c compiler) sorting(l listing) (sorting, error) {
	o := sorting{c: c, descending: l.descending}
	if l.sortBy == "" {
		return o, nil
	}
	by, err := c.t.resolve(l.sortBy)
	if err != nil || by.whole || by.attr != nil && by.attr.Returned == "never" {
		return o, refuse("invalidValue", "sortBy: %s has no attribute %q", c.t.Name, shown(l.sortBy))
	}
	if by.attr != nil && by.attr.Type == typeComplex && by.subName == "" {
		if by.sub = by.attr.find("value"); by.sub == nil {
			return o, refuse("invalidValue", "sortBy: %s is complex; name one of its sub-attributes", by)
		}
		by.subName = by.sub.Name
	}
	o.by = by
	return o, nil
}

// write writes the order.
func (o sorting) write(b *sql.Builder) {
	if o.by.name != "" {
		o.key(b)
		b.WriteString(map[bool]string{false: " ASC NULLS LAST, ", true: " DESC NULLS FIRST, "}[o.descending])
	}
	b.WriteString(o.c.column("id"))
}

// behind keeps the rows that come after one, which may have been removed since:
// its row stays.
func (o sorting) behind(last uuid.UUID) condition {
	if o.by.name == "" {
		return func(b *sql.Builder) { b.WriteString(o.c.column("id") + " > ").Arg(last) }
	}
	return func(b *sql.Builder) {
		at := o
		at.c.row = `"last"`
		key := func() { o.key(b) }
		lastKey := func() {
			b.WriteString("(SELECT ")
			at.key(b)
			b.WriteString(` FROM ` + o.c.table.name + ` AS "last" WHERE "last".id = `).Arg(last).WriteString(")")
		}
		further, absent, present := " > ", key, lastKey
		if o.descending {
			further, absent, present = " < ", lastKey, key
		}
		b.WriteString("(")
		key()
		b.WriteString(further)
		lastKey()
		b.WriteString(" OR ")
		absent()
		b.WriteString(" IS NULL AND ")
		present()
		b.WriteString(" IS NOT NULL OR ")
		key()
		b.WriteString(" IS NOT DISTINCT FROM ")
		lastKey()
		b.WriteString(" AND " + o.c.column("id") + " > ").Arg(last).WriteString(")")
	}
}

// key writes what the rows are sorted by.
func (o sorting) key(b *sql.Builder) {
	c, by := o.c, o.by
	if by.attr != nil && by.attr.Multi {
		c.firstValue(b, by)
		return
	}
	if col, ok := c.table.columns[by.String()]; ok {
		b.WriteString(c.column(col.name))
		if col.kind == typeString {
			collate(b)
		}
		return
	}
	if made, ok := c.computed(by.String()); ok {
		made.text(b)
		collate(b)
		return
	}
	sortable(b, c.document(by, exactly(by)), by.target())
}

// exactly says whether case counts in the order, which is that of the text as
// sent then.
func exactly(by ref) bool {
	a := by.target()
	return a != nil && a.CaseExact
}

// sortable writes a value so that it sorts by its type.
func sortable(b *sql.Builder, src source, a *attribute) {
	if a != nil && (a.Type == typeInteger || a.Type == typeDecimal) {
		src.number(b)
		return
	}
	src.text(b)
	collate(b)
}

// collate makes PostgreSQL compare byte by byte, as SQLite does.
func collate(b *sql.Builder) {
	if b.Dialect() == dialect.Postgres {
		b.WriteString(` COLLATE "C"`)
	}
}

func (c compiler) firstValue(b *sql.Builder, by ref) {
	if by.urn == "" && (by.name == "groups" || by.name == "members" || by.name == "schemas") {
		b.WriteString("CAST(NULL AS text)") // sets without a first value
		return
	}
	element := elementOf(b, "o")
	value, primary := element, element
	switch {
	case by.subName == "":
	case exactly(by):
		value.path = []string{by.subName}
	default:
		value.path = []string{store.Fold(by.subName)}
	}
	primary.path = []string{"primary"}
	b.WriteString("(SELECT ")
	sortable(b, value, by.target())
	b.WriteString(" FROM ")
	c.document(ref{urn: by.urn, name: by.name}, exactly(by)).each(b, "o")
	b.WriteString(" ORDER BY CASE WHEN ")
	primary.boolean(b)
	b.WriteString(" THEN 0 ELSE 1 END, " + elementOrder(b, "o") + " LIMIT 1)")
}
