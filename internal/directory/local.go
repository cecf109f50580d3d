package directory

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// Local is a person made by hand.
type Local struct {
	UserName, DisplayName, Email string
	Role                         user.Role
}

// CreateLocal makes a person that no connection owns.
func (d *Directory) CreateLocal(ctx context.Context, tx *store.Tx, l Local) (*ent.User, error) {
	create := tx.User.Create().SetUserName(l.UserName).SetDisplayName(l.DisplayName).SetRole(l.Role)
	if l.Email != "" {
		create.SetEmail(l.Email).SetAttributes(schema.Document{"emails": []any{map[string]any{"value": l.Email, "primary": true}}})
	}
	u, err := create.Save(ctx)
	if err != nil {
		return nil, err
	}
	if l.Email == "" {
		return u, nil
	}
	return u, insertEmails(ctx, tx, u.ID, []Email{{Value: l.Email, Primary: true}})
}
