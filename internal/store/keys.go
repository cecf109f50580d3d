package store

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
)

// keyColumns are the columns that hold the folded form of another.
var keyColumns = map[string][][2]string{
	ent.TypeUser:       {{"user_name", "user_name_key"}, {"display_name", "display_name_key"}, {"manager_value", "manager_key"}},
	ent.TypeGroup:      {{"display_name", "display_name_key"}},
	ent.TypeDepartment: {{"name", "name_key"}},
	ent.TypeEmail:      {{"value", "value_key"}, {"kind", "kind_key"}},
}

// FoldedColumns are the columns of a User whose folded text is in
// User.folded under the column's name. Those with a key column of their own
// are not among them.
var FoldedColumns = []string{
	"formatted_name", "given_name", "family_name", "title", "department_name", "employee_number", "cost_center",
	"division", "company", "user_type", "preferred_language", "locale", "timezone",
}

// FoldedAttributes is the key of User.folded and Group.folded under which the
// attributes column stands, folded.
const FoldedAttributes = "attributes"

// foldNames fills the key columns of what is set, and the folded document.
func foldNames(ctx context.Context, m mutation) error {
	for _, pair := range keyColumns[m.Type()] {
		if m.FieldCleared(pair[0]) {
			if err := m.ClearField(pair[1]); err != nil {
				return err
			}
			continue
		}
		if v, set := m.Field(pair[0]); set {
			if err := m.SetField(pair[1], Fold(v.(string))); err != nil {
				return err
			}
		}
	}
	switch m.Type() {
	case ent.TypeUser:
		return foldInto(ctx, m, FoldedColumns)
	case ent.TypeGroup:
		return foldInto(ctx, m, nil)
	}
	return nil
}

func foldInto(ctx context.Context, m mutation, columns []string) error {
	if !touches(m, columns) {
		return nil
	}
	folded := schema.Document{}
	for _, c := range columns {
		if text, ok := textOf(after(ctx, m, c)); ok {
			folded[c] = FoldValue(text)
		}
	}
	if attributes, ok := after(ctx, m, "attributes").(schema.Document); ok && len(attributes) > 0 {
		folded[FoldedAttributes] = foldDocument(map[string]any(attributes))
	}
	return m.SetField("folded", folded)
}

func touches(m mutation, columns []string) bool {
	if m.Op().Is(ent.OpCreate) {
		return true
	}
	for _, c := range append([]string{"attributes"}, columns...) {
		if _, set := m.Field(c); set || m.FieldCleared(c) {
			return true
		}
	}
	return false
}

// after is the value that a column will have.
func after(ctx context.Context, m mutation, column string) any {
	if m.FieldCleared(column) {
		return nil
	}
	if v, set := m.Field(column); set {
		return v
	}
	return before(ctx, m, column)
}

func textOf(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case *string:
		if v != nil {
			return *v, true
		}
	}
	return "", false
}
