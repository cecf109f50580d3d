package access

import (
	"context"
	"errors"
	"reflect"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Vouch notes that the actor, who may give roles, vouches for a SignOn as it was last
// changed at a time. Errors: fault.NotFound, fault.Forbidden, fault.Conflict on
// updated_at when it was changed since.
func (s *SignOns) Vouch(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, updatedAt time.Time) (*ent.SignOn, error) {
	if who, _ := actor.From(ctx); !who.May(giveRoles) {
		return nil, fault.New(fault.Forbidden, "only an owner may vouch for single sign-on")
	}
	on, err := s.locked(ctx, tx, connectionID)
	switch {
	case err != nil:
		return nil, err
	case !on.UpdatedAt.Equal(updatedAt):
		return nil, fault.New(fault.Conflict, "single sign-on was changed meanwhile; look at it again").On("updated_at")
	case on.Settings.Vouched:
		return on, nil
	}
	settings := on.Settings
	settings.Vouched = true
	tx.Name(on.ID, "vouched_for")
	return tx.SignOn.UpdateOneID(on.ID).SetSettings(settings).Save(ctx)
}

// sameTrust says whether the same people come in, as the same.
func sameTrust(a, b schema.SignOnSettings) bool {
	for _, s := range []*schema.SignOnSettings{&a, &b} {
		s.Vouched, s.Hybrid, s.KeyCredential, s.SignInURL, s.SignOutURL, s.SignOutAnswerURL, s.SignOutPost = false, false, false, "", "", "", false
		s.MetadataURL, s.Create, s.LinkUntil = "", false, nil
	}
	return reflect.DeepEqual(a, b)
}

// ErrSetUpAnew is the cause of Hold's fault.Conflict.
var ErrSetUpAnew = errors.New("single sign-on was set up anew")

// Hold locks the SignOn by which somebody has come until the transaction ends, and
// returns it as it is now: what the answer was checked against may have changed while the
// provider was asked. Errors: fault.Precondition when it is switched off or gone,
// fault.Conflict because of ErrSetUpAnew when the answer would be checked in another way.
func (s *SignOns) Hold(ctx context.Context, tx *store.Tx, checked *ent.SignOn) (*ent.SignOn, error) {
	on, err := tx.SignOn.Query().Where(signon.ID(checked.ID), signon.Enabled(true), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.Precondition, "signing in through this connection is switched off").Because(err)
	}
	if err != nil {
		return nil, err
	}
	was, is := checked.Settings, on.Settings
	was.Roles, is.Roles = nil, nil // given as they are now
	if checked.Protocol != on.Protocol || !sameTrust(was, is) {
		return nil, fault.New(fault.Conflict, "single sign-on was set up anew while this sign-in was under way").Because(ErrSetUpAnew)
	}
	return on, nil
}

// markGroups tells those who change members of groups which of them give roles. A
// mark stays when the rule goes: it only means that somebody looks.
func markGroups(ctx context.Context, tx *store.Tx, org uuid.UUID, rules []schema.RoleRule) error {
	var groups []uuid.UUID
	for _, r := range rules {
		if r.Group != uuid.Nil {
			groups = append(groups, r.Group)
		}
	}
	if len(groups) == 0 {
		return nil
	}
	among, list := tx.In("id", groups)
	_, err := tx.Exec(ctx, "UPDATE groups SET gives_role = ? WHERE org_id = ? AND NOT gives_role AND "+among, true, org, list)
	return err
}

// giveRoles is the scope of those who may make somebody more than a learner.
const giveRoles = "roles:write"
