package store_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"entgo.io/ent/dialect/sql"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

// provisioned makes a person of a connection.
func (h *house) provisioned(ctx context.Context, conn uuid.UUID, name string, set func(*ent.UserCreate)) *ent.User {
	h.Helper()
	var u *ent.User
	err := h.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		create := tx.User.Create().SetUserName(name).SetConnectionID(conn)
		if set != nil {
			set(create)
		}
		u, err = create.Save(ctx)
		return err
	})
	if err != nil {
		h.Fatal(err)
	}
	return u
}

// connection is the one connection of the house.
func (h *house) connection() uuid.UUID {
	h.Helper()
	id, err := h.Read().Connection.Query().OnlyID(h.ctx)
	if err != nil {
		h.Fatal(err)
	}
	return id
}

func named(name string) func(*sql.Builder) {
	return func(b *sql.Builder) { b.WriteString("users.user_name_key = ").Arg(name) }
}

// likeEnt compares rows as values, without what only ent puts into them.
var likeEnt = cmp.Options{cmpopts.IgnoreUnexported(ent.User{}, ent.UserEdges{}, ent.Group{}, ent.GroupEdges{}), cmpopts.EquateEmpty()}

func TestPeopleAreReadAsEntReadsThem(t *testing.T) {
	onBoth(t, func(h *house) {
		conn := h.connection()
		h.provisioned(h.ctx, conn, "Ada", func(c *ent.UserCreate) {
			c.SetExternalID("e").SetDisplayName("Ada L").SetFormattedName("f").SetGivenName("g").SetFamilyName("n").SetTitle("t").
				SetDepartmentName("d").SetManagerValue("m").SetEmployeeNumber("").SetCostCenter("c").SetDivision("v").SetCompany("o").
				SetUserType("u").SetPreferredLanguage("p").SetLocale("l").SetTimezone("z").SetEmail("a@b.test").
				SetLinkAskedBy(conn).SetActive(false).SetRole(user.RoleAUDITOR).
				SetAttributes(schema.Document{
					"nickName": "\u2028<é>", "big": json.Number("12345678901234567890.10"), "none": nil,
					"list": []any{true, false, json.Number("1e5"), map[string]any{"a\"b": "c"}, []any{}}, "empty": map[string]any{},
				})
		})
		h.provisioned(h.ctx, conn, "bare", nil)
		for _, u := range []string{"ada", "bare"} {
			got, err := h.People(h.ctx, store.PeopleQuery{Connection: conn, Where: named(u)})
			if err != nil || len(got) != 1 {
				h.Fatalf("%s: %d people, %v", u, len(got), err)
			}
			want := h.user(got[0].ID)
			want.Folded = nil
			if d := cmp.Diff(want, got[0], likeEnt); d != "" {
				h.Errorf("%s differs (-ent +people):\n%s", u, d)
			}
		}
	})
}

func TestPeopleNeedAnActor(t *testing.T) {
	onBoth(t, func(h *house) {
		q := store.PeopleQuery{Connection: h.connection()}
		for name, ctx := range map[string]context.Context{"nobody": h.Context(), "across": store.AcrossOrganizations(h.Context())} {
			_, err := h.People(ctx, q)
			h.refused(err, fault.Internal)
			_, err = h.CountPeople(ctx, q)
			h.refused(err, fault.Internal)
			h.write(func(_ context.Context, tx *store.Tx) error {
				if _, err := tx.LockPeople(ctx, q); fault.CodeOf(err) != fault.Internal {
					h.Errorf("%s in a transaction: %v", name, err)
				}
				return nil
			})
		}
	})
}

func TestPeopleStayInTheirOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		conn := h.connection()
		h.provisioned(h.ctx, conn, "ada", nil)
		other, _ := storetest.Organization(h.T, h.Store, "other")
		// Whatever is asked for: another's connection, a condition that always holds.
		for name, q := range map[string]store.PeopleQuery{
			"all":       {Connection: conn},
			"condition": {Connection: conn, Where: func(b *sql.Builder) { b.WriteString("FALSE OR TRUE") }},
			"limited":   {Connection: conn, Where: named("ada"), Limit: 1},
		} {
			for who, want := range map[uuid.UUID]int{h.org.ID: 1, other.ID: 0, uuid.New(): 0} {
				for _, ctx := range []context.Context{actor.InOrg(h.Context(), who), store.AcrossOrganizations(actor.InOrg(h.Context(), who))} {
					if got, err := h.People(ctx, q); len(got) != want || err != nil {
						h.Errorf("%s: %d people, want %d: %v", name, len(got), want, err)
					}
					if n, err := h.CountPeople(ctx, q); n != want || err != nil {
						h.Errorf("%s: counted %d, want %d: %v", name, n, want, err)
					}
				}
			}
		}
	})
}

func TestPeopleAreThoseOfTheConnectionThatAreHere(t *testing.T) {
	onBoth(t, func(h *house) {
		conn := h.connection()
		h.person("local")
		gone := h.provisioned(h.ctx, conn, "gone", nil)
		for _, name := range []string{"a", "b", "c", "d"} {
			h.provisioned(h.ctx, conn, name, nil)
		}
		h.write(func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateUser(ctx, gone, func(m *ent.UserMutation) error { m.SetDeletedAt(tx.Now()); return nil })
		})
		q := store.PeopleQuery{Connection: conn, Limit: 2, Offset: 1, Order: func(b *sql.Builder) { b.WriteString("users.user_name_key DESC") }}
		found, err := h.People(h.ctx, q)
		var names []string
		for _, u := range found {
			names = append(names, u.UserName)
		}
		if err != nil || !slices.Equal(names, []string{"c", "b"}) {
			h.Errorf("%v, %v", names, err)
		}
		if n, err := h.CountPeople(h.ctx, q); n != 4 || err != nil {
			h.Errorf("counted %d, %v", n, err)
		}
	})
}

func TestPeopleBringTheirGroups(t *testing.T) {
	onBoth(t, func(h *house) {
		conn := h.connection()
		ada := h.provisioned(h.ctx, conn, "ada", nil)
		h.provisioned(h.ctx, conn, "bob", nil)
		var want []*ent.Group
		h.write(func(ctx context.Context, tx *store.Tx) error {
			for _, name := range []string{"\"Crew\" ü", "Left"} {
				g, err := tx.Group.Create().SetDisplayName(name).Save(ctx)
				if err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, "INSERT INTO memberships (org_id, group_id, user_id, created_at) VALUES (?, ?, ?, ?)",
					h.org.ID, g.ID, ada.ID, tx.Now()); err != nil {
					return err
				}
				want = append(want, &ent.Group{ID: g.ID, DisplayName: name})
			}
			_, err := tx.Exec(ctx, "UPDATE groups SET deleted_at = ? WHERE id = ?", tx.Now(), want[1].ID)
			return err
		})
		for name, want := range map[string][]*ent.Group{"ada": want[:1], "bob": nil} {
			q := store.PeopleQuery{Connection: conn, Where: named(name), Groups: true}
			h.write(func(ctx context.Context, tx *store.Tx) error {
				found, err := tx.LockPeople(ctx, q)
				if err != nil || len(found) != 1 {
					h.Fatalf("%d people, %v", len(found), err)
				}
				if d := cmp.Diff(want, found[0].Edges.Groups, likeEnt); d != "" {
					h.Errorf("groups of %s (-want +got):\n%s", name, d)
				}
				return nil
			})
			q.Groups = false
			if found, err := h.People(h.ctx, q); err != nil || found[0].Edges.Groups != nil {
				h.Errorf("groups nobody asked for: %v", err)
			}
		}
	})
}

func TestPeopleDontGoAroundATransaction(t *testing.T) {
	onBoth(t, func(h *house) {
		q := store.PeopleQuery{Connection: h.connection()}
		h.write(func(ctx context.Context, _ *store.Tx) error {
			_, err := h.People(ctx, q)
			h.refused(err, fault.Internal)
			_, err = h.CountPeople(ctx, q)
			h.refused(err, fault.Internal)
			return nil
		})
	})
}
