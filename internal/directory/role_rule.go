package directory

import (
	"context"
	"encoding/json"
	"reflect"
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
	fits, err := fitting(ctx, read, rules, u.ID, claims)
	return roleOf(fits), err == nil, err
}

// fitting are the rules that fit a person who signs in.
func fitting(ctx context.Context, read *ent.Client, rules []schema.RoleRule, person uuid.UUID, claims func(name string) []string) (fits []schema.RoleRule, err error) {
	for _, r := range rules {
		is := r.Group == uuid.Nil && slices.Contains(claims(r.Claim), r.Value)
		if r.Group != uuid.Nil {
			if is, err = read.Group.Query().Where(group.ID(r.Group), group.DeletedAtIsNil(), group.HasUsersWith(user.ID(person))).Exist(ctx); err != nil {
				return nil, err
			}
		}
		if is {
			fits = append(fits, r)
		}
	}
	return fits, nil
}

func roleOf(fits []schema.RoleRule) user.Role {
	if len(fits) == 0 {
		return user.RoleLEARNER
	}
	return user.Role(fits[0].Role)
}

// ApplyRoles gives the person of a verdict the role that the rules of the SignOn
// say, while an owner vouches for it. Owners keep theirs: no provider takes the
// organization from them, nor makes one. An account that is not proved to be the
// person's gets nothing by the person's groups; what its own claims say counts.
func (d *Directory) ApplyRoles(ctx context.Context, tx *store.Tx, on *ent.SignOn, v *Verdict, claims func(name string) []string) error {
	if !on.Settings.Vouched || len(on.Settings.Roles) == 0 {
		return nil
	}
	// Locked before the groups are read: who leaves one now is asked about after this.
	u, err := tx.User.Query().Where(user.ID(v.User.ID), user.DeletedAtIsNil(), store.Lock).Only(ctx)
	if err != nil {
		return err
	}
	fits, err := fitting(ctx, tx.Client, on.Settings.Roles, u.ID, claims)
	if err != nil {
		return err
	}
	role := roleOf(fits)
	if isMore(role, u.Role) && fits[0].Group != uuid.Nil && unproved(v.Identity) {
		return nil
	}
	if err := keepFits(ctx, tx, v.Identity, fits); err != nil {
		return err
	}
	// A role comes from one account: the last that was asked.
	if _, err := tx.Exec(ctx, "UPDATE identities SET fits = NULL WHERE org_id = ? AND user_id = ? AND id <> ? AND fits IS NOT NULL",
		u.OrgID, u.ID, v.Identity.ID); err != nil {
		return err
	}
	if u.Role == user.RoleOWNER || u.Role == role {
		return nil
	}
	return changeRole(ctx, tx, u, role, uuid.Nil, v.Identity.ID)
}

// keepFits remembers which rules fitted an account. It leaves no Event.
func keepFits(ctx context.Context, tx *store.Tx, i *ent.Identity, fits []schema.RoleRule) error {
	if len(fits) == len(i.Fits) && (len(fits) == 0 || reflect.DeepEqual(fits, i.Fits)) {
		return nil
	}
	text, err := json.Marshal(fits)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE identities SET fits = ? WHERE id = ?", string(text), i.ID)
	return err
}
