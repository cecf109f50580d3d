package directory

import (
	"cmp"
	"context"
	"maps"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// Local is a person made by hand. Without a role it is a learner.
type Local struct {
	UserName, DisplayName, Email string
	Role                         user.Role
	Inactive                     bool    // locked out from the beginning
	Details                      Details // everything else
}

// CreateLocal makes a person that no connection owns. Errors: fault.Invalid on
// the column at fault, fault.NotFound on department_id and manager_id,
// fault.Conflict on user_name.
func (d *Directory) CreateLocal(ctx context.Context, tx *store.Tx, l Local) (*ent.User, error) {
	details := l.Details
	details.Texts = maps.Clone(details.Texts)
	if details.Texts == nil {
		details.Texts = map[string]*string{}
	}
	details.Texts[user.FieldUserName] = &l.UserName
	details.Texts[user.FieldDisplayName] = &l.DisplayName
	details.Texts[user.FieldEmail] = &l.Email
	p := &Profile{Active: !l.Inactive}
	if err := details.apply(p); err != nil {
		return nil, err
	}
	refs, err := details.references(ctx, tx, &ent.User{})
	if err != nil {
		return nil, err
	}
	create := tx.User.Create().SetRole(cmp.Or(l.Role, user.RoleLEARNER)).SetActive(p.Active).SetNillableEmail(p.PrimaryEmail())
	if err := setDifferences(create.Mutation(), &Profile{}, p); err != nil {
		return nil, err
	}
	refs.set(create.Mutation())
	u, err := create.Save(ctx)
	if err != nil {
		return nil, err
	}
	if err := insertEmails(ctx, tx, u.ID, p.Emails); err != nil {
		return nil, err
	}
	p.ID = u.ID
	return u, adoptReports(ctx, tx, p, u.ID)
}
