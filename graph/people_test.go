package graph_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	createUser = `mutation($input: CreateUserInput!) { createUser(input: $input) { user { id version status role userName displayName
		givenName email emails { value primary } title costCenter department { name } manager { userName } connection { id } } } }`
	updateUser = `mutation($id: ID!, $input: UpdateUserInput!, $v: Int) { updateUser(id: $id, input: $input, ifVersion: $v) { user {
		id version userName displayName title email emails { value kind primary } department { name } departmentName manager { userName } managerValue } } }`
)

// mutationOf is a mutation of one person, named by id.
func mutationOf(name string) string {
	return `mutation($id: ID!) { ` + name + `(id: $id) { user { id status version role connection { id } groups { displayName } manager { id } } } }`
}

// newDepartment makes a department.
func (h *house) newDepartment(name string) (d *ent.Department) {
	h.Helper()
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = h.directory.CreateDepartment(ctx, tx, name)
		return err
	})
	return d
}

func TestCreateUserMakesALocalPerson(t *testing.T) {
	onBoth(t, func(h *house) {
		boss := h.person("boss@acme.test", user.RoleLEARNER)
		sales := h.newDepartment("Sales")
		c := h.with("users:read", "users:write")
		input := map[string]any{"userName": " Ada@acme.test ", "displayName": "Ada", "givenName": "", "email": "ada@acme.test",
			"title": " Countess ", "costCenter": "42", "departmentId": sales.ID, "managerId": boss.ID}
		r := h.ask(c, createUser, vars{"input": input}).ok()
		r.is(map[string]any{
			"id": r.at("createUser", "user", "id"), "version": 1, "status": "ACTIVE", "role": "LEARNER", "userName": "Ada@acme.test",
			"displayName": "Ada", "givenName": nil, "email": "ada@acme.test", "emails": []any{map[string]any{"value": "ada@acme.test", "primary": true}},
			"title": "Countess", "costCenter": "42", "department": map[string]any{"name": "Sales"},
			"manager": map[string]any{"userName": "boss@acme.test"}, "connection": nil,
		}, "createUser", "user")
		id := uuid.MustParse(r.at("createUser", "user", "id").(string))
		if diff := cmp.Diff([]string{"user.created by token"}, h.told(id)); diff != "" {
			h.Error(diff)
		}
		want := schema.Document{"emails": []any{map[string]any{"value": "ada@acme.test", "primary": true}}}
		if diff := cmp.Diff(want, h.userRow(id).Attributes); diff != "" {
			h.Error(diff)
		}

		input["userName"] = "ADA@ACME.test"
		h.ask(c, createUser, vars{"input": input}).refused("CONFLICT").about("userName")
		globex, _ := h.organization("globex")
		foreign := h.personIn(globex.ID, "ada@globex.test", user.RoleLEARNER)
		for _, wrong := range []struct {
			field string
			value any
			code  string
		}{
			{"userName", " \u200b", "BAD_USER_INPUT"}, {"userName", "a\tb", "BAD_USER_INPUT"}, {"userName", strings.Repeat("ä", 256), "BAD_USER_INPUT"},
			{"title", "a\x00b", "BAD_USER_INPUT"}, {"title", strings.Repeat("ä", 256), "BAD_USER_INPUT"},
			{"email", "ada", "BAD_USER_INPUT"}, {"email", "Ada <ada@acme.test>", "BAD_USER_INPUT"}, {"email", "a@b@c", "BAD_USER_INPUT"},
			{"email", strings.Repeat("a", 250) + "@b.test", "BAD_USER_INPUT"},
			{"departmentId", schema.NewID(), "NOT_FOUND"}, {"managerId", schema.NewID(), "NOT_FOUND"}, {"managerId", foreign.ID, "NOT_FOUND"},
			{"managerId", uuid.Nil, "NOT_FOUND"},
		} {
			input := map[string]any{"userName": "eve@acme.test"}
			input[wrong.field] = wrong.value
			h.ask(c, createUser, vars{"input": input}).refused(wrong.code).about(wrong.field)
		}
		if n := h.store.Read().User.Query().CountX(h.in(h.org.ID)); n != 2 {
			h.Errorf("there are %d people, want 2", n)
		}
	})
}

