package graph_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const createConnection = `mutation($input: CreateConnectionInput!) { createConnection(input: $input) {
	connection { id name kind enabled scimUrl settings { groups match localPeople revive domains } } } }`

func TestConnectionsBeginWithTheSettingsOfTheirKind(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		byUserName := []any{"USER_NAME", "EMAIL", "EXTERNAL_ID"}
		for kind, want := range map[string]vars{
			"ENTRA":     {"groups": true, "match": []any{"EXTERNAL_ID", "USER_NAME", "EMAIL"}},
			"GENERIC":   {"groups": true, "match": []any{"EXTERNAL_ID", "USER_NAME", "EMAIL"}},
			"OKTA":      {"groups": true, "match": byUserName},
			"ONELOGIN":  {"groups": true, "match": byUserName},
			"JUMPCLOUD": {"groups": true, "match": byUserName},
			"GOOGLE":    {"groups": false, "match": byUserName},
		} {
			want["localPeople"], want["revive"], want["domains"] = "LINK", false, []any{}
			made := h.ask(c, createConnection, vars{"input": vars{"name": " " + kind, "kind": kind}}).ok()
			made.is(want, "createConnection", "connection", "settings").is(kind, "createConnection", "connection", "name").
				is("https://rollcall.test/scim/v2/acme", "createConnection", "connection", "scimUrl")
		}
		own := vars{"groups": false, "match": []string{"EMPLOYEE_NUMBER"}, "localPeople": "ASK", "revive": true, "domains": []string{"acme.test"}}
		h.ask(c, createConnection, vars{"input": vars{"name": "own", "kind": "OKTA", "settings": own}}).ok().
			is(own, "createConnection", "connection", "settings")
	})
}

func TestConnectionsAreRefusedWithTheFieldAtFault(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		other := h.ask(c, createConnection, vars{"input": vars{"name": "okta", "kind": "OKTA"}}).ok().at("createConnection", "connection", "id")
		const update = `mutation($id: ID!, $input: UpdateConnectionInput!) { updateConnection(id: $id, input: $input) { connection { id } } }`
		for _, bad := range []struct {
			name        any
			settings    vars
			code, field string
		}{
			{"default", nil, "CONFLICT", "name"},
			{"  ", nil, "BAD_USER_INPUT", "name"},
			{"a\nb", nil, "BAD_USER_INPUT", "name"},
			{nil, vars{"match": []string{"EMAIL", "EMAIL"}}, "BAD_USER_INPUT", "match"},
			{nil, vars{"domains": []string{"not a domain"}}, "BAD_USER_INPUT", "domains"},
		} {
			in := vars{"settings": bad.settings}
			if bad.name != nil {
				in["name"] = bad.name
			}
			h.ask(c, update, vars{"id": other, "input": in}).refused(bad.code).about(bad.field)
			in["kind"] = "OKTA"
			if bad.name == nil {
				in["name"] = "new"
			}
			h.ask(c, createConnection, vars{"input": in}).refused(bad.code).about(bad.field)
		}
		if n := h.store.Read().Connection.Query().CountX(h.in(h.org.ID)); n != 2 {
			h.Errorf("there are %d connections, want 2", n)
		}
	})
}

func TestConnectionChangesLeaveWhatIsLeftOut(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		change := func(in vars) *reply {
			return h.ask(c, `mutation($id: ID!, $input: UpdateConnectionInput!) { updateConnection(id: $id, input: $input) {
				connection { name kind settings { groups match localPeople revive domains } } } }`, vars{"id": h.conn.ID, "input": in}).ok()
		}
		change(vars{"name": "Entra", "settings": vars{"revive": true, "domains": []string{"acme.test"}}}).is(vars{
			"name": "Entra", "kind": "ENTRA", "settings": vars{"groups": true, "match": []string{"EXTERNAL_ID", "USER_NAME", "EMAIL"},
				"localPeople": "LINK", "revive": true, "domains": []string{"acme.test"}}}, "updateConnection", "connection")
		change(vars{"settings": vars{"domains": []string{}, "match": []string{}}}).
			is([]any{}, "updateConnection", "connection", "settings", "domains").
			is([]any{}, "updateConnection", "connection", "settings", "match").
			is(true, "updateConnection", "connection", "settings", "revive")
		before := h.told(h.conn.ID)
		change(vars{"name": "Entra", "kind": "ENTRA", "settings": vars{"revive": true}})
		if after := h.told(h.conn.ID); !slices.Equal(before, after) || len(after) != 3 {
			h.Errorf("a change to what is there makes an Event: %v, then %v", before, after)
		}
	})
}

