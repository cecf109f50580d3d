package scim

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/store"
)

// compiler turns a parsed filter into SQL for the rows of one resource type.
// Every value travels as an argument; names come from the schemas.
type compiler struct {
	t     *resourceType
	table *table
	row   string // what the query calls the table, in quotes
	base  string // of the organization's endpoints, for attributes that are addresses
	// exact makes every condition true or false and never NULL. It costs the
	// indexes, so it is only set below a "not".
	exact bool
}

// condition writes what the rows of a query have to pass.
type condition = func(*sql.Builder)

// allOf is the condition that all of some hold; nil when there are none.
func allOf(where []condition) condition {
	if len(where) == 0 {
		return nil
	}
	return func(b *sql.Builder) {
		for i, holds := range where {
			if i > 0 {
				b.WriteString(" AND ")
			}
			b.WriteString("(")
			holds(b)
			b.WriteString(")")
		}
	}
}

func newCompiler(t *resourceType, rows *table, base string) compiler {
	return compiler{t: t, table: rows, row: strconv.Quote(rows.name), base: base}
}

// predicate compiles a filter.
func (c compiler) predicate(e expr) condition {
	return func(b *sql.Builder) { c.write(b, e) }
}

// column is a column of the row that the filter is about.
func (c compiler) column(name string) string { return c.row + "." + name }

func (c compiler) write(b *sql.Builder, e expr) {
	switch e := e.(type) {
	case andExpr:
		c.join(b, e.terms, " AND ")
	case orExpr:
		c.join(b, e.terms, " OR ")
	case notExpr:
		b.WriteString("NOT (")
		c.exact = true
		c.write(b, e.term)
		b.WriteString(")")
	case compareExpr:
		c.decided(b, func() { c.compare(b, e) })
	case valueExpr:
		c.decided(b, func() { c.value(b, e) })
	case absentExpr:
		b.WriteString("FALSE")
	}
}

func (c compiler) join(b *sql.Builder, terms []expr, by string) {
	b.WriteString("(")
	for i, t := range terms {
		if i > 0 {
			b.WriteString(by)
		}
		c.write(b, t)
	}
	b.WriteString(")")
}

func (c compiler) decided(b *sql.Builder, write func()) {
	if !c.exact {
		write()
		return
	}
	b.WriteString("COALESCE(")
	write()
	b.WriteString(", FALSE)")
}

// compare writes one comparison on the resource itself.
func (c compiler) compare(b *sql.Builder, e compareExpr) {
	path := e.ref.String()
	switch {
	case path == "schemas":
		c.schemas(b, e)
		return
	case e.ref.attr == nil:
		c.undeclared(b, e)
		return
	case e.ref.attr.Multi:
		c.anyValue(b, e)
		return
	case e.ref.attr.Type == typeComplex && e.ref.subName == "":
		c.whole(b, e)
		return
	}
	if col, ok := c.table.columns[path]; ok {
		c.compareColumn(b, col, e)
		return
	}
	if made, ok := c.computed(path); ok {
		c.compareSource(b, made, e)
		return
	}
	if path == enterpriseURN+":employeeNumber" && e.op == "eq" {
		if text, ok := e.value.(string); ok && store.FoldValue(text) == text && strings.ToUpper(text) == text {
			compareText(b, columnSource{c.column("employee_number"), typeString}, "eq", text)
			return
		}
	}
	c.compareSource(b, c.document(e.ref, c.asSent(e)), e)
}

// whole asks whether a complex attribute is there: one of its parts is.
func (c compiler) whole(b *sql.Builder, e compareExpr) {
	if e.op == "eq" {
		b.WriteString("NOT ")
	}
	b.WriteString("(FALSE")
	for _, sub := range e.ref.attr.Sub {
		part := e.ref
		part.sub, part.subName = sub, sub.Name
		b.WriteString(" OR ")
		c.decided(b, func() { c.compare(b, compareExpr{ref: part, op: "pr"}) })
	}
	b.WriteString(")")
}

func (c compiler) compareColumn(b *sql.Builder, col column, e compareExpr) {
	src := columnSource{c.column(col.name), col.kind}
	if e.op == "pr" || e.value == nil {
		c.presence(b, src, e)
		return
	}
	switch v := e.value.(type) {
	case bool:
		compareBoolean(b, src, e.op, v)
	case string:
		switch {
		case col.kind == kindID:
			compareID(b, src, e.op, v)
		case col.kind == typeDateTime:
			compareTime(b, src, e.op, v)
		case col.folded:
			compareText(b, src, e.op, store.Fold(v))
		case col.name == "external_id" && e.op == "eq" && isGUID(v):
			b.WriteString(src.ident+" IN (").Args(v, strings.ToLower(v), strings.ToUpper(v)).WriteString(")")
		default:
			compareText(b, src, e.op, v)
		}
	default:
		b.WriteString("FALSE")
	}
}

// isGUID: object ids come in either case, whoever typed them into a test.
func isGUID(s string) bool {
	_, err := uuid.Parse(s)
	return len(s) == 36 && err == nil
}