func TestUpdateUserChangesWhatIsGiven(t *testing.T) {
	onBoth(t, func(h *house) {
		ada, bob := h.person("ada@acme.test", user.RoleLEARNER), h.person("bob@acme.test", user.RoleLEARNER)
		sales := h.newDepartment("Sales")
		c := h.with("users:read", "users:write")
		update := func(input map[string]any) *reply {
			return h.ask(c, updateUser, vars{"id": ada.ID, "input": input})
		}
		update(map[string]any{"title": "Countess", "departmentId": sales.ID, "managerId": bob.ID, "email": "ada@home.test", "displayName": "Ada"}).ok().
			is(map[string]any{"id": ada.ID, "version": 2, "userName": "ada@acme.test", "displayName": "Ada", "title": "Countess", "email": "ada@home.test",
				"emails": []any{map[string]any{"value": "ada@home.test", "kind": nil, "primary": true}}, "department": map[string]any{"name": "Sales"},
				"departmentName": nil, "manager": map[string]any{"userName": "bob@acme.test"}, "managerValue": nil}, "updateUser", "user")
		update(map[string]any{"title": "Countess"}).ok().is(2, "updateUser", "user", "version") // nothing different
		update(map[string]any{"title": nil, "email": nil, "departmentId": nil, "managerId": nil}).ok().
			is(map[string]any{"id": ada.ID, "version": 3, "userName": "ada@acme.test", "displayName": "Ada", "title": nil, "email": nil, "emails": []any{},
				"department": nil, "departmentName": nil, "manager": nil, "managerValue": nil}, "updateUser", "user")
		update(map[string]any{"userName": "lovelace@acme.test"}).ok().is("lovelace@acme.test", "updateUser", "user", "userName")
		if diff := cmp.Diff([]string{"user.created by system", "user.updated by token", "user.updated by token", "user.updated by token"}, h.told(ada.ID)); diff != "" {
			h.Error(diff)
		}

		update(map[string]any{"userName": nil}).refused("BAD_USER_INPUT").about("userName")
		update(map[string]any{"userName": "BOB@acme.test"}).refused("CONFLICT").about("userName")
		update(map[string]any{"managerId": ada.ID}).refused("BAD_USER_INPUT").about("managerId")
		update(map[string]any{"managerId": schema.NewID()}).refused("NOT_FOUND").about("managerId")
		update(map[string]any{"departmentId": schema.NewID()}).refused("NOT_FOUND").about("departmentId")
		h.ask(c, mutationOf("deleteUser"), vars{"id": bob.ID}).ok()
		update(map[string]any{"managerId": bob.ID}).refused("NOT_FOUND").about("managerId")
		h.ask(c, updateUser, vars{"id": bob.ID, "input": map[string]any{"title": "x"}}).refused("NOT_FOUND")

		h.ask(c, updateUser, vars{"id": ada.ID, "v": 3, "input": map[string]any{"title": "x"}}).refused("CONFLICT").about("version")
		h.ask(c, updateUser, vars{"id": ada.ID, "v": 4, "input": map[string]any{"title": "x"}}).ok()
		if got := h.userRow(ada.ID); got.Version != 5 || got.UserName != "lovelace@acme.test" {
			h.Errorf("%s has version %d, want lovelace@acme.test with 5", got.UserName, got.Version)
		}
	})
}