func TestPausedConnectionsAreRefusedUntilTheyResume(t *testing.T) {
	onBoth(t, func(h *house) {
		e, c := h.entra(), h.as(user.RoleADMIN)
		ada := e.provisions("ada@acme.test")
		for _, step := range []struct {
			mutation string
			enabled  bool
			status   int
		}{
			{"pauseConnection", false, 401}, {"pauseConnection", false, 401}, {"resumeConnection", true, 200}, {"resumeConnection", true, 200},
		} {
			h.ask(c, `mutation($id: ID!) { `+step.mutation+`(id: $id) { connection { enabled } } }`, vars{"id": h.conn.ID}).ok().
				is(step.enabled, step.mutation, "connection", "enabled")
			h.pass(time.Second)
			if status, _ := e.send(http.MethodGet, "Users/"+ada.String(), ""); status != step.status {
				h.Errorf("after %s the client gets %d, want %d", step.mutation, status, step.status)
			}
		}
		if got, want := h.told(h.conn.ID), []string{"connection.created by system", "connection.paused by user", "connection.resumed by user"}; !slices.Equal(got, want) {
			h.Errorf("Events are %v, want %v", got, want)
		}
	})
}

func TestAttributesAreDeclaredAndTakenBack(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.as(user.RoleADMIN)
		const urn = "urn:scim:acme:User"
		status, made := h.entra().send(http.MethodPost, "Users", `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "`+urn+`"],
			"userName": "ada@acme.test", "`+urn+`": {"Badge": "7"}}`)
		if status != http.StatusCreated {
			h.Fatalf("status %d: %v", status, made)
		}
		declare := func(path, kind string, multi bool) *reply {
			return h.ask(c, `mutation($id: ID!, $input: DeclareAttributeInput!) { declareAttribute(connectionId: $id, input: $input) {
				connection { attributes { id resource urn name type multiValued declared } } } }`,
				vars{"id": h.conn.ID, "input": vars{"path": path, "type": kind, "multiValued": multi}})
		}
		seen := h.ask(c, `query($id: ID!) { connection(id: $id) { attributes { id urn name type declared } } }`, vars{"id": h.conn.ID}).ok()
		seen.is(false, "connection", "attributes", 0, "declared").is("Badge", "connection", "attributes", 0, "name")
		id := seen.at("connection", "attributes", 0, "id")
		declare(urn+":Badge", "integer", false).ok().is([]any{vars{"id": id, "resource": "User", "urn": urn, "name": "Badge", "type": "integer",
			"multiValued": false, "declared": true}}, "declareAttribute", "connection", "attributes")
		declare(urn+":Sites", "string", true).ok()
		declare(urn+":Badge", "string", false).refused("CONFLICT").about("path")
		declare("Badge", "string", false).refused("BAD_USER_INPUT").about("path")
		declare(urn+":Other", "text", false).refused("BAD_USER_INPUT").about("type")
		h.ask(c, `mutation($id: ID!) { declareAttribute(connectionId: $id, input: {path: "urn:scim:acme:Device:Name", resource: "Device"}) { connection { id } } }`,
			vars{"id": h.conn.ID}).refused("BAD_USER_INPUT").about("resource")
		for range 2 {
			h.ask(c, `mutation($id: ID!) { removeAttribute(id: $id) { connection { attributes { name declared type } } } }`, vars{"id": id}).ok().is([]any{
				vars{"name": "Badge", "declared": false, "type": "string"}, vars{"name": "Sites", "declared": true, "type": "string"},
			}, "removeAttribute", "connection", "attributes")
		}
		if _, kept := h.entra().send(http.MethodGet, "Users/"+made["id"].(string), ""); kept[urn] == nil {
			h.Errorf("the value that was sent is gone: %v", kept)
		}
	})
}

