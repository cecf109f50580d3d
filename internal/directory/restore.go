package directory

import (
	"cmp"
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/passkey"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signinlink"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// RestorableSince is the time after which a person must have been deleted to be
// restored now. Who was deleted before is gone.
func RestorableSince(s schema.OrganizationSettings, now time.Time) time.Time {
	return now.AddDate(0, 0, -cmp.Or(s.DeletedDays, schema.DefaultOrganizationSettings().DeletedDays))
}

// Restore brings a deleted person back as a local one, inactive, in no group and
// without an account, with the role that somebody has given: one that rules gave is
// gone. Errors: fault.NotFound for somebody who is
// not deleted or was too long ago, fault.Conflict on user_name when somebody else
// has the name now, and fault.Forbidden as Person has it.
func (d *Directory) Restore(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	org, err := tx.Organization.Query().Only(ctx)
	if err != nil {
		return err
	}
	u, err := tx.User.Query().Where(user.ID(id), user.DeletedAtGT(RestorableSince(org.Settings, tx.Now())), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return fault.New(fault.NotFound, "there is no deleted person with this id who could be restored").Because(err)
	}
	if err != nil {
		return err
	}
	if err := mayTouch(ctx, u); err != nil {
		return err
	}
	taken, err := tx.User.Query().Where(user.UserNameKey(u.UserNameKey), user.DeletedAtIsNil()).Exist(ctx)
	if err != nil {
		return err
	}
	if taken {
		return fault.New(fault.Conflict, "somebody else has the user name %s now; rename that person first", u.UserName).On(user.FieldUserName)
	}
	role, err := forgetIdentities(ctx, tx, u) // what other connections than the person's own may have left
	if err != nil {
		return err
	}
	tx.Name(u.ID, "restored")
	return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error {
		m.ClearDeletedAt()
		m.ClearConnectionID()
		m.ClearLinkAskedBy()
		m.SetLinkApproved(false)
		setRole(m, u, role)
		return nil
	})
}

// forgetBatch is how many people one transaction of ForgetDeleted deletes.
const forgetBatch = 100

// ForgetDeleted deletes for good the people of the actor's organization who can't
// be restored any more, in small transactions, and returns how many they were.
// Their Events remain.
func (d *Directory) ForgetDeleted(ctx context.Context) (total int, err error) {
	org, err := d.store.Read().Organization.Query().Only(ctx)
	if err != nil {
		return 0, err
	}
	gone := user.DeletedAtLTE(RestorableSince(org.Settings, d.store.Now()))
	for {
		ids, err := d.store.Read().User.Query().Where(gone).Order(user.ByID()).Limit(forgetBatch).IDs(ctx)
		if err != nil || len(ids) == 0 {
			return total, err
		}
		var n int
		err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			ids, err := tx.User.Query().Where(user.IDIn(ids...), gone, store.Lock).Order(user.ByID()).IDs(ctx)
			if n = len(ids); err != nil || n == 0 {
				return err
			}
			return forget(ctx, tx, ids)
		})
		if err != nil {
			return total, err
		}
		total += n
	}
}

func forget(ctx context.Context, tx *store.Tx, people []uuid.UUID) error {
	if _, err := tx.Email.Delete().Where(email.UserIDIn(people...)).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.Passkey.Delete().Where(passkey.UserIDIn(people...)).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.SignInLink.Delete().Where(signinlink.UserIDIn(people...)).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.Session.Delete().Where(session.UserIDIn(people...)).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.User.Delete().Where(user.IDIn(people...)).Exec(ctx); err != nil {
		return err
	}
	for _, id := range people {
		tx.Name(id, "purged")
	}
	return nil
}