func TestUpdateUserLeavesOtherAddressesInPlace(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		id := e.provisions("ada@acme.test", `"emails": [{"value": "private@home.test", "type": "home", "display": "mine"},
			{"value": "ada@acme.test", "type": "work", "primary": true}]`)
		c := h.with("users:read", "users:write")
		h.ask(c, mutationOf("deleteUser"), vars{"id": id}).ok()
		h.ask(c, mutationOf("restoreUser"), vars{"id": id}).ok() // local now
		h.ask(c, updateUser, vars{"id": id, "input": map[string]any{"email": "lovelace@acme.test"}}).ok().
			is("lovelace@acme.test", "updateUser", "user", "email")
		if diff := cmp.Diff([]string{"lovelace@acme.test*", "private@home.test"}, h.addresses(id)); diff != "" {
			h.Error(diff)
		}
		want := []any{map[string]any{"value": "lovelace@acme.test", "type": "work", "primary": true},
			map[string]any{"value": "private@home.test", "type": "home", "display": "mine"}}
		if diff := cmp.Diff(want, h.userRow(id).Attributes["emails"]); diff != "" {
			h.Error(diff)
		}
		h.ask(c, updateUser, vars{"id": id, "input": map[string]any{"email": "PRIVATE@home.test"}}).ok()
		if diff := cmp.Diff([]string{"PRIVATE@home.test*"}, h.addresses(id)); diff != "" {
			h.Error(diff)
		}
	})
}

func TestTheDirectoryOwnsWhatItSends(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		boss := e.provisions("boss@acme.test")
		ada := e.provisions("ada@acme.test", `"displayName": "Ada", "emails": [{"value": "ada@acme.test", "primary": true}],
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales", "manager": {"value": "`+boss.String()+`"}}`)
		lab := h.newDepartment("Lab")
		c := h.as(user.RoleADMIN)
		update := func(id uuid.UUID, field string, value any) *reply {
			return h.ask(c, updateUser, vars{"id": id, "input": map[string]any{field: value}})
		}
		for field, value := range map[string]any{"userName": "x@acme.test", "displayName": nil, "email": "x@acme.test", "departmentId": lab.ID, "managerId": nil} {
			update(ada, field, value).refused("FORBIDDEN").about(field).says("the connection default owns the ")
		}
		update(ada, "displayName", "Ada").ok() // as it is
		// What was not sent can be set, and set again.
		for _, title := range []any{"Clerk", "Countess", nil, "Clerk"} {
			update(ada, "title", title).ok().is(title, "updateUser", "user", "title")
		}
		update(boss, "departmentId", lab.ID).ok().is("Lab", "updateUser", "user", "department", "name")
		update(boss, "departmentId", nil).ok()
		update(boss, "managerId", ada).ok().is("ada@acme.test", "updateUser", "user", "manager", "userName")
		update(boss, "email", "boss@acme.test").ok()
		if _, got := e.send(http.MethodGet, "Users/"+ada.String(), ""); got["title"] != "Clerk" {
			h.Errorf("the directory sees the title %v", got["title"])
		}
		if status := e.patch(ada, "title", `"Clerk II"`); status >= 300 {
			h.Fatalf("status %d", status)
		}
		update(ada, "title", "Countess").refused("FORBIDDEN").about("title")
	})
}

func TestWhatAConnectionTookOverIsItsOwn(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		ada := h.person("ada@acme.test", user.RoleLEARNER)
		h.ask(c, updateUser, vars{"id": ada.ID, "input": map[string]any{"title": "Clerk"}}).ok()
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateUser(ctx, h.userRow(ada.ID), func(m *ent.UserMutation) error { m.SetLinkAskedBy(h.conn.ID); return nil })
		})
		const approve = `mutation($id: ID!) { approveLink(userId: $id) { user { linkAskedBy { name } } } }`
		h.ask(c, approve, vars{"id": ada.ID}).ok().is("default", "approveLink", "user", "linkAskedBy", "name")
		id := h.entra().provisions("ada@acme.test", `"title": "Clerk", "emails": [{"value": "ada@acme.test", "primary": true}]`)
		if id != ada.ID {
			h.Fatalf("the person was not linked")
		}
		for _, field := range []string{"userName", "title", "email"} {
			h.ask(c, updateUser, vars{"id": id, "input": map[string]any{field: "x@acme.test"}}).refused("FORBIDDEN").about(field)
		}
		h.ask(c, approve, vars{"id": id}).refused("CONFLICT")
		h.ask(c, approve, vars{"id": schema.NewID()}).refused("NOT_FOUND")
	})
}

