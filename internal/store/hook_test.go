package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func TestWritingOutsideATransactionIsRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		h.refused(h.Read().User.Create().SetUserName("ada").Exec(h.ctx), fault.Internal)
		h.refused(h.Read().Email.Update().Where().Exec(h.ctx), fault.Internal)
		_, err := h.Read().User.Delete().Exec(h.ctx)
		h.refused(err, fault.Internal)
		if n := h.Read().User.Query().CountX(h.ctx); n != 0 {
			h.Errorf("%d people were written", n)
		}
	})
}

// One connection is all that these tests have on SQLite, so what is not refused
// here hangs.
func TestGoingAroundTheTransactionIsRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		for name, around := range map[string]func(context.Context) error{
			"query":       func(ctx context.Context) error { _, err := h.Read().User.Query().Count(ctx); return err },
			"create":      func(ctx context.Context) error { return h.Read().User.Create().SetUserName("ada").Exec(ctx) },
			"plain query": func(ctx context.Context) error { _, err := h.Query(ctx, "SELECT 1"); return err },
			"client SQL":  func(ctx context.Context) error { _, err := h.Read().QueryContext(ctx, "SELECT 1"); return err },
			"exec":        func(ctx context.Context) error { _, err := h.Read().ExecContext(ctx, "DELETE FROM users"); return err },
			"feed":        func(ctx context.Context) error { _, _, err := h.Events(ctx, store.Cursor{}, 1); return err },
			"nested write": func(ctx context.Context) error {
				return h.Write(ctx, func(context.Context, *store.Tx) error { return nil })
			},
		} {
			h.write(func(ctx context.Context, tx *store.Tx) error {
				if err := around(ctx); err == nil || fault.CodeOf(err) != fault.Internal {
					h.Errorf("%s: %v", name, err)
				}
				return nil
			})
		}
	})
}

func TestHookTiesRowsToTheOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada")
		if ada.OrgID != h.org.ID {
			h.Errorf("organization %s, want %s", ada.OrgID, h.org.ID)
		}
		other, _ := storetest.Organization(h.T, h.Store, "other")
		elsewhere := actor.InOrg(h.Context(), other.ID)

		h.refused(h.Write(elsewhere, func(ctx context.Context, tx *store.Tx) error {
			return tx.User.Create().SetOrgID(h.org.ID).SetUserName("eve").Exec(ctx)
		}), fault.Internal)
		h.refused(h.Write(elsewhere, func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(ada.ID).SetTitle("Taken").Exec(ctx)
		}), fault.NotFound)
		h.refused(h.Write(elsewhere, func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateUser(ctx, ada, func(m *ent.UserMutation) error { m.SetTitle("Taken"); return nil })
		}), fault.Conflict)
		h.refused(h.Write(elsewhere, func(ctx context.Context, tx *store.Tx) error {
			return tx.User.DeleteOneID(ada.ID).Exec(ctx)
		}), fault.NotFound)
		h.refused(h.Write(h.Context(), func(ctx context.Context, tx *store.Tx) error {
			return tx.User.Create().SetUserName("nobody").Exec(ctx)
		}), fault.Internal)
		if d := cmp.Diff(ada, h.user(ada.ID), ignoreUnexported); d != "" {
			h.Error(d)
		}
	})
}

func TestEdgesToAnotherOrganizationAreRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		other, _ := storetest.Organization(h.T, h.Store, "other")
		var department *ent.Department
		var stranger *ent.User
		if err := h.Write(actor.InOrg(h.Context(), other.ID), func(ctx context.Context, tx *store.Tx) (err error) {
			department = tx.Department.Create().SetName("Theirs").SaveX(ctx)
			stranger, err = tx.User.Create().SetUserName("stranger").Save(ctx)
			return err
		}); err != nil {
			h.Fatal(err)
		}
		ada := h.person("ada")
		for name, write := range map[string]func(context.Context, *store.Tx) error{
			"department at create": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.Create().SetUserName("bob").SetDepartmentID(department.ID).Exec(ctx)
			},
			"manager at create": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.Create().SetUserName("bob").SetManagerID(stranger.ID).Exec(ctx)
			},
			"department at update": func(ctx context.Context, tx *store.Tx) error {
				return tx.UpdateUser(ctx, ada, func(m *ent.UserMutation) error { m.SetDepartmentID(department.ID); return nil })
			},
			"manager at update": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(ada.ID).SetManagerID(stranger.ID).Exec(ctx)
			},
			"person of an e-mail": func(ctx context.Context, tx *store.Tx) error {
				return tx.Email.Create().SetUserID(stranger.ID).SetValue("x@acme.test").Exec(ctx)
			},
		} {
			err := h.Write(h.ctx, write)
			if fault.CodeOf(err) != fault.NotFound {
				h.Errorf("%s: %v", name, err)
			}
		}
		h.refused(h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.Membership.Create().SetGroupID(uuid.New()).SetUserID(ada.ID).SetCreatedAt(tx.Now()).Exec(ctx)
		}), fault.Internal)
	})
}

