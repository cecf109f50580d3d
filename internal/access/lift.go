package access

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// mayLift refuses to make a credential of a connection whose directory gives roles
// for somebody who may not give them: whoever has it puts people into the groups.
// Rollcall itself and operators may. Errors: fault.Forbidden on scopes.
func mayLift(ctx context.Context, tx *store.Tx, who actor.Actor, connection uuid.UUID) error {
	if who.May(giveRoles) || Includes(who.Scopes, Operate) {
		return nil
	}
	gives, err := givesRoles(ctx, tx, connection)
	if err == nil && gives {
		err = fault.New(fault.Forbidden, "groups of this connection give people roles, so whoever has a credential of it can make administrators; ask an owner, or use a token with the scope %s", giveRoles).On("scopes")
	}
	return err
}

// givesRoles says whether the directory of a connection can give people roles: it
// has a group that a rule names, or has named, or its own rules name one. A rule
// counts although nobody vouches for it yet: credentials last longer than that.
func givesRoles(ctx context.Context, tx *store.Tx, connection uuid.UUID) (bool, error) {
	gives, err := tx.Group.Query().Where(group.ConnectionID(connection), group.GivesRole(true), group.DeletedAtIsNil()).Exist(ctx)
	if err != nil || gives {
		return gives, err
	}
	on, err := tx.SignOn.Query().Where(signon.ConnectionID(connection)).Only(ctx)
	if ent.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(on.Settings.Roles, func(r schema.RoleRule) bool { return r.Group != uuid.Nil }), nil
}