func TestDeactivateReactivateDelete(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		ada, bob := h.person("ada@acme.test", user.RoleLEARNER), h.person("bob@acme.test", user.RoleLEARNER)
		h.ask(c, updateUser, vars{"id": bob.ID, "input": map[string]any{"managerId": ada.ID}}).ok()
		signedIn := h.session(ada)
		h.ask(signedIn, `{ viewer { name } }`, nil).ok()
		for _, step := range []struct{ verb, status string }{
			{"reactivateUser", "ACTIVE"}, {"deactivateUser", "INACTIVE"}, {"deactivateUser", "INACTIVE"}, {"reactivateUser", "ACTIVE"}, {"deleteUser", "DELETED"},
		} {
			h.ask(c, mutationOf(step.verb), vars{"id": ada.ID}).ok().is(step.status, step.verb, "user", "status")
		}
		h.ask(signedIn, `{ viewer { name } }`, nil).refused("UNAUTHENTICATED")
		if diff := cmp.Diff([]string{"user.created by system", "user.deactivated by user", "user.reactivated by user", "user.deleted by user"}, h.told(ada.ID)); diff != "" {
			h.Error(diff)
		}
		if h.userRow(bob.ID).ManagerID != nil {
			h.Error("a deleted person still has reports")
		}
		for _, verb := range []string{"deactivateUser", "reactivateUser", "deleteUser"} {
			h.ask(c, mutationOf(verb), vars{"id": ada.ID}).refused("NOT_FOUND")
		}
	})
}

func TestRestoreUser(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		id := e.provisions("ada@acme.test", `"title": "Clerk"`)
		e.groups("Staff", id)
		c := h.with("users:read", "users:write", "roles:write")
		restore := func(id uuid.UUID) *reply { return h.ask(c, mutationOf("restoreUser"), vars{"id": id}) }
		restore(id).refused("NOT_FOUND") // not deleted
		h.ask(c, mutationOf("deleteUser"), vars{"id": id}).ok()
		h.pass(30*day - time.Second)
		restore(id).ok().is(map[string]any{"id": id, "status": "INACTIVE", "version": 3, "role": "LEARNER", "connection": nil, "groups": []any{}, "manager": nil},
			"restoreUser", "user")
		if got := h.told(id); got[len(got)-1] != "user.restored by token" {
			h.Errorf("events: %v", got)
		}
		h.ask(c, mutationOf("deleteUser"), vars{"id": id}).ok()
		other := e.provisions("ADA@acme.test")
		restore(id).refused("CONFLICT").about("userName")
		h.ask(c, mutationOf("deleteUser"), vars{"id": other}).ok()
		h.pass(30 * day)
		restore(id).refused("NOT_FOUND")
		restore(schema.NewID()).refused("NOT_FOUND")
	})
}

func TestUserCounts(t *testing.T) {
	onBoth(t, func(h *house) {
		e := h.entra()
		sales := `"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"}`
		c := h.with("users:read", "users:write")
		for i := range 3 {
			e.provisions(fmt.Sprintf("p%d@acme.test", i), sales)
		}
		h.person("ada@acme.test", user.RoleLEARNER)
		h.ask(c, mutationOf("deactivateUser"), vars{"id": e.provisions("off@acme.test", sales)}).ok()
		h.ask(c, mutationOf("deleteUser"), vars{"id": h.person("old@acme.test", user.RoleLEARNER).ID}).ok()
		h.pass(31 * day)
		c = h.with("users:read", "users:write")
		h.ask(c, mutationOf("deleteUser"), vars{"id": h.person("gone@acme.test", user.RoleLEARNER).ID}).ok()
		const counts = `{ userCounts { total active inactive deleted local byDepartment { department { name } total active } byConnection { name total active } } }`
		var r *reply
		if n := h.statements(func() { r = h.ask(c, counts, nil).ok() }); n > 5+3 { // three to look up the token
			h.Errorf("%d statements", n)
		}
		r.is(map[string]any{"total": 5, "active": 4, "inactive": 1, "deleted": 1, "local": 1,
			"byDepartment": []any{map[string]any{"department": map[string]any{"name": "Sales"}, "total": 4, "active": 3},
				map[string]any{"department": nil, "total": 1, "active": 1}},
			"byConnection": []any{map[string]any{"name": "default", "total": 4, "active": 3}}}, "userCounts")
	})
}