// document is where an attribute stands in the folded document, or in the
// document as sent.
func (c compiler) document(r ref, asSent bool) jsonSource {
	if asSent {
		return jsonSource{base: c.column("attributes"), path: r.steps()}
	}
	if key, ok := c.table.texts[r.String()]; ok {
		return jsonSource{base: c.column("folded"), path: []string{key}}
	}
	path := append(make([]string, 0, 4), store.FoldedAttributes)
	for _, name := range r.steps() {
		path = append(path, store.Fold(name))
	}
	return jsonSource{base: c.column("folded"), path: path}
}

// steps are the names that lead through a document to the attribute.
func (r ref) steps() []string {
	path := make([]string, 0, 3)
	for _, name := range [...]string{r.urn, r.name, r.subName} {
		if name != "" {
			path = append(path, name)
		}
	}
	return path
}

// asSent says whether a comparison is about the very text that the client sent:
// where case counts, and for parts of a dateTime, which folds to its instant.
func (c compiler) asSent(e compareExpr) bool {
	if _, isText := e.value.(string); !isText {
		return false
	}
	a := e.ref.target()
	return a != nil && (a.CaseExact || a.Type == typeDateTime && isTextual(e.op))
}

func isTextual(op string) bool { return op == "co" || op == "sw" || op == "ew" }

// compareSource compares a place in a document by the attribute's type, or by
// the literal's where nobody has declared one.
func (c compiler) compareSource(b *sql.Builder, src source, e compareExpr) {
	if e.op == "pr" || e.value == nil {
		c.presence(b, src, e)
		return
	}
	switch v := e.value.(type) {
	case bool:
		compareBoolean(b, src, e.op, v)
	case json.Number:
		compareNumber(b, src, e.op, v)
	case string:
		if !c.asSent(e) {
			v = store.FoldValue(v)
		}
		compareText(b, src, e.op, v)
	}
}

func (c compiler) presence(b *sql.Builder, src source, e compareExpr) {
	if e.op == "eq" { // eq null
		b.WriteString("NOT (")
		src.present(b)
		b.WriteString(")")
		return
	}
	src.present(b)
}

// compareBoolean writes eq or ne. What is absent equals neither.
func compareBoolean(b *sql.Builder, src source, op string, want bool) {
	if op == "ne" {
		b.WriteString("NOT ")
	}
	b.WriteString("COALESCE(")
	if !want {
		b.WriteString("NOT ")
	}
	b.WriteString("(")
	src.boolean(b)
	b.WriteString("), FALSE)")
}

var sqlOperators = map[string]string{"eq": " = ", "ne": " <> ", "gt": " > ", "ge": " >= ", "lt": " < ", "le": " <= "}

func compareNumber(b *sql.Builder, src source, op string, v json.Number) {
	var limit any
	if whole, err := v.Int64(); err == nil {
		limit = whole // exact, where a float is not
	} else if limit, err = v.Float64(); err != nil {
		b.WriteString("FALSE")
		return
	}
	orAbsent(b, src, op, func() {
		src.number(b)
		b.WriteString(sqlOperators[op]).Arg(limit)
	})
}

// compareText compares texts byte by byte, which both databases do alike.
func compareText(b *sql.Builder, src source, op, v string) {
	postgres := b.Dialect() == dialect.Postgres
	switch op {
	case "co":
		b.WriteString(map[bool]string{true: "strpos(", false: "instr("}[postgres])
		src.text(b)
		b.WriteString(", ").Arg(v).WriteString(") > 0")
	case "sw":
		b.WriteString("substr(")
		src.text(b)
		b.WriteString(", 1, ").Arg(utf8.RuneCountInString(v)).WriteString(") = ").Arg(v)
	case "ew":
		n := utf8.RuneCountInString(v)
		if n == 0 {
			src.present(b)
			return
		}
		if postgres {
			b.WriteString("right(")
			src.text(b)
			b.WriteString(", ").Arg(n)
		} else {
			b.WriteString("substr(")
			src.text(b)
			b.WriteString(", ").Arg(-n)
		}
		b.WriteString(") = ").Arg(v)
	default:
		orAbsent(b, src, op, func() {
			src.text(b)
			if postgres && op != "eq" && op != "ne" {
				b.WriteString(` COLLATE "C"`)
			}
			b.WriteString(sqlOperators[op]).Arg(v)
		})
	}
}

// orAbsent lets "ne" hold for what is not there.
func orAbsent(b *sql.Builder, src source, op string, write func()) {
	if op != "ne" {
		write()
		return
	}
	b.WriteString("(")
	write()
	b.WriteString(" OR NOT (")
	src.present(b)
	b.WriteString("))")
}

func compareID(b *sql.Builder, src columnSource, op, v string) {
	id, err := uuid.Parse(v)
	switch {
	case op != "eq" && op != "ne":
		compareText(b, src, op, v)
	case err != nil || id.String() != v: // ids are exact
		b.WriteString(map[bool]string{true: "TRUE", false: "FALSE"}[op == "ne"])
	default:
		b.WriteString(src.ident + sqlOperators[op]).Arg(id)
	}
}

func compareTime(b *sql.Builder, src columnSource, op, v string) {
	if isTextual(op) {
		compareText(b, shownTime(src.ident), op, v)
		return
	}
	t, _ := parseTime(v)
	b.WriteString(src.ident + sqlOperators[op]).Arg(t.UTC().Truncate(time.Microsecond))
}
