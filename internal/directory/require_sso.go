package directory

import (
	"context"
	"reflect"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// RequireSSO lets people in with their work account only, but for owners who are
// named: they get in when the provider fails. Sessions that began otherwise go on
// until they end. Errors: fault.Precondition when people can't sign in by single
// sign-on, fault.Invalid on break_glass when no active owner is named.
func (d *Directory) RequireSSO(ctx context.Context, tx *store.Tx, required bool, breakGlass []uuid.UUID) (*ent.Organization, error) {
	org, err := lockOrganization(ctx, tx)
	if err != nil {
		return nil, err
	}
	settings := org.Settings
	settings.RequireSSO, settings.BreakGlass = required, nil
	if !required && len(breakGlass) > 0 {
		return nil, fault.New(fault.Invalid, "nobody needs an exception from what is not required").On("break_glass")
	}
	if required {
		there, err := tx.SignOn.Query().Where(signon.Enabled(true)).Exist(ctx)
		if err != nil {
			return nil, err
		}
		if !there {
			return nil, fault.New(fault.Precondition, "nobody can sign in by single sign-on yet; set it up, test it and switch it on first")
		}
		// Locked: one of them could be locked out at this moment.
		owners, err := tx.User.Query().Where(user.IDIn(breakGlass...), user.RoleEQ(user.RoleOWNER), user.Active(true), user.DeletedAtIsNil(), store.Lock).Order(user.ByID()).IDs(ctx)
		if err != nil {
			return nil, err
		}
		if len(owners) == 0 || len(owners) != len(breakGlass) {
			return nil, fault.New(fault.Invalid, "name at least one active owner who may always sign in by link or passkey, and owners only").On("break_glass")
		}
		settings.BreakGlass = owners
	}
	if reflect.DeepEqual(settings, org.Settings) {
		return org, nil
	}
	saved, err := tx.Organization.UpdateOneID(org.ID).SetSettings(settings).Save(ctx)
	tx.Name(org.ID, map[bool]string{true: "sso_required", false: "sso_not_required"}[required])
	return saved, err
}
