package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

func TestEventSaysWhatWasAndWhatIs(t *testing.T) {
	onBoth(t, func(h *house) {
		var ada *ent.User
		h.write(func(ctx context.Context, tx *store.Tx) (err error) {
			ada, err = tx.User.Create().SetUserName("ada").SetTitle("Clerk").SetDivision("North").
				SetAttributes(schema.Document{"nickName": "Addie"}).Save(ctx)
			return err
		})
		created := map[string]any{"user_name": "ada", "title": "Clerk", "division": "North", "active": true, "role": "LEARNER",
			"link_approved": false, "attributes": map[string]any{"nickName": "Addie"}}
		if d := cmp.Diff(schema.EventData{After: created}, h.lastData(ada.ID)); d != "" {
			h.Error("created: ", d)
		}

		for name, update := range map[string]func(context.Context, *store.Tx) error{
			"a loaded row": func(ctx context.Context, tx *store.Tx) error {
				return tx.UpdateUser(ctx, h.in(ctx, tx, ada.ID), func(m *ent.UserMutation) error {
					m.SetTitle("Chief")
					m.ClearDivision()
					m.SetCompany("Acme")
					return nil
				})
			},
			"an id": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(ada.ID).SetTitle("Chief").ClearDivision().SetCompany("Acme").Exec(ctx)
			},
			"a row given to ent": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOne(h.in(ctx, tx, ada.ID)).SetTitle("Chief").ClearDivision().SetCompany("Acme").Exec(ctx)
			},
			"two steps": func(ctx context.Context, tx *store.Tx) error {
				if err := tx.User.UpdateOneID(ada.ID).SetTitle("Deputy").ClearDivision().Exec(ctx); err != nil {
					return err
				}
				return tx.User.UpdateOneID(ada.ID).SetTitle("Chief").SetCompany("Acme").Exec(ctx)
			},
		} {
			h.write(update)
			want := schema.EventData{
				Before: map[string]any{"title": "Clerk", "division": "North", "company": nil},
				After:  map[string]any{"title": "Chief", "division": nil, "company": "Acme"},
			}
			if d := cmp.Diff(want, h.lastData(ada.ID)); d != "" {
				h.Errorf("%s: %s", name, d)
			}
			h.write(func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(ada.ID).SetTitle("Clerk").SetDivision("North").ClearCompany().Exec(ctx)
			})
		}

		h.write(func(ctx context.Context, tx *store.Tx) error { return tx.User.DeleteOneID(ada.ID).Exec(ctx) })
		if kinds := kindsOf(h.eventsOf(ada.ID)); kinds[len(kinds)-1] != "user.deleted" {
			h.Errorf("events are %v", kinds)
		}
	})
}

