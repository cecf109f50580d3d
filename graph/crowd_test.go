package graph_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/rollcall/rollcall/internal/store"
)

// crowdPeople is how many people the organization of crowd has.
const crowdPeople = 100_000

// crowd fills the house's organization with people, 50 of them in each department
// and 20 in each group but the first, which all are in; with as many rows of the
// log and Events; and another organization with a tenth of that.
func (h *house) crowd() {
	h.Helper()
	other, conn := h.organization("other")
	c := crowd{h.store.Postgres()}
	texts := append(c.rows("a", h.org.ID.String(), h.conn.ID.String(), crowdPeople), c.rows("b", other.ID.String(), conn.ID.String(), crowdPeople/10)...)
	if c.postgres { // which does so by itself; nobody does on SQLite
		texts = append(texts, "ANALYZE")
	}
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
		for _, text := range texts {
			if _, err := tx.Exec(ctx, text); err != nil {
				return fmt.Errorf("%w: %s", err, text)
			}
		}
		return nil
	})
}

// crowd writes the statements for one of the databases.
type crowd struct{ postgres bool }

// number is the number n in five digits, or in eight hexadecimal ones.
func (c crowd) number(n string, hex bool) string {
	switch {
	case c.postgres && hex:
		return "lpad(to_hex(" + n + "), 8, '0')"
	case c.postgres:
		return "lpad((" + n + ")::text, 5, '0')"
	case hex:
		return "printf('%08x', " + n + ")"
	}
	return "printf('%05d', " + n + ")"
}

// id is that of the n-th thing of a kind, so that the organizations' rows lie
// among one another as if they had grown at the same time.
func (c crowd) id(kind, n string) string {
	text := "(" + c.number(n, true) + " || '-0000-7000-8000-0000000000" + kind + "')"
	if c.postgres {
		return "CAST(" + text + " AS uuid)"
	}
	return text
}

// rows are statements that fill an organization with n people; mark is the end
// of their ids.
func (c crowd) rows(mark, org, conn string, n int) []string {
	now, uuid := "strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')", ""
	series := "(WITH RECURSIVE s(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM s WHERE n + 1 < %d) SELECT n FROM s) AS s"
	if c.postgres {
		now, uuid, series = "now()", "::uuid", "generate_series(0, %d - 1) AS s(n)"
	}
	departments, groups := n/50, n/20+1
	fill := strings.NewReplacer("ORG", "'"+org+"'"+uuid, "CONN", "'"+conn+"'"+uuid, "NOW", now,
		"USER(n)", c.id("1"+mark, "n"), "USER(boss)", c.id("1"+mark, "n / 20"), "DEPT(n)", c.id("2"+mark, "n"),
		"DEPT(of n)", c.id("2"+mark, fmt.Sprintf("n %% %d", departments)), "GROUP(0)", c.id("3"+mark, "0"), "GROUP(n)", c.id("3"+mark, "n"),
		"GROUP(of n)", c.id("3"+mark, fmt.Sprintf("1 + n %% %d", groups-1)), "EMAIL(n)", c.id("4"+mark, "n"), "LOG(n)", c.id("5"+mark, "n"),
		"EVENT(n)", c.id("6"+mark, "n"), "CYCLE(n)", c.id("7"+mark, "n"), "DIGITS", c.number("n", false),
		"SHUFFLED", c.number(fmt.Sprintf("(n * 7919) %% %d", n), false),
		"PEOPLE", fmt.Sprintf(series, n), "DEPARTMENTS", fmt.Sprintf(series, departments), "GROUPS", fmt.Sprintf(series, groups))
	return strings.Split(fill.Replace(`
INSERT INTO departments (id, org_id, created_at, updated_at, name, name_key, version)
	SELECT DEPT(n), ORG, NOW, NOW, 'Department ' || DIGITS, 'department ' || DIGITS, 1 FROM DEPARTMENTS;
INSERT INTO groups (id, org_id, connection_id, created_at, updated_at, display_name, display_name_key, version)
	SELECT GROUP(n), ORG, CONN, NOW, NOW, 'Group ' || DIGITS, 'group ' || DIGITS, 1 FROM GROUPS;
INSERT INTO users (id, org_id, connection_id, created_at, updated_at, version, role, active, link_approved, user_name, user_name_key,
	display_name, display_name_key, email, department_id, manager_id, attributes, folded)
	SELECT USER(n), ORG, CONN, NOW, NOW, 1, 'LEARNER', n % 10 <> 0, false, 'P' || SHUFFLED || '@acme.test', 'p' || SHUFFLED || '@acme.test',
		CASE WHEN n % 50 = 0 THEN NULL ELSE 'Person ' || SHUFFLED END, CASE WHEN n % 50 = 0 THEN NULL ELSE 'person ' || SHUFFLED END,
		'P' || SHUFFLED || '@acme.test', DEPT(of n), USER(boss), '{"title": "A text of the length that attributes have in practice, or nearly so"}',
		'{"given_name": "person"}' FROM PEOPLE;
INSERT INTO emails (id, org_id, user_id, created_at, value, value_key, "primary")
	SELECT EMAIL(n), ORG, USER(n), NOW, 'P' || SHUFFLED || '@acme.test', 'p' || SHUFFLED || '@acme.test', true FROM PEOPLE;
INSERT INTO memberships (org_id, group_id, user_id, created_at) SELECT ORG, GROUP(0), USER(n), NOW FROM PEOPLE;
INSERT INTO memberships (org_id, group_id, user_id, created_at) SELECT ORG, GROUP(of n), USER(n), NOW FROM PEOPLE;
INSERT INTO cycles (id, org_id, connection_id, created_at, ended_at, requests, writes, failures)
	SELECT CYCLE(n), ORG, CONN, NOW, NOW, 20, 20, 1 FROM GROUPS;
INSERT INTO provisioning_logs (id, org_id, connection_id, target_id, cycle_id, created_at, method, path, operation, status, duration_us)
	SELECT LOG(n), ORG, CONN, USER(n), CYCLE(n), NOW, 'POST', '/Users', 'Create user', CASE WHEN n % 50 = 0 THEN 409 ELSE 201 END, 900 FROM PEOPLE;
INSERT INTO events (id, org_id, created_at, position, kind, entity, entity_id, actor, data)
	SELECT EVENT(n), ORG, NOW, 1 + n / 1000, 'user.created', 'User', USER(n), 'token', '{}' FROM PEOPLE`), ";\n")
}
