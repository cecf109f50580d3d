package store_test

import (
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func TestSQLiteFindsPeopleByTheIndexOfTheCondition(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	for column, index := range map[string]string{
		"user_name_key": "user_org_id_user_name_key", "external_id": "user_org_id_external_id",
		"employee_number": "user_org_id_employee_number", "display_name_key": "user_org_id_display_name_key",
	} {
		plan := plan(t, s, column)
		if !strings.Contains(plan, index) {
			t.Errorf("people by %s are found by %q, want the index %s", column, plan, index)
		}
	}
}

func plan(t *testing.T, s *store.Store, column string) string {
	t.Helper()
	text := store.PeopleText(s, column)
	rows, err := s.Query(t.Context(), "EXPLAIN QUERY PLAN "+text, make([]any, strings.Count(text, "?"))...)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		all = append(all, detail)
	}
	return strings.Join(all, "; ")
}
