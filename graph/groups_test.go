package graph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	createGroup  = `mutation($name: String!, $members: [ID!]) { createGroup(displayName: $name, memberIds: $members) { group { id displayName version memberCount connection { name } } } }`
	renameGroup  = `mutation($id: ID!, $name: String!) { renameGroup(id: $id, displayName: $name) { group { displayName version } } }`
	changeGroup  = `mutation($id: ID!, $add: [ID!], $remove: [ID!]) { changeGroupMembers(id: $id, add: $add, remove: $remove) { group { version memberCount } } }`
	deleteGroup  = `mutation($id: ID!) { deleteGroup(id: $id) { id } }`
	groupMembers = `query($id: ID!, $first: Int, $after: String, $search: String) { group(id: $id) { memberCount
		members(first: $first, after: $after, search: $search) { nodes { userName } totalCount pageInfo { hasNextPage endCursor } } } }`
)

// crew makes people and returns their ids.
func (h *house) crew(n int) (ids []string) {
	h.Helper()
	for i := range n {
		ids = append(ids, h.person(fmt.Sprintf("crew%02d@acme.test", i), user.RoleLEARNER).ID.String())
	}
	return ids
}

// provisionedGroup makes a group of the house's connection.
func (h *house) provisionedGroup(name string) (g *ent.Group) {
	h.Helper()
	h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
		g, err = h.directory.CreateGroup(ctx, tx, h.conn, &directory.GroupProfile{DisplayName: name})
		return err
	})
	return g
}

func TestLocalGroupsAreMadeChangedAndDeleted(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("groups:read", "groups:write", "users:read", "connections:read")
		crew := h.crew(4)
		r := h.ask(c, createGroup, vars{"name": " Pilots ", "members": crew[:2]}).ok()
		id := r.at("createGroup", "group", "id").(string)
		r.is(map[string]any{"id": id, "displayName": "Pilots", "version": 1, "memberCount": 2, "connection": nil}, "createGroup", "group")
		h.ask(c, renameGroup, vars{"id": id, "name": "Crew"}).ok().is(map[string]any{"displayName": "Crew", "version": 2}, "renameGroup", "group")
		h.ask(c, renameGroup, vars{"id": id, "name": "Crew"}).ok().is(2, "renameGroup", "group", "version")
		h.pass(time.Second) // new memberships are told from old ones by their time
		h.ask(c, changeGroup, vars{"id": id, "add": crew[1:], "remove": crew[:1]}).ok().
			is(map[string]any{"version": 3, "memberCount": 3}, "changeGroupMembers", "group")
		h.pass(time.Second)
		h.ask(c, changeGroup, vars{"id": id, "add": crew[1:], "remove": crew[:1]}).ok().
			is(map[string]any{"version": 3, "memberCount": 3}, "changeGroupMembers", "group")
		events := h.events(uuid.MustParse(id))
		if got := fmt.Sprint(events[2].Data.Removed, events[2].Data.Added); got != fmt.Sprintf("[%s] [%s %s]", crew[0], crew[2], crew[3]) {
			h.Errorf("the Event tells of %s", got)
		}
		h.ask(c, deleteGroup, vars{"id": id}).ok().is(id, "deleteGroup", "id")
		for _, operation := range []string{deleteGroup, changeGroup} {
			h.ask(c, operation, vars{"id": id}).refused("NOT_FOUND")
		}
		h.ask(c, `query($id: ID!) { group(id: $id) { id } user(id: "`+crew[2]+`") { groups { id } status } }`, vars{"id": id}).ok().
			is(nil, "group").is(map[string]any{"groups": []any{}, "status": "ACTIVE"}, "user")
		want := []string{"group.created by token", "group.updated by token", "group.updated by token", "group.deleted by token"}
		if d := cmp.Diff(want, h.told(uuid.MustParse(id))); d != "" {
			h.Error(d)
		}
		h.ask(c, createGroup, vars{"name": "crew"}).ok() // the name is free again
	})
}