func TestConnectionListCostsTheSameForAnyNumberOfThem(t *testing.T) {
	onBoth(t, func(h *house) {
		h.entra().provisions("ada@acme.test")
		c := h.with("connections:read", "users:read", "tokens:read")
		list := func() (r *reply) {
			return h.ask(c, `{ connections { name userCount groupCount settings { match } attributes { name } tokens { name status connection { name } }
				removal { activeUsers groups tokens } } }`, nil).ok()
		}
		list()
		one := h.statements(func() {
			list().is(1, "connections", 0, "userCount").is(0, "connections", 0, "groupCount").is("entra", "connections", 0, "tokens", 0, "name").
				is(vars{"activeUsers": 1, "groups": 0, "tokens": 1}, "connections", 0, "removal")
		})
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			for i := range 9 {
				conn, err := h.directory.CreateConnection(ctx, tx, fmt.Sprintf("c%d", i), "OKTA", schema.DefaultConnectionSettings())
				if err != nil {
					return err
				}
				if _, _, err = h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: conn.ID, Name: "x"}); err != nil {
					return err
				}
			}
			return nil
		})
		list()
		if ten := h.statements(func() { list() }); ten != one {
			h.Errorf("ten connections cost %d statements, one %d", ten, one)
		}
	})
}

// staff is a connection with people who have everything that a removal must see to.
type staff struct {
	entra
	active, inactive   uuid.UUID // provisioned
	boss               uuid.UUID // a local person who reports to active
	waiting            uuid.UUID // a local person whom the connection wants to take over
	provisioned, local uuid.UUID // groups, with active in both
	session, personal  caller    // of active
}

func (h *house) staff() staff {
	h.Helper()
	s := staff{entra: h.entra()}
	s.active = s.provisions("ada@acme.test", `"externalId": "1"`, `"urn:scim:acme:User": {"Badge": "7"}`)
	s.inactive = s.provisions("bob@acme.test")
	if status := s.patch(s.inactive, "active", "false"); status/100 != 2 {
		h.Fatalf("status %d", status)
	}
	s.provisioned = s.entra.groups("Staff", s.active, s.inactive)
	s.boss, s.waiting = h.person("boss@acme.test", user.RoleLEARNER).ID, h.person("wanted@acme.test", user.RoleLEARNER).ID
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
		g, err := tx.Group.Create().SetDisplayName("Chess").Save(ctx)
		if err != nil {
			return err
		}
		s.local = g.ID
		if _, err := h.directory.ChangeMembers(ctx, tx, g, directory.MemberChange{Kind: directory.AddMembers, IDs: []string{s.active.String(), s.boss.String()}}); err != nil {
			return err
		}
		if err := tx.User.UpdateOneID(s.boss).SetManagerID(s.active).Exec(ctx); err != nil {
			return err
		}
		if err := tx.User.UpdateOneID(s.waiting).SetLinkAskedBy(h.conn.ID).SetLinkApproved(true).Exec(ctx); err != nil {
			return err
		}
		return tx.User.UpdateOneID(s.active).SetRole(user.RoleADMIN).Exec(ctx)
	})
	s.session = h.session(h.userRow(s.active))
	s.personal = h.token(h.org.ID, access.NewToken{Kind: token.KindAPI, Name: "own", User: s.active, Scopes: []string{"users:read"}})
	return s
}

const removeConnection = `mutation($id: ID!, $people: RemovedConnectionPeople) { removeConnection(id: $id, people: $people) { id users groups tokens } }`

