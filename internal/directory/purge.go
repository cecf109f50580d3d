package directory

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/email"
	"github.com/rollcall/rollcall/ent/membership"
	"github.com/rollcall/rollcall/ent/migrate"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	purgeBatch = 500

	// purgeMargin is how much later than promised a purge begins: the clocks of
	// several replicas differ, and one may still allow to take it back.
	purgeMargin = time.Minute
)

// DueForPurge are the organizations whose grace time has ended.
func (d *Directory) DueForPurge(ctx context.Context) ([]*ent.Organization, error) {
	return d.store.Read().Organization.Query().Where(organization.PurgeAtLT(d.store.Now().Add(-purgeMargin))).
		Order(organization.ByID()).All(store.AcrossOrganizations(ctx))
}

// PurgeOrganization deletes everything that the actor's organization has, for
// good, in small transactions, and returns how many rows those were. It can be
// broken off and run again at any time. The organization itself goes when a run
// finds nothing else, so that what a request on its way has left is found too;
// then gone is true.
func (d *Directory) PurgeOrganization(ctx context.Context) (rows int, gone bool, err error) {
	org, err := organizationOf(ctx)
	if err != nil {
		return 0, false, err
	}
	if rows, err = d.purgeRows(ctx, org); err != nil || rows > 0 {
		return rows, false, err
	}
	return 0, true, d.forgetOrganization(ctx, org)
}

// purgeRows deletes everything but the organization itself.
func (d *Directory) purgeRows(ctx context.Context, org uuid.UUID) (rows int, err error) {
	for _, step := range purgeSteps() {
		for {
			n, err := d.purgeSome(ctx, org, step)
			rows += n
			if err != nil {
				return rows, err
			}
			if n == 0 {
				break
			}
		}
	}
	return rows, nil
}

// purgeStep deletes some rows of an organization and returns how many.
type purgeStep func(ctx context.Context, tx *store.Tx, org uuid.UUID) (int, error)

// purgeSteps come in an order that no foreign key minds: people first, with what
// refers to them, and then every other table that has an org_id.
func purgeSteps() []purgeStep {
	steps := []purgeStep{purgePeople}
	for _, t := range migrate.Tables {
		if t.Name == user.Table || t.Name == email.Table || t.Name == membership.Table || !t.HasColumn("org_id") {
			continue
		}
		steps = append(steps, purgeTable(t.Name))
	}
	return steps
}

// purgeSome runs a step in a transaction of its own, if the organization is still
// to be purged.
func (d *Directory) purgeSome(ctx context.Context, org uuid.UUID, step purgeStep) (n int, err error) {
	err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		o, err := lockOrganization(ctx, tx)
		if err != nil {
			return err
		}
		if !isGoing(o, tx) {
			return fault.New(fault.Conflict, "the organization %s is not to be purged now", o.Slug)
		}
		n, err = step(ctx, tx, org)
		return err
	})
	return n, err
}

func purgeTable(name string) purgeStep {
	return func(ctx context.Context, tx *store.Tx, org uuid.UUID) (int, error) {
		return tx.Exec(ctx, "DELETE FROM "+name+" WHERE org_id = ? AND id IN (SELECT id FROM "+name+" WHERE org_id = ? LIMIT ?)", org, org, purgeBatch)
	}
}

func purgePeople(ctx context.Context, tx *store.Tx, org uuid.UUID) (int, error) {
	ids, err := collectIDs(tx.Query(ctx, "SELECT id FROM users WHERE org_id = ? LIMIT ?", org, purgeBatch))
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	total := 0
	for _, s := range []struct{ sql, column string }{
		{"DELETE FROM memberships WHERE ", "user_id"},
		{"DELETE FROM emails WHERE ", "user_id"},
		{"DELETE FROM users WHERE ", "id"},
	} {
		among, list := tx.In(s.column, ids)
		n, err := tx.Exec(ctx, s.sql+among, list)
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// forgetOrganization deletes the row of the organization. What remains is an Event
// of the installation, which belongs to nobody.
func (d *Directory) forgetOrganization(ctx context.Context, org uuid.UUID) error {
	return d.store.Write(actor.InOrg(ctx, actor.Installation), func(ctx context.Context, tx *store.Tx) error {
		n, err := tx.Exec(ctx, "DELETE FROM organizations WHERE id = ?", org)
		if err == nil && n == 1 {
			tx.Note("Installation", org, "purged", nil)
		}
		return err
	})
}