func TestLocalGroupNamesAreCheckedAndUnique(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		h.provisionedGroup("Sales")
		h.ask(c, createGroup, vars{"name": "SALES"}).ok() // another one's name is no obstacle
		other := h.ask(c, createGroup, vars{"name": strings.Repeat("ß", 255)}).ok().at("createGroup", "group", "id")
		for name, code := range map[string]string{
			"": "BAD_USER_INPUT", "\u00a0": "BAD_USER_INPUT", "a\tb": "BAD_USER_INPUT", strings.Repeat("x", 256): "BAD_USER_INPUT", "sales ": "CONFLICT",
		} {
			for _, r := range []*reply{h.ask(c, createGroup, vars{"name": name}), h.ask(c, renameGroup, vars{"id": other, "name": name})} {
				if r.refused(code).Errors[0].Extensions["field"] != "displayName" {
					h.Errorf("%q: %s", name, r.text)
				}
			}
		}
		h.ask(c, `{ groups { totalCount } }`, nil).ok().is(3, "groups", "totalCount")
	})
}

func TestProvisionedGroupsBelongToTheirDirectory(t *testing.T) {
	onBoth(t, func(h *house) {
		c, person := h.with("all"), h.crew(1)
		g := h.provisionedGroup("Sales")
		for _, operation := range []string{renameGroup, changeGroup, deleteGroup} {
			v := vars{"id": g.ID}
			if strings.Contains(operation, "$name") {
				v["name"] = "Mine"
			}
			if strings.Contains(operation, "$add") {
				v["add"] = person
			}
			if r := h.ask(c, operation, v).refused("FORBIDDEN"); !strings.Contains(r.Errors[0].Message, "connection default owns the group Sales") {
				h.Error(r.Errors[0].Message)
			}
		}
		if d := cmp.Diff([]string{"group.created by system"}, h.told(g.ID)); d != "" {
			h.Error(d)
		}
		h.ask(c, `{ groups { nodes { displayName version memberCount connection { name } } } }`, nil).ok().
			is([]any{map[string]any{"displayName": "Sales", "version": 1, "memberCount": 0, "connection": map[string]any{"name": "default"}}}, "groups", "nodes")
	})
}

func TestNobodyElseComesIntoAGroup(t *testing.T) {
	onBoth(t, func(h *house) {
		c, crew := h.with("all"), h.crew(3)
		id := h.ask(c, createGroup, vars{"name": "Crew", "members": crew[:1]}).ok().at("createGroup", "group", "id").(string)
		other, _ := h.organization("other")
		stranger := h.personIn(other.ID, "zoe@other.test", user.RoleLEARNER)
		gone := h.person("gone@acme.test", user.RoleLEARNER)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.directory.Remove(ctx, tx, gone) })
		for _, who := range []string{stranger.ID.String(), gone.ID.String(), schema.NewID().String(), other.ID.String()} {
			h.ask(c, changeGroup, vars{"id": id, "add": []string{crew[1], who}}).refused("NOT_FOUND")
			h.ask(c, changeGroup, vars{"id": id, "add": crew[1:2], "remove": []string{crew[0], who}}).refused("NOT_FOUND")
			h.ask(c, createGroup, vars{"name": "Others", "members": []string{crew[1], who}}).refused("NOT_FOUND")
		}
		h.ask(c, changeGroup, vars{"id": id, "add": crew, "remove": crew[:1]}).refused("BAD_USER_INPUT")
		many := make([]string, 1001)
		for i := range many {
			many[i] = crew[i%3]
		}
		h.ask(c, changeGroup, vars{"id": id, "add": many}).refused("BAD_USER_INPUT")
		h.ask(c, groupMembers, vars{"id": id}).ok().is([]any{map[string]any{"userName": "crew00@acme.test"}}, "group", "members", "nodes")
		h.ask(c, `{ groups { totalCount } }`, nil).ok().is(1, "groups", "totalCount")
		h.ask(c, changeGroup, vars{"id": id, "add": many[:1000]}).ok().is(3, "changeGroupMembers", "group", "memberCount")

		var theirs *ent.Group
		h.write(other.ID, func(ctx context.Context, tx *store.Tx) (err error) {
			theirs, err = h.directory.CreateLocalGroup(ctx, tx, "Theirs", []uuid.UUID{stranger.ID})
			return err
		})
		for _, foreign := range []string{theirs.ID.String(), schema.NewID().String()} {
			h.ask(c, groupMembers, vars{"id": foreign}).ok().is(nil, "group")
			h.ask(c, renameGroup, vars{"id": foreign, "name": "Stolen"}).refused("NOT_FOUND")
			h.ask(c, changeGroup, vars{"id": foreign, "add": crew[:1]}).refused("NOT_FOUND")
			h.ask(c, deleteGroup, vars{"id": foreign}).refused("NOT_FOUND")
		}
		if n, err := h.store.Read().Group.Query().Count(h.in(other.ID)); n != 1 || err != nil {
			h.Errorf("%d of their groups are left, %v", n, err)
		}
		h.ask(h.as(user.RoleAUDITOR), createGroup, vars{"name": "X"}).refused("FORBIDDEN")
	})
}

