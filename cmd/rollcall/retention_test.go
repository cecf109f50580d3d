package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// logged writes rows of the log of the given ages.
func logged(t *testing.T, s *store.Store, org uuid.UUID, ages ...time.Duration) {
	t.Helper()
	err := s.Write(actor.InOrg(t.Context(), org), func(ctx context.Context, tx *store.Tx) error {
		for i, age := range ages {
			id := idAt(s.Now().Add(-age))
			id[14], id[15] = byte(i>>8), byte(i)
			id[13] = org[15]
			err := tx.ProvisioningLog.Create().SetID(id).SetMethod("GET").SetPath("/Users").SetOperation("Looked").
				SetStatus(200).SetDurationUs(1).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestOldRowsOfTheLogAreForgotten(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		const day = 24 * time.Hour
		acme, _ := storetest.Organization(t, s, "acme")
		globex, _ := storetest.Organization(t, s, "globex")
		err := s.Write(actor.InOrg(t.Context(), globex.ID), func(ctx context.Context, tx *store.Tx) error {
			return tx.Organization.UpdateOneID(globex.ID).SetSettings(schema.OrganizationSettings{LogDays: 7}).Exec(ctx)
		})
		if err != nil {
			t.Fatal(err)
		}
		old := make([]time.Duration, retentionBatch+5)
		for i := range old {
			old[i] = 100*day + time.Duration(i)*time.Second
		}
		logged(t, s, acme.ID, append(old, 89*day, time.Hour)...)
		logged(t, s, globex.ID, 8*day, 6*day)
		logged(t, s, actor.Installation, 91*day, 89*day)

		n, err := forgetOld(t.Context(), s, directory.New(s), access.New(s))
		if err != nil || n != len(old)+2 {
			t.Errorf("%d rows were deleted (%v), want %d", n, err, len(old)+2)
		}
		for org, want := range map[uuid.UUID]int{acme.ID: 2, globex.ID: 1, actor.Installation: 1} {
			if got := s.Read().ProvisioningLog.Query().CountX(actor.InOrg(t.Context(), org)); got != want {
				t.Errorf("%d rows are left, want %d", got, want)
			}
		}
		if n, err := forgetOld(t.Context(), s, directory.New(s), access.New(s)); err != nil || n != 0 {
			t.Errorf("a second time %d rows were deleted (%v)", n, err)
		}
	})
}

func TestRetentionGoesOnBehindAnOrganizationThatFails(t *testing.T) {
	t.Parallel()
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		const day = 24 * time.Hour
		acme, _ := storetest.Organization(t, s, "acme")
		globex, _ := storetest.Organization(t, s, "globex")
		logged(t, s, acme.ID, 100*day)
		logged(t, s, globex.ID, 100*day, time.Hour)
		// A deleted person of acme is still a member: nobody can be forgotten there.
		err := s.Write(actor.InOrg(t.Context(), acme.ID), func(ctx context.Context, tx *store.Tx) error {
			gone, err := tx.User.Create().SetUserName("gone").SetDeletedAt(tx.Now().Add(-100 * day)).Save(ctx)
			if err != nil {
				return err
			}
			g, err := tx.Group.Create().SetDisplayName("Chess").Save(ctx)
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, "INSERT INTO memberships (org_id, created_at, group_id, user_id) VALUES (?, ?, ?, ?)", acme.ID, tx.Now(), g.ID, gone.ID)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		n, err := forgetOld(t.Context(), s, directory.New(s), access.New(s))
		if n != 2 || err == nil || !strings.HasPrefix(err.Error(), "acme: ") {
			t.Errorf("%d rows were deleted (%v), want 2 and an error of acme", n, err)
		}
		if left := s.Read().ProvisioningLog.Query().CountX(actor.InOrg(t.Context(), globex.ID)); left != 1 {
			t.Errorf("globex has %d rows left, want 1", left)
		}
	})
}

func TestLowestIDOfATimeIsBelowItsIDs(t *testing.T) {
	t.Parallel()
	before, id, after := idAt(time.Now()), schema.NewID(), idAt(time.Now().Add(2*time.Millisecond))
	if !(before.String() <= id.String() && id.String() < after.String()) || before.Version() != 7 || before.Variant() != uuid.RFC4122 {
		t.Errorf("%s, %s, %s are not in order", before, id, after)
	}
}
