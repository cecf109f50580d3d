package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	entschema "entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/migrate"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

var ignoreUnexported = cmpopts.IgnoreUnexported(ent.User{}, ent.UserEdges{})

// references are the columns that refer to other tables.
func references() (columns []string) {
	for _, t := range migrate.Tables {
		for _, key := range t.ForeignKeys {
			columns = append(columns, t.Name+"."+key.Columns[0].Name)
		}
	}
	return columns
}

// The field that a second row of the same key is refused for, by unique index.
// What nobody chooses (ids, hashes) has none.
var conflictFields = map[string]string{
	"organizations(slug)": "slug", "connections(org_id,name)": "name", "departments(org_id,name_key)": "name",
	"users(org_id,user_name_key)": "user_name", "groups(org_id,connection_id,display_name_key)": "display_name",
	"groups(org_id,display_name_key)":           "display_name",
	"attributes(org_id,connection_id,path_key)": "name", "tokens(hash)": "", "memberships(group_id,user_id)": "",
	"challenges(hash)": "", "downloads(hash)": "", "sessions(hash)": "", "sign_in_links(hash)": "", "passkeys(credential_id)": "",
	"domains(org_id,name)": "name", "domains(proved)": "name", "sign_ons(connection_id)": "",
	"identities(org_id,connection_id,issuer,tenant,subject)": "", "pending_links(org_id,connection_id,issuer,tenant,subject)": "",
	"spents(org_id,connection_id,purpose,hash)": "",
}

func TestEveryUniqueIndexRefusesWithTheSameFaultOnBothDatabases(t *testing.T) {
	onBoth(t, func(h *house) {
		for _, table := range migrate.Tables {
			for _, columns := range uniques(table) {
				name := table.Name + "(" + strings.Join(columns, ",") + ")"
				want, known := conflictFields[name]
				if !known && !slices.Equal(columns, []string{"id"}) {
					h.Errorf("%s is a new unique index: say which field it stands for", name)
				}
				first := row(table, columns...)
				second := row(table, columns...)
				for _, c := range columns {
					second[c] = first[c]
				}
				err := h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
					if err := insert(ctx, tx, table, first); err != nil {
						h.Fatal(err)
					}
					return insert(ctx, tx, table, second)
				})
				f, _ := err.(*fault.Error)
				if f == nil || f.Code != fault.Conflict || f.Field != want {
					h.Errorf("%s: %v; want a conflict on %q", name, err, want)
				}
			}
		}
	})
}

// uniques are the column lists of a table of which each row has its own.
func uniques(t *entschema.Table) [][]string {
	names := func(columns []*entschema.Column) (out []string) {
		for _, c := range columns {
			out = append(out, c.Name)
		}
		return out
	}
	out := [][]string{names(t.PrimaryKey)}
	for _, c := range t.Columns {
		if c.Unique {
			out = append(out, []string{c.Name})
		}
	}
	for _, index := range t.Indexes {
		if index.Unique {
			out = append(out, names(index.Columns))
		}
	}
	return out
}

// row makes up a value for each column that wants one or is among those.
func row(t *entschema.Table, those ...string) map[string]any {
	values := map[string]any{}
	for _, c := range t.Columns {
		if c.Nullable && !slices.Contains(those, c.Name) {
			continue
		}
		id := uuid.New()
		switch c.Type {
		case field.TypeUUID:
			values[c.Name] = id
		case field.TypeString:
			values[c.Name] = id.String()
		case field.TypeBytes:
			values[c.Name] = id[:]
		case field.TypeEnum:
			values[c.Name] = c.Enums[0]
		case field.TypeBool:
			values[c.Name] = true
		case field.TypeTime:
			values[c.Name] = time.Now()
		case field.TypeJSON:
			values[c.Name] = "{}"
		case field.TypeInt, field.TypeInt64:
			values[c.Name] = 1
		default:
			panic(fmt.Sprintf("no value for a column of type %s", c.Type))
		}
	}
	return values
}

// insert writes a row, and before it the rows that it must refer to.
func insert(ctx context.Context, tx *store.Tx, t *entschema.Table, values map[string]any) error {
	for _, key := range t.ForeignKeys {
		id, set := values[key.Columns[0].Name]
		if !set {
			continue
		}
		var there int
		rows, err := tx.Query(ctx, "SELECT count(*) FROM "+key.RefTable.Name+" WHERE id = ?", id)
		if err != nil {
			return err
		}
		for rows.Next() {
			err = rows.Scan(&there)
		}
		if err := rows.Close(); err != nil {
			return err
		}
		if there > 0 || err != nil {
			continue
		}
		parent := row(key.RefTable)
		parent["id"] = id
		if err := insert(ctx, tx, key.RefTable, parent); err != nil {
			return err
		}
	}
	var columns, marks []string
	var args []any
	for c, v := range values {
		columns, marks, args = append(columns, `"`+c+`"`), append(marks, "?"), append(args, v)
	}
	_, err := tx.Exec(ctx, `INSERT INTO "`+t.Name+`" (`+strings.Join(columns, ", ")+") VALUES ("+strings.Join(marks, ", ")+")", args...)
	return err
}

func TestValidationFaultsNameTheField(t *testing.T) {
	onBoth(t, func(h *house) {
		err := h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.User.Create().SetRole("KING").SetUserName("ada").Exec(ctx)
		})
		f, _ := err.(*fault.Error)
		if f == nil {
			h.Fatalf("got %v", err)
		}
		if d := cmp.Diff([]string{"invalid", "role"}, []string{string(f.Code), f.Field}); d != "" {
			h.Error(d)
		}
	})
}