func TestChangingMembersCostsTheSameForAnyNumber(t *testing.T) {
	onBoth(t, func(h *house) {
		c, crew := h.with("all"), h.crew(40)
		id := h.ask(c, createGroup, vars{"name": "Crew"}).ok().at("createGroup", "group", "id").(string)
		one := h.statements(func() { h.ask(c, changeGroup, vars{"id": id, "add": crew[:1]}).ok() })
		many := h.statements(func() { h.ask(c, changeGroup, vars{"id": id, "add": crew[1:]}).ok() })
		if one != many {
			h.Errorf("39 people cost %d statements, one person %d", many, one)
		}
	})
}

func TestMembersArePagedAndSearched(t *testing.T) {
	onBoth(t, func(h *house) {
		c, crew := h.with("all"), h.crew(7)
		h.person("outside@acme.test", user.RoleLEARNER)
		id := h.ask(c, createGroup, vars{"name": "Crew", "members": crew}).ok().at("createGroup", "group", "id").(string)
		var got []string
		v := vars{"id": id, "first": 3}
		for {
			r := h.ask(c, groupMembers, v).ok().is(7, "group", "memberCount").is(7, "group", "members", "totalCount")
			for i := range r.at("group", "members", "nodes").([]any) {
				got = append(got, r.at("group", "members", "nodes", i, "userName").(string))
			}
			if v["after"] = r.at("group", "members", "pageInfo", "endCursor"); r.at("group", "members", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		if len(got) != 7 || got[0] != "crew00@acme.test" || got[6] != "crew06@acme.test" {
			h.Errorf("paged through %v", got)
		}
		h.ask(c, groupMembers, vars{"id": id, "search": "CREW05 acme"}).ok().is(1, "group", "members", "totalCount").is(7, "group", "memberCount").
			is([]any{map[string]any{"userName": "crew05@acme.test"}}, "group", "members", "nodes")
		h.ask(c, groupMembers, vars{"id": id, "search": "outside"}).ok().is(0, "group", "members", "totalCount")
	})
}

func TestGroupsArePagedFoundAndNarrowed(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		for _, name := range []string{"beta", "Ärzte", "Alpha"} {
			h.ask(c, createGroup, vars{"name": name}).ok()
		}
		h.provisionedGroup("ALPHA")
		h.provisionedGroup("gamma")
		const list = `query($first: Int, $after: String, $search: String, $connection: ID, $local: Boolean) {
			groups(first: $first, after: $after, search: $search, connectionId: $connection, local: $local) {
				edges { node { displayName } } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }`
		named := func(r *reply) (out []string) {
			for i := range r.at("groups", "edges").([]any) {
				out = append(out, r.at("groups", "edges", i, "node", "displayName").(string))
			}
			return out
		}
		var got []string
		v := vars{"first": 1}
		for {
			r := h.ask(c, list, v).ok().is(5, "groups", "totalCount").is(v["after"] != nil, "groups", "pageInfo", "hasPreviousPage")
			got = append(got, named(r)...)
			if v["after"] = r.at("groups", "pageInfo", "endCursor"); r.at("groups", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		if d := cmp.Diff([]string{"Alpha", "ALPHA", "beta", "gamma", "Ärzte"}, got); d != "" {
			h.Error(d)
		}
		for _, q := range []struct {
			vars
			want string
		}{
			{vars{"search": "ALP"}, "[Alpha ALPHA]"}, {vars{"search": "ÄR"}, "[Ärzte]"}, {vars{"search": "%"}, "[]"},
			{vars{"local": true}, "[Alpha beta Ärzte]"}, {vars{"local": false}, "[ALPHA gamma]"},
			{vars{"connection": h.conn.ID}, "[ALPHA gamma]"}, {vars{"connection": schema.NewID()}, "[]"},
			{vars{"connection": h.conn.ID, "local": true}, "[]"},
		} {
			if got := named(h.ask(c, list, q.vars).ok()); fmt.Sprint(got) != q.want {
				h.Errorf("%v finds %v, want %s", q.vars, got, q.want)
			}
		}
	})
}

func TestGroupsOfAPersonAreCountedAtOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		c, crew := h.with("all"), h.crew(1)
		cost := func() int {
			return h.statements(func() {
				h.ask(c, `query($id: ID!) { user(id: $id) { groups { memberCount connection { name } } } }`, vars{"id": crew[0]}).ok()
			})
		}
		h.ask(c, createGroup, vars{"name": "A", "members": crew}).ok()
		one := cost()
		for _, name := range []string{"B", "C", "D"} {
			h.ask(c, createGroup, vars{"name": name, "members": crew}).ok()
		}
		if four := cost(); four != one {
			h.Errorf("four groups cost %d statements, one %d", four, one)
		}
	})
}