// An edge that is added to the schema must be checked by the hook; this list is
// what it checks.
func TestEveryReferenceIsKnownToTheHook(t *testing.T) {
	t.Parallel()
	known := map[string]bool{
		"users.department_id": true, "users.manager_id": true, "emails.user_id": true,
		"memberships.group_id": true, "memberships.user_id": true, // written by internal/directory alone
	}
	for _, reference := range references() {
		if !known[reference] {
			t.Errorf("nothing checks that %s stays in its organization", reference)
		}
	}
}

func TestEachChangeAddsOneToTheVersion(t *testing.T) {
	t.Parallel()
	start := time.Date(2031, 3, 30, 1, 30, 0, 123456789, time.FixedZone("", 2*3600))
	for name, url := range map[string]string{"sqlite": storetest.SQLite(t), "postgres": storetest.Postgres(t)} {
		now := start
		s, err := store.Open(t.Context(), url, store.Options{MaxConns: 1, Clock: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, s)
		ada := h.person("ada")
		if ada.Version != 1 || !ada.UpdatedAt.Equal(start.Truncate(time.Microsecond)) || !ada.CreatedAt.Equal(ada.UpdatedAt) {
			t.Errorf("%s: made as version %d at %s", name, ada.Version, ada.UpdatedAt)
		}
		for version := 2; version <= 3; version++ {
			now = now.Add(time.Hour)
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.UpdateUser(ctx, h.in(ctx, tx, ada.ID), func(m *ent.UserMutation) error { m.SetTitle(name); return nil })
			})
			u := h.user(ada.ID)
			if u.Version != version || !u.UpdatedAt.Equal(now.Truncate(time.Microsecond)) || !u.CreatedAt.Equal(ada.CreatedAt) {
				t.Errorf("%s: version %d at %s, want %d at %s", name, u.Version, u.UpdatedAt, version, now)
			}
		}
		h.refused(h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateUser(ctx, ada, func(m *ent.UserMutation) error { m.SetTitle("stale"); return nil })
		}), fault.Conflict)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// in loads a person in a transaction.
func (h *house) in(ctx context.Context, tx *store.Tx, id uuid.UUID) *ent.User {
	h.Helper()
	u, err := tx.User.Get(ctx, id)
	if err != nil {
		h.Fatal(err)
	}
	return u
}

func TestHookFoldsNamesAndTexts(t *testing.T) {
	onBoth(t, func(h *house) {
		var ada *ent.User
		h.write(func(ctx context.Context, tx *store.Tx) (err error) {
			ada, err = tx.User.Create().SetUserName("ÄDA@Acme.test").SetDisplayName("Straße").SetTitle("CHIEF").SetGivenName("Äda").
				SetAttributes(schema.Document{"nickName": "ADDIE", "started": "2026-01-01T02:00:00+02:00"}).Save(ctx)
			if err == nil {
				err = tx.Email.Create().SetUserID(ada.ID).SetValue("Ada@ACME.test").SetKind("WORK").Exec(ctx)
			}
			return err
		})
		mail := h.Read().Email.Query().OnlyX(h.ctx)
		got := []any{ada.UserNameKey, *ada.DisplayNameKey, mail.ValueKey, *mail.KindKey, ada.Folded}
		want := []any{"äda@acme.test", "strasse", "ada@acme.test", "work", schema.Document{
			"title": "chief", "given_name": "äda",
			"attributes": map[string]any{"nickname": "addie", "started": "2026-01-01T00:00:00.000000000Z"},
		}}
		if d := cmp.Diff(want, got); d != "" {
			h.Error(d)
		}

		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateUser(ctx, h.in(ctx, tx, ada.ID), func(m *ent.UserMutation) error {
				m.ClearDisplayName()
				m.ClearTitle()
				m.SetUserName("NEW")
				return nil
			})
		})
		u := h.user(ada.ID)
		if u.UserNameKey != "new" || u.DisplayNameKey != nil {
			h.Errorf("keys are %q and %v", u.UserNameKey, u.DisplayNameKey)
		}
		if _, there := u.Folded["title"]; there || u.Folded["given_name"] != "äda" || u.Folded["attributes"] == nil {
			h.Errorf("folded is %v", u.Folded)
		}
	})
}

// ent doesn't say what many rows held before, so their Events and folded texts
// would be wrong.
func TestUpdatingManyRowsAtOnceIsRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		h.person("ada")
		h.refused(h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.User.Update().Where(user.Active(true)).SetTitle("All").Exec(ctx)
		}), fault.Internal)
		h.refused(h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
			return tx.Token.Update().Where(token.KindEQ(token.KindAPI)).SetRevokedAt(tx.Now()).Exec(ctx)
		}), fault.Internal)
	})
}