func kindsOf(events []*ent.Event) (kinds []string) {
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestOneActIsOneEvent(t *testing.T) {
	onBoth(t, func(h *house) {
		request, by := uuid.New(), uuid.New()
		h.ctx = actor.With(h.ctx, actor.Actor{Kind: actor.Token, ID: by, Org: h.org.ID, Request: request})
		var ada *ent.User
		var staff *ent.Group
		var promised []uuid.UUID
		h.write(func(ctx context.Context, tx *store.Tx) (err error) {
			if ada, err = tx.User.Create().SetUserName("ada").Save(ctx); err != nil {
				return err
			}
			for i := range 3 {
				if err := tx.Email.Create().SetUserID(ada.ID).SetValue(fmt.Sprintf("a%d@acme.test", i)).Exec(ctx); err != nil {
					return err
				}
			}
			promised = tx.Events()
			return tx.UpdateUser(ctx, ada, func(m *ent.UserMutation) error { m.SetEmail("a0@acme.test"); return nil })
		})
		if d := cmp.Diff([]string{"user.created"}, kindsOf(h.eventsOf(ada.ID))); d != "" {
			h.Error(d)
		}
		h.write(func(ctx context.Context, tx *store.Tx) (err error) {
			if staff, err = tx.Group.Create().SetDisplayName("Staff").Save(ctx); err != nil {
				return err
			}
			tx.NoteMembers(staff.ID, []uuid.UUID{ada.ID}, nil)
			tx.Name(staff.ID, "filled")
			return nil
		})
		if d := cmp.Diff([]string{"group.filled"}, kindsOf(h.eventsOf(staff.ID))); d != "" {
			h.Error(d)
		}
		if d := cmp.Diff([]uuid.UUID{ada.ID}, h.lastData(staff.ID).Added); d != "" {
			h.Error(d)
		}
		e := h.eventsOf(ada.ID)[0]
		if e.ID != promised[0] || e.Actor != "token" || *e.ActorID != by || *e.CorrelationID != request || e.OrgID != h.org.ID {
			h.Errorf("event %+v", e)
		}
	})
}

func TestLogRowsAndEventsHaveNoEventOfTheirOwn(t *testing.T) {
	onBoth(t, func(h *house) {
		before := h.Read().Event.Query().CountX(h.ctx)
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.ProvisioningLog.Create().SetMethod("GET").SetPath("/Users").SetOperation("Listed").SetStatus(200).SetDurationUs(1).Exec(ctx)
		})
		if after := h.Read().Event.Query().CountX(h.ctx); after != before {
			h.Errorf("%d events became %d", before, after)
		}
	})
}

func TestSecretsAreInNoEvent(t *testing.T) {
	onBoth(t, func(h *house) {
		canary := []byte("canary-of-a-hash")
		var made *ent.Token
		h.write(func(ctx context.Context, tx *store.Tx) (err error) {
			made, err = tx.Token.Create().SetKind(token.KindAPI).SetName("ci").SetHash(canary).SetHint("rc_…1234").Save(ctx)
			return err
		})
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.Token.UpdateOneID(made.ID).SetRevokedAt(tx.Now()).Exec(ctx)
		})
		for _, e := range h.eventsOf(made.ID) {
			for _, side := range []map[string]any{e.Data.Before, e.Data.After} {
				if _, there := side["hash"]; there {
					h.Errorf("%s tells the hash", e.Kind)
				}
			}
		}
		// SQLite's hex and PostgreSQL's text of the row: wherever else it could be.
		for _, form := range []string{string(canary), "Y2FuYXJ5LW9mLWEtaGFzaA"} {
			rows, err := h.Query(h.ctx, "SELECT count(*) FROM events WHERE CAST(data AS text) LIKE ?", "%"+form+"%")
			if err != nil {
				h.Fatal(err)
			}
			var n int
			for rows.Next() {
				err = rows.Scan(&n)
			}
			if err = errors.Join(err, rows.Close()); err != nil || n != 0 {
				h.Errorf("%d events hold %q: %v", n, form, err)
			}
		}
	})
}

func TestRolledBackTransactionLeavesNothing(t *testing.T) {
	onBoth(t, func(h *house) {
		events := h.Read().Event.Query().CountX(h.ctx)
		sorry := errors.New("sorry")
		err := h.Write(h.ctx, func(ctx context.Context, tx *store.Tx) error {
			ada := tx.User.Create().SetUserName("ada").SaveX(ctx)
			tx.Email.Create().SetUserID(ada.ID).SetValue("ada@acme.test").ExecX(ctx)
			return sorry
		})
		if !errors.Is(err, sorry) {
			h.Errorf("got %v", err)
		}
		ctx, cancel := context.WithCancel(h.ctx)
		if err := h.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			err := tx.User.Create().SetUserName("bob").Exec(ctx)
			cancel()
			return err
		}); err == nil {
			h.Error("a transaction was committed for a caller who has gone")
		}
		n := h.Read().User.Query().CountX(h.ctx) + h.Read().Email.Query().CountX(h.ctx)
		if n != 0 || h.Read().Event.Query().Where(event.Entity("User")).CountX(h.ctx) != 0 || h.Read().Event.Query().CountX(h.ctx) != events {
			h.Errorf("%d rows stayed", n)
		}
	})
}
