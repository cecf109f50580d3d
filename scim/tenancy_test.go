package scim_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/migrate"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/scim"
)

// dump is everything in the tables of which the condition holds.
func (h *house) dump(where string, tables []string, args ...any) []string {
	h.Helper()
	var out []string
	for _, table := range tables {
		rows, err := h.store.Query(h.Context(), "SELECT * FROM "+table+" WHERE "+where, args...)
		if err != nil {
			h.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			values := make([]any, len(columns))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				h.Fatal(err)
			}
			line := table
			for i := range values {
				v := *values[i].(*any)
				if text, ok := v.([]byte); ok {
					v = string(text)
				}
				line += fmt.Sprintf(" %s=%v", columns[i], v)
			}
			out = append(out, line)
		}
		if err := rows.Err(); err != nil {
			h.Fatal(err)
		}
		_ = rows.Close()
	}
	slices.Sort(out)
	return out
}

// tables are all that belong to organizations.
func tables() []string {
	var names []string
	for _, t := range migrate.Tables {
		if t.Name != "organizations" {
			names = append(names, t.Name)
		}
	}
	return names
}

func TestOrganizationsKnowNothingOfOneAnother(t *testing.T) {
	onBoth(t, func(h *house) {
		other := h.newTenant("beta")
		v := h.newVictim(other)
		if r := h.as(other, http.MethodGet, "/Users?filter="+queryEscape(`title co "`+canary+`"`), nil); r.body["totalResults"] != 2.0 {
			h.Fatalf("the victim itself finds %s", r.text)
		}
		h.quietly()
		before := h.dump("org_id = ?", tables(), other.org.ID)
		h.besiege(v, true)
		if diff := cmp.Diff(before, h.dump("org_id = ?", tables(), other.org.ID)); diff != "" {
			h.Errorf("the victim's rows have changed:\n%s", diff)
		}
		for _, line := range h.dump("org_id = ?", tables(), h.org.ID) {
			if strings.Contains(line, canary) && !strings.Contains(line, "Looked for") {
				h.Errorf("the attacker's organization holds %s", line)
			}
		}
	})
}

func TestConnectionsOfOneOrganizationStayApart(t *testing.T) {
	onBoth(t, func(h *house) {
		other := h.otherConnection(nil)
		v := h.newVictim(other)
		before := append(h.dump("connection_id = ?", []string{"users", "groups"}, other.conn.ID),
			h.dump("group_id = ?", []string{"memberships"}, uuid.MustParse(v.group))...)
		h.besiege(v, false)
		after := append(h.dump("connection_id = ?", []string{"users", "groups"}, other.conn.ID),
			h.dump("group_id = ?", []string{"memberships"}, uuid.MustParse(v.group))...)
		if diff := cmp.Diff(before, after); diff != "" {
			h.Errorf("the other connection's rows have changed:\n%s", diff)
		}
	})
}

func TestLocalPeopleAreOutOfReach(t *testing.T) {
	onBoth(t, func(h *house) {
		local := h.local(directory.Local{UserName: "victim@example.test", DisplayName: canary, Email: "victim@example.test"})
		before := h.dump("connection_id IS NULL", []string{"users"})
		h.besiege(victim{user: local.ID.String(), group: entschema.NewID().String(), userName: local.UserName, externalID: "ext-victim",
			email: "victim@example.test", groupName: "Victims"}, false)
		if diff := cmp.Diff(before, h.dump("connection_id IS NULL", []string{"users"})); diff != "" {
			h.Errorf("the local person has changed:\n%s", diff)
		}
	})
}

func TestTokenWorksAtItsOwnAddressOnly(t *testing.T) {
	onBoth(t, func(h *house) {
		other := h.newTenant("beta")
		v := h.newVictim(other)
		entities := slices.DeleteFunc(tables(), func(name string) bool { return name == "provisioning_logs" || name == "cycles" }) // they follow
		before := h.dump("org_id = ?", entities, other.org.ID)
		strayed := h.tenant
		strayed.base = other.base
		n := 0
		for _, route := range scim.Routes() {
			if route.Endpoint == "ServiceProviderConfig" {
				continue // public
			}
			for _, a := range attacks(h.T, route, v, v.user, v.group, true) {
				h.as(strayed, route.Method, a.path, a.body).refused(http.StatusUnauthorized, "", "bearer token")
				n++
			}
		}
		h.stop()
		if diff := cmp.Diff(before, h.dump("org_id = ?", entities, other.org.ID)); diff != "" {
			h.Errorf("the rows of the address have changed:\n%s", diff)
		}
		if told := h.dump("org_id = ? AND status = 401", []string{"provisioning_logs"}, other.org.ID); len(told) > 0 {
			h.Errorf("the organization of the address is told: %s", told[0])
		}
		if logged := len(h.dump("org_id = ? AND status = 401", []string{"provisioning_logs"}, h.org.ID)); logged == 0 || logged > n { // a flood is cut short
			h.Errorf("%d of %d refusals are in the log of the token's organization", logged, n)
		}
	})
}

// A department or a manager of another organization can't be referred to, even
// by code of our own.
func TestEdgesStayInside(t *testing.T) {
	onBoth(t, func(h *house) {
		id := uuid.MustParse(h.create("ada"))
		other := h.newTenant("beta")
		v := h.newVictim(other)
		department, err := h.store.Read().Department.Query().FirstID(actor.InOrg(h.Context(), other.org.ID))
		if err != nil {
			h.Fatal(err)
		}
		for name, change := range map[string]func(context.Context, *store.Tx) error{
			"department of a person": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(id).SetDepartmentID(department).Exec(ctx)
			},
			"manager of a person": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(id).SetManagerID(uuid.MustParse(v.user)).Exec(ctx)
			},
			"manager of a new person": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.Create().SetUserName("x").SetManagerID(uuid.MustParse(v.user)).Exec(ctx)
			},
			"owner of an e-mail": func(ctx context.Context, tx *store.Tx) error {
				return tx.Email.Create().SetUserID(uuid.MustParse(v.user)).SetValue("x@example.test").Exec(ctx)
			},
			"a foreign person": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.UpdateOneID(uuid.MustParse(v.user)).SetTitle("x").Exec(ctx)
			},
			"a new person elsewhere": func(ctx context.Context, tx *store.Tx) error {
				return tx.User.Create().SetUserName("x").SetOrgID(other.org.ID).Exec(ctx)
			},
		} {
			if err := h.store.Write(h.inOrg(), change); err == nil {
				h.Errorf("%s crossed organizations", name)
			}
		}
	})
}
