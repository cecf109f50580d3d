package scim

import (
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/internal/store"
)

// computedSource is a text that answers show and no column holds.
type computedSource struct{ write func(*sql.Builder) }

func (c computedSource) text(b *sql.Builder)    { c.write(b) }
func (c computedSource) boolean(b *sql.Builder) { b.WriteString("FALSE") }
func (c computedSource) number(b *sql.Builder)  { b.WriteString("NULL") }
func (c computedSource) present(b *sql.Builder) {
	c.write(b)
	b.WriteString(" IS NOT NULL")
}

// computed returns the part of meta that is made when it is shown.
func (c compiler) computed(path string) (source, bool) {
	switch path {
	case "meta.resourceType":
		return columnSource{"'" + c.t.Name + "'", typeString}, true
	case "meta.version":
		return computedSource{func(b *sql.Builder) {
			b.WriteString(`('W/"' || CAST(` + c.column("version") + ` AS text) || '"')`)
		}}, true
	case "meta.location":
		return c.address(c.t.Endpoint+"/", c.column("id")), true
	}
	return nil, false
}

// address is the address of the resource with the id in a column.
func (c compiler) address(endpoint, id string) source {
	return computedSource{func(b *sql.Builder) {
		b.WriteString("(CAST(").Arg(c.base + endpoint).WriteString(" AS text) || CAST(" + id + " AS text))")
	}}
}

// shownTime is a time as answers show it.
func shownTime(ident string) source {
	return computedSource{func(b *sql.Builder) {
		if b.Dialect() == dialect.Postgres {
			b.WriteString("(rtrim(rtrim(to_char(" + ident + ` AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') || 'Z')`)
			return
		}
		b.WriteString("(replace(substr(" + ident + ", 1, length(" + ident + ") - 6), ' ', 'T') || 'Z')")
	}}
}

// schemas writes a condition on the list of schemas, which is not stored: the
// core is always there, an extension when one of its attributes is.
func (c compiler) schemas(b *sql.Builder, e compareExpr) {
	if e.op == "pr" || e.value == nil {
		b.WriteString(map[bool]string{true: "FALSE", false: "TRUE"}[e.op == "eq"])
		return
	}
	want, _ := e.value.(string)
	if holdsText(c.t.Schema.URN, e.op, want) {
		b.WriteString("TRUE")
		return
	}
	b.WriteString("(")
	if c.table == userTable && holdsText(enterpriseURN, e.op, want) {
		for _, name := range enterpriseTexts {
			b.WriteString(c.column(name) + " IS NOT NULL OR ")
		}
	}
	b.WriteString("EXISTS (SELECT 1 FROM ")
	jsonSource{base: c.column("folded"), path: []string{store.FoldedAttributes}}.members(b, "e")
	b.WriteString(" WHERE ")
	key := columnSource{"e.key", typeString}
	compareText(b, key, "co", ":")
	b.WriteString(" AND ")
	compareText(b, key, e.op, store.Fold(want))
	b.WriteString("))")
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
