package graph_test

import (
	"encoding/json"
	"strings"
	"sync"
)

// recorder keeps the statements that the store sends, while it is on.
type recorder struct {
	mu   sync.Mutex
	on   bool
	kept []sentStatement
	also func(query string) // is called with each statement
}

type sentStatement struct {
	query string
	args  []any
}

func (r *recorder) note(query string, args []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.also != nil {
		r.also(query)
	}
	if r.on {
		r.kept = append(r.kept, sentStatement{query, args})
	}
}

// statementsOf are the statements that something sends.
func (h *house) statementsOf(do func()) []sentStatement {
	h.sent.mu.Lock()
	h.sent.on, h.sent.kept = true, nil
	h.sent.mu.Unlock()
	do()
	h.sent.mu.Lock()
	defer h.sent.mu.Unlock()
	h.sent.on = false
	return h.sent.kept
}

// during calls also with each statement that something sends.
func (h *house) during(also func(query string), do func()) {
	set := func(also func(query string)) {
		h.sent.mu.Lock()
		defer h.sent.mu.Unlock()
		h.sent.also = also
	}
	set(also)
	defer set(nil)
	do()
}

// walks are the statements for which SQLite would go through everything that the
// organization has in a table.
func (h *house) walks(sent []sentStatement) (out []string) {
	h.Helper()
	for _, s := range sent {
		if h.store.Postgres() {
			continue
		}
		for _, step := range h.column("EXPLAIN QUERY PLAN "+s.query, 3, s.args) {
			if strings.HasSuffix(step, "(org_id=?)") {
				out = append(out, step+": "+s.query)
			}
		}
	}
	return out
}

// frugal fails where a statement reads more rows than most, or sorts more, or
// walks over a table without an index.
func (h *house) frugal(s sentStatement, most int) {
	h.Helper()
	complaint := h.sqliteComplaint
	if h.store.Postgres() {
		complaint = h.postgresComplaint
	}
	if what := complaint(s, most); what != "" {
		h.Errorf("%s:\n%s\n%v", what, s.query, s.args)
	}
}

// sqliteComplaint goes by the plan alone: SQLite doesn't tell how many rows a
// statement has read.
func (h *house) sqliteComplaint(s sentStatement, _ int) string {
	plan := h.column("EXPLAIN QUERY PLAN "+s.query, 3, s.args)
	for _, step := range plan {
		if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "json_each") && !strings.HasPrefix(step, "SCAN CONSTANT") ||
			strings.HasPrefix(step, "USE TEMP B-TREE FOR ORDER BY") {
			return strings.Join(plan, "; ")
		}
	}
	return ""
}

// planNode is a part of a plan of PostgreSQL.
type planNode struct {
	Kind    string     `json:"Node Type"`
	Table   string     `json:"Relation Name"`
	Rows    float64    `json:"Actual Rows"`
	Loops   float64    `json:"Actual Loops"`
	Skipped float64    `json:"Rows Removed by Filter"`
	Checked float64    `json:"Rows Removed by Index Recheck"`
	Plans   []planNode `json:"Plans"`
}

// postgresComplaint runs the statement and looks at the rows that each step has
// taken up.
func (h *house) postgresComplaint(s sentStatement, most int) string {
	text := strings.Join(h.column("EXPLAIN (ANALYZE, FORMAT JSON) "+s.query, 0, s.args), "")
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		h.Fatalf("%v: %s", err, text)
	}
	if taken := plans[0].Plan.taken(); taken > float64(most) {
		return text
	}
	return ""
}

// taken is the most rows that a step of the plan has taken up.
func (n planNode) taken() float64 {
	most := (n.Rows + n.Skipped + n.Checked) * n.Loops
	for _, p := range n.Plans {
		most = max(most, p.taken())
	}
	return most
}

// column is one column of the rows of a statement.
func (h *house) column(query string, n int, args []any) (out []string) {
	h.Helper()
	rows, err := h.store.Query(h.Context(), query, args...)
	if err != nil {
		h.Fatalf("%v: %s", err, query)
	}
	defer func() { _ = rows.Close() }()
	names, err := rows.Columns()
	if err != nil {
		h.Fatal(err)
	}
	for rows.Next() {
		row := make([]any, len(names))
		var text string
		for i := range row {
			row[i] = new(any)
		}
		row[n] = &text
		if err := rows.Scan(row...); err != nil {
			h.Fatal(err)
		}
		out = append(out, text)
	}
	return out
}