func TestRemovedConnectionsLeaveTheirPeopleAsAsked(t *testing.T) {
	for people, want := range map[string]struct {
		active, deleted bool
		told            string // the last Event of the active one
		group           string
		members         []string // of the local group
	}{
		"KEEP":       {true, false, "user.unlinked by user", "group.unlinked by user", []string{"ada@acme.test", "boss@acme.test"}},
		"DEACTIVATE": {false, false, "user.deactivated by user", "group.unlinked by user", []string{"ada@acme.test", "boss@acme.test"}},
		"REMOVE":     {false, true, "user.deleted by user", "group.deleted by user", []string{"boss@acme.test"}},
	} {
		t.Run(people, func(t *testing.T) {
			onBoth(t, func(h *house) {
				s, c := h.staff(), h.as(user.RoleADMIN)
				h.ask(c, `query($id: ID!) { connection(id: $id) { userCount groupCount removal { activeUsers inactiveUsers administrators groups tokens } } }`,
					vars{"id": h.conn.ID}).ok().is(vars{"userCount": 2, "groupCount": 1, "removal": vars{
					"activeUsers": 1, "inactiveUsers": 1, "administrators": 1, "groups": 1, "tokens": 1}}, "connection")
				h.ask(c, removeConnection, vars{"id": h.conn.ID, "people": people}).ok().
					is(vars{"id": h.conn.ID, "users": 2, "groups": 1, "tokens": 1}, "removeConnection")
				h.ask(c, `query($id: ID!) { connection(id: $id) { id } connections { id } }`, vars{"id": h.conn.ID}).ok().
					is(vars{"connection": nil, "connections": []any{}})
				h.ask(c, removeConnection, vars{"id": h.conn.ID}).refused("NOT_FOUND")

				ada := h.userRow(s.active)
				if ada.Active != want.active || (ada.DeletedAt != nil) != want.deleted || (ada.ConnectionID == nil) == want.deleted {
					h.Errorf("ada is %+v", ada)
				}
				if got := last(h.told(s.active)); got != want.told {
					h.Errorf("the last Event of ada is %s, want %s", got, want.told)
				}
				if got := last(h.told(s.provisioned)); got != want.group {
					h.Errorf("the last Event of the group is %s, want %s", got, want.group)
				}
				if got := h.membersOf(s.local); !slices.Equal(got, want.members) {
					h.Errorf("the local group has %v, want %v", got, want.members)
				}
				if boss := h.userRow(s.boss); (boss.ManagerID == nil) != want.deleted {
					h.Errorf("the manager of boss is %v", boss.ManagerID)
				}
				if w := h.userRow(s.waiting); w.LinkAskedBy != nil || w.LinkApproved {
					h.Errorf("wanted still waits for the connection: %+v", w)
				}
				h.pass(time.Second)
				if status, _ := s.send(http.MethodGet, "Users", ""); status != 401 {
					h.Errorf("the client gets %d, want 401", status)
				}
				for _, own := range []caller{s.session, s.personal} {
					if r := h.ask(own, `{ viewer { name } }`, nil); (r.status == 200) != want.active {
						h.Errorf("status %d for ada's %s", r.status, own.header)
					}
				}
				sessions := h.store.Read().Session.Query().Where(session.UserID(s.active)).CountX(h.in(h.org.ID))
				tokens := h.store.Read().Token.Query().Where(token.UserID(s.active), token.RevokedAtIsNil()).CountX(h.in(h.org.ID))
				if left := map[bool]int{true: 1, false: 0}[want.active]; sessions != left || tokens != left {
					h.Errorf("ada has %d sessions and %d personal tokens, want %d", sessions, tokens, left)
				}
				if n := h.store.Read().Attribute.Query().CountX(h.in(h.org.ID)); n != 0 {
					h.Errorf("%d attributes are left", n)
				}
			})
		})
	}
}

func last(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[len(list)-1]
}

// membersOf are the user names in a group, sorted.
func (h *house) membersOf(group uuid.UUID) (names []string) {
	h.Helper()
	rows, err := h.store.Query(h.Context(), "SELECT u.user_name FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.group_id = ? ORDER BY u.user_name", group)
	if err != nil {
		h.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			h.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

func TestRemovedConnectionsNeverTakeTheLastOwner(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.entra().provisions("owner@acme.test")
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			return tx.User.UpdateOneID(id).SetRole(user.RoleOWNER).Exec(ctx)
		})
		owner, admin := h.session(h.userRow(id)), h.as(user.RoleADMIN)
		before := h.dump(h.org.ID)
		for _, people := range []string{"DEACTIVATE", "REMOVE"} {
			h.ask(owner, removeConnection, vars{"id": h.conn.ID, "people": people}).refused("CONFLICT")
			h.ask(admin, removeConnection, vars{"id": h.conn.ID, "people": people}).refused("FORBIDDEN")
		}
		if after := h.dump(h.org.ID); after != before {
			h.Errorf("something has changed:\n%s\nwas\n%s", after, before)
		}
		second := h.as(user.RoleOWNER)
		h.ask(admin, removeConnection, vars{"id": h.conn.ID, "people": "REMOVE"}).refused("FORBIDDEN")
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.directory.Deactivate(ctx, tx, id) })
		for _, people := range []string{"DEACTIVATE", "REMOVE"} { // inactive, and an owner all the same
			h.ask(admin, removeConnection, vars{"id": h.conn.ID, "people": people}).refused("FORBIDDEN")
		}
		h.ask(second, removeConnection, vars{"id": h.conn.ID, "people": "REMOVE"}).ok()
	})
}

