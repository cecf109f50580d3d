package scim

import (
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/lib/pq"
)

// source is where a comparison finds its left side: a column, or a place in a
// JSON document. Each method writes an SQL expression.
type source interface {
	text(b *sql.Builder)    // NULL when absent
	boolean(b *sql.Builder) // a condition that is true when the value is true
	number(b *sql.Builder)  // NULL when it is no number
	present(b *sql.Builder) // a condition
}

// columnSource is a column of the table that the query is about.
type columnSource struct {
	ident string // quoted
	kind  string
}

func (c columnSource) text(b *sql.Builder) {
	if c.kind == kindID && b.Dialect() == dialect.Postgres {
		b.WriteString("CAST(" + c.ident + " AS text)")
		return
	}
	b.WriteString(c.ident)
}
func (c columnSource) boolean(b *sql.Builder) { b.WriteString(c.ident) }
func (c columnSource) number(b *sql.Builder)  { b.WriteString(c.ident) }
func (c columnSource) present(b *sql.Builder) { b.WriteString(c.ident + " IS NOT NULL") }

// jsonSource is a place in a JSON value: a column or an element of an array.
type jsonSource struct {
	base string // an SQL expression of a JSON value
	path []string
	// scalar is the expression of the element itself where SQLite hands it out
	// already converted (json_each), with its type beside it.
	scalar, scalarType string
}

func (j jsonSource) text(b *sql.Builder) {
	if b.Dialect() == dialect.Postgres {
		b.WriteString("(" + j.base + " #>> ").Arg(pq.Array(j.path)).WriteString(")")
		return
	}
	if len(j.path) == 0 && j.scalar != "" {
		b.WriteString("CAST(" + j.scalar + " AS TEXT)")
		return
	}
	b.WriteString("CAST(json_extract(" + j.base + ", ").Arg(sqlitePath(j.path)).WriteString(") AS TEXT)")
}

func (j jsonSource) boolean(b *sql.Builder) {
	if b.Dialect() == dialect.Postgres {
		j.text(b)
		b.WriteString(" = 'true'")
		return
	}
	j.typed(b)
	b.WriteString(" = 'true'")
}

func (j jsonSource) number(b *sql.Builder) {
	if b.Dialect() == dialect.Postgres {
		b.WriteString("(CASE WHEN ")
		j.typed(b)
		b.WriteString(" = 'number' THEN CAST(")
		j.text(b)
		b.WriteString(" AS numeric) END)")
		return
	}
	b.WriteString("(CASE WHEN ")
	j.typed(b)
	b.WriteString(" IN ('integer', 'real') THEN ")
	if len(j.path) == 0 && j.scalar != "" {
		b.WriteString(j.scalar)
	} else {
		b.WriteString("json_extract(" + j.base + ", ").Arg(sqlitePath(j.path)).WriteString(")")
	}
	b.WriteString(" END)")
}

func (j jsonSource) present(b *sql.Builder) {
	j.typed(b)
	b.WriteString(" IS NOT NULL")
}

// typed writes the name of the value's JSON type.
func (j jsonSource) typed(b *sql.Builder) {
	switch {
	case b.Dialect() == dialect.Postgres:
		b.WriteString("jsonb_typeof(" + j.base + " #> ").Arg(pq.Array(j.path)).WriteString(")")
	case len(j.path) == 0 && j.scalarType != "":
		b.WriteString(j.scalarType)
	default:
		b.WriteString("json_type(" + j.base + ", ").Arg(sqlitePath(j.path)).WriteString(")")
	}
}

// each writes the table of an array's elements, named alias. A single value
// counts as an array of one, and absence as an empty one.
func (j jsonSource) each(b *sql.Builder, alias string) {
	if b.Dialect() == dialect.Postgres {
		b.WriteString("jsonb_array_elements(CASE WHEN ")
		j.typed(b)
		b.WriteString(" = 'array' THEN ")
		j.value(b)
		b.WriteString(" WHEN ")
		j.typed(b)
		b.WriteString(" IS NULL THEN CAST('[]' AS jsonb) ELSE jsonb_build_array(")
		j.value(b)
		b.WriteString(") END) WITH ORDINALITY AS " + alias + "(value, n)")
		return
	}
	b.WriteString("json_each(CASE ")
	j.typed(b)
	b.WriteString(" WHEN 'object' THEN json_array(json(")
	j.value(b)
	b.WriteString(")) ELSE ")
	j.value(b)
	b.WriteString(" END) AS " + alias)
}

// members writes the table of an object's members, named alias.
func (j jsonSource) members(b *sql.Builder, alias string) {
	b.WriteString(map[bool]string{true: "jsonb_each(", false: "json_each("}[b.Dialect() == dialect.Postgres])
	j.value(b)
	b.WriteString(") AS " + alias)
}

// value writes the JSON value itself.
func (j jsonSource) value(b *sql.Builder) {
	if b.Dialect() == dialect.Postgres {
		b.WriteString("(" + j.base + " #> ").Arg(pq.Array(j.path)).WriteString(")")
		return
	}
	b.WriteString("(" + j.base + " -> ").Arg(sqlitePath(j.path)).WriteString(")")
}

// elementOf is an element of the table that each writes. On SQLite one that is
// no object is no JSON text, and json_extract wants objects only.
func elementOf(b *sql.Builder, alias string) jsonSource {
	if b.Dialect() == dialect.Postgres {
		return jsonSource{base: alias + ".value", path: []string{}} // nil would be NULL
	}
	return jsonSource{
		base:       "CASE WHEN " + alias + ".type = 'object' THEN " + alias + ".value END",
		scalar:     alias + ".value",
		scalarType: alias + ".type",
	}
}

// elementOrder is the expression by which the elements of each keep their order.
func elementOrder(b *sql.Builder, alias string) string {
	if b.Dialect() == dialect.Postgres {
		return alias + ".n"
	}
	return alias + ".key"
}

// sqlitePath writes a JSON path. A name with a quote can't be written; the path
// then leads nowhere.
func sqlitePath(path []string) string {
	var p strings.Builder
	p.WriteByte('$')
	for _, name := range path {
		if strings.ContainsAny(name, `"\`) {
			return `$."?"`
		}
		p.WriteString(`."` + name + `"`)
	}
	return p.String()
}
