package directory

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

// RoleBy is the role that rules give a person: that of the first that fits, and
// LEARNER when none does. claims are the values of a claim of the sign-in. A group
// is meant by its id, so that one of the same name gives nothing. Without rules
// there is no such role: ok is false.
func (d *Directory) RoleBy(ctx context.Context, read *ent.Client, rules []schema.RoleRule, u *ent.User, claims func(name string) []string) (role user.Role, ok bool, err error) {
	if len(rules) == 0 {
		return "", false, nil
	}
	for _, r := range rules {
		fits := r.Group == uuid.Nil && slices.Contains(claims(r.Claim), r.Value)
		if r.Group != uuid.Nil {
			if fits, err = read.Group.Query().Where(group.ID(r.Group), group.DeletedAtIsNil(), group.HasUsersWith(user.ID(u.ID))).Exist(ctx); err != nil {
				return "", false, err
			}
		}
		if fits {
			return user.Role(r.Role), true, nil
		}
	}
	return user.RoleLEARNER, true, nil
}

// ApplyRoles gives a person the role that the rules say. Owners keep theirs: no
// provider takes the organization from them, nor makes one.
func (d *Directory) ApplyRoles(ctx context.Context, tx *store.Tx, rules []schema.RoleRule, u *ent.User, claims func(name string) []string) error {
	role, ok, err := d.RoleBy(ctx, tx.Client, rules, u, claims)
	if err != nil || !ok || u.Role == user.RoleOWNER || u.Role == role {
		return err
	}
	return d.ChangeRole(ctx, tx, u.ID, role, uuid.Nil)
}