func TestGroupsOfARemovedConnectionGetNamesThatAreFree(t *testing.T) {
	onBoth(t, func(h *house) {
		e, owner := h.entra(), h.as(user.RoleOWNER)
		for _, name := range []string{"Sales", "Chess", "SALES (default 2)"} {
			e.groups(name)
		}
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			for _, name := range []string{"sales", "Sales (default)"} {
				if _, err := h.directory.CreateLocalGroup(ctx, tx, name, nil); err != nil {
					return err
				}
			}
			return nil
		})
		h.ask(owner, removeConnection, vars{"id": h.conn.ID, "people": "KEEP"}).ok().is(3, "removeConnection", "groups")
		h.ask(owner, `{ groups { nodes { displayName } } }`, nil).ok().is([]any{
			vars{"displayName": "Chess"}, vars{"displayName": "sales"}, vars{"displayName": "SALES (default 2)"},
			vars{"displayName": "Sales (default 3)"}, vars{"displayName": "Sales (default)"},
		}, "groups", "nodes")
	})
}

func TestLargeConnectionsAreRemovedInOneGo(t *testing.T) {
	const many = 10_000
	for _, people := range []string{"KEEP", "DEACTIVATE", "REMOVE"} {
		t.Run(people, func(t *testing.T) {
			onBoth(t, func(h *house) {
				var ids []string
				for len(ids) < many {
					h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
						rows := make([]*ent.UserCreate, 1000)
						for i := range rows {
							id := schema.NewID()
							ids = append(ids, id.String())
							rows[i] = tx.User.Create().SetID(id).SetConnectionID(h.conn.ID).SetUserName(id.String())
						}
						return tx.User.CreateBulk(rows...).Exec(ctx)
					})
				}
				h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
					g, err := tx.Group.Create().SetDisplayName("All").Save(ctx)
					if err != nil {
						return err
					}
					_, err = h.directory.ChangeMembers(ctx, tx, g, directory.MemberChange{Kind: directory.AddMembers, IDs: ids})
					return err
				})
				c := h.as(user.RoleOWNER)
				h.ask(c, `{ viewer { name } }`, nil).ok()
				if n := h.statements(func() {
					h.ask(c, removeConnection, vars{"id": h.conn.ID, "people": people}).ok().is(many, "removeConnection", "users")
				}); n > 40 {
					h.Errorf("that took %d statements", n)
				}
				if n := h.store.Read().Event.Query().Where(event.Entity(ent.TypeUser), event.Actor("user")).CountX(h.in(h.org.ID)); n != many {
					h.Errorf("%d Events, want one for each of %d people", n, many)
				}
			})
		})
	}
}

// Who may change connections and no people removes one, and leaves its people.
func TestRemovingPeopleTakesTheScopeForIt(t *testing.T) {
	onBoth(t, func(h *house) {
		h.edit(h.person("grace@acme.test", user.RoleLEARNER), func(m *ent.UserMutation) { m.SetConnectionID(h.conn.ID) })
		c := h.with("connections:write")
		for _, people := range []string{"DEACTIVATE", "REMOVE"} {
			h.ask(c, removeConnection, vars{"id": h.conn.ID, "people": people}).refused("FORBIDDEN")
		}
		h.ask(c, removeConnection, vars{"id": h.conn.ID, "people": "KEEP"}).ok().is(1, "removeConnection", "users")
	})
}