func TestGroupsOfARemovedConnectionKeepTheirNamesApart(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		h.ask(c, createGroup, vars{"name": "SALES"}).ok()
		h.provisionedGroup("Sales")
		h.provisionedGroup("Pilots")
		h.ask(c, `mutation($id: ID!) { removeConnection(id: $id, people: KEEP) { id } }`, vars{"id": h.conn.ID}).ok()
		h.ask(c, `{ groups(local: true) { nodes { displayName } } }`, nil).ok().is([]any{map[string]any{"displayName": "Pilots"},
			map[string]any{"displayName": "SALES"}, map[string]any{"displayName": "Sales (default)"}}, "groups", "nodes")
	})
}

// TestWhoIsInAlreadyDoesNotComeIn adds somebody twice, on PostgreSQL at the same
// instant, as two replicas may.
func TestWhoIsInAlreadyDoesNotComeIn(t *testing.T) {
	onBoth(t, func(h *house) {
		c, ada, bob := h.with("all"), h.person("ada@acme.test", user.RoleLEARNER).ID, h.person("bob@acme.test", user.RoleLEARNER).ID
		const create = `mutation($ids: [ID!]) { createGroup(displayName: "Chess", memberIds: $ids) { group { id version } } }`
		const add = `mutation($id: ID!, $add: [ID!]) { changeGroupMembers(id: $id, add: $add) { group { version memberCount } } }`
		made := h.ask(c, create, vars{"ids": []any{ada}}).ok()
		id, version := made.at("createGroup", "group", "id"), made.at("createGroup", "group", "version").(float64)
		if !h.store.Postgres() {
			h.pass(time.Microsecond)
		}
		h.ask(c, add, vars{"id": id, "add": []any{ada}}).ok().is(version, "changeGroupMembers", "group", "version")
		h.ask(c, add, vars{"id": id, "add": []any{ada, bob, bob}}).ok().is(version+1, "changeGroupMembers", "group", "version").is(2, "changeGroupMembers", "group", "memberCount")
		h.settled()
		h.ask(c, `query($id: ID!) { auditTrail(first: 1, where: {entityId: $id}) { nodes { added removed } } }`, vars{"id": id}).ok().
			is([]any{bob}, "auditTrail", "nodes", 0, "added")
	})
}
