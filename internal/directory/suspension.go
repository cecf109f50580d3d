package directory

import (
	"context"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// maxGraceDays is how long the deletion of an organization can wait.
const maxGraceDays = 365

// SuspendOrganization locks the actor's organization: its tokens are refused
// within a second, its sessions from the next request on. Nothing is deleted.
// Errors: fault.NotFound.
func (d *Directory) SuspendOrganization(ctx context.Context, tx *store.Tx) error {
	org, err := lockCustomer(ctx, tx)
	if err != nil || org.SuspendedAt != nil {
		return err
	}
	tx.Name(org.ID, "suspended")
	return tx.Organization.UpdateOne(org).SetSuspendedAt(tx.Now()).Exec(ctx)
}

// ResumeOrganization unlocks the actor's organization, and takes a deletion back
// for which the time has not come. Errors: fault.NotFound, also when it has come.
func (d *Directory) ResumeOrganization(ctx context.Context, tx *store.Tx) error {
	org, err := lockCustomer(ctx, tx)
	if err != nil {
		return err
	}
	if isGoing(org, tx) {
		return errNoOrganization
	}
	if org.SuspendedAt == nil {
		return nil
	}
	tx.Name(org.ID, "resumed")
	return tx.Organization.UpdateOne(org).ClearSuspendedAt().ClearPurgeAt().Exec(ctx)
}

// DeleteOrganization suspends the actor's organization and has it purged after a
// number of days; until then ResumeOrganization takes it back. Errors:
// fault.NotFound; fault.Invalid when the slug is another's (on slug) or the days
// are not 1 to 365 (on grace_days).
func (d *Directory) DeleteOrganization(ctx context.Context, tx *store.Tx, slug string, graceDays int) error {
	if graceDays < 1 || graceDays > maxGraceDays {
		return fault.New(fault.Invalid, "the grace time is 1 to %d days, not %d", maxGraceDays, graceDays).On("grace_days")
	}
	org, err := lockCustomer(ctx, tx)
	if err != nil {
		return err
	}
	if isGoing(org, tx) {
		return errNoOrganization
	}
	if org.Slug != slug {
		return fault.New(fault.Invalid, "the organization has another slug than %.80q; look again whether it is the right one", slug).On("slug")
	}
	update := tx.Organization.UpdateOne(org).SetPurgeAt(tx.Now().AddDate(0, 0, graceDays))
	if org.SuspendedAt == nil {
		update.SetSuspendedAt(tx.Now())
	}
	tx.Name(org.ID, "deleted")
	return update.Exec(ctx)
}

// lockCustomer takes the row of the actor's organization, which no operator has
// anything to do with while it is the stage of a rehearsal.
func lockCustomer(ctx context.Context, tx *store.Tx) (*ent.Organization, error) {
	org, err := lockOrganization(ctx, tx)
	if err == nil && org.RehearsalOf != nil {
		return nil, errNoOrganization
	}
	return org, err
}

// isGoing says whether the grace time of a deleted organization has ended: it is
// being purged, and nobody can stop that.
func isGoing(org *ent.Organization, tx *store.Tx) bool {
	return org.PurgeAt != nil && !tx.Now().Before(*org.PurgeAt)
}
