package graph_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

const feed = `query($after: String, $types: [String!], $first: Int) { events(after: $after, types: $types, first: $first) {
	nodes { id type } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`

// note writes Events of one kind, as the actor of ctx.
func (h *house) note(ctx context.Context, entity, verb string, n int) (ids []uuid.UUID) {
	h.Helper()
	err := h.store.Write(ctx, func(_ context.Context, tx *store.Tx) error {
		for range n {
			tx.Note(entity, schema.NewID(), verb, nil)
		}
		ids = tx.Events()
		return nil
	})
	if err != nil {
		h.Fatal(err)
	}
	return ids
}

// settled waits until the feed shows all that was written: transactions in other
// databases of the server can hold it back.
func (h *house) settled() {
	h.Helper()
	ctx := h.in(h.org.ID)
	last := h.note(ctx, "Department", "created", 1)
	for {
		end, err := h.store.EventsEnd(ctx)
		if err != nil {
			h.Fatal(err)
		}
		if strings.HasSuffix(end.String(), last[0].String()) {
			return
		}
	}
}

// idsIn are the ids of the nodes of a list.
func idsIn(r *reply, list string) (ids []string) {
	for _, n := range r.at(list, "nodes").([]any) {
		ids = append(ids, n.(map[string]any)["id"].(string))
	}
	return ids
}

func TestFeedIsPagedFromAnyCursorToItsEnd(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read")
		in := h.in(h.org.ID)
		groups, last := h.note(in, "Group", "created", 5), h.note(in, "User", "deactivated", 1)
		h.settled()
		whole := idsIn(h.ask(c, feed, nil).ok().is(false, "events", "pageInfo", "hasNextPage"), "events")
		if n := len(whole); n < 9 || !slices.Equal(whole[n-7:n-2], texts(groups)) || whole[n-2] != last[0].String() {
			h.Fatalf("the feed is %v", whole)
		}
		var paged []string
		v := vars{"first": 2}
		for {
			r := h.ask(c, feed, v).ok()
			paged = append(paged, idsIn(r, "events")...)
			r.is(r.at("events", "edges", len(idsIn(r, "events"))-1, "cursor"), "events", "pageInfo", "endCursor")
			r.is(r.at("events", "edges", 0, "cursor"), "events", "pageInfo", "startCursor")
			v["after"] = r.at("events", "pageInfo", "endCursor")
			if r.at("events", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		if !slices.Equal(paged, whole) {
			h.Errorf("in pages: %v, want %v", paged, whole)
		}
		end := v["after"]
		h.ask(c, feed, v).ok().is([]any{}, "events", "nodes").is(end, "events", "pageInfo", "endCursor").is(true, "events", "pageInfo", "hasPreviousPage")

		// An empty page of some kinds stands behind the others.
		h.ask(c, feed, vars{"types": []string{"webhook.*"}}).ok().is([]any{}, "events", "nodes").
			is(end, "events", "pageInfo", "endCursor").is(false, "events", "pageInfo", "hasNextPage")
		r := h.ask(c, feed, vars{"types": []string{"user.*", "group.created"}, "first": 3, "after": ""}).ok().is(true, "events", "pageInfo", "hasNextPage")
		rest := h.ask(c, feed, vars{"types": []string{"user.*", "group.created"}, "after": r.at("events", "pageInfo", "endCursor")}).ok().
			is(end, "events", "pageInfo", "endCursor")
		if got := append(idsIn(r, "events"), idsIn(rest, "events")...); !slices.Equal(got, append(texts(groups), last[0].String())) {
			h.Errorf("of two kinds: %v", got)
		}
	})
}

func texts(ids []uuid.UUID) (out []string) {
	for _, id := range ids {
		out = append(out, id.String())
	}
	return out
}

func TestFeedRefusesWhatItCannotDo(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read")
		for _, bad := range []struct {
			v     vars
			field string
		}{
			{vars{"after": "nonsense"}, "after"}, {vars{"after": "-1." + schema.NewID().String()}, "after"},
			{vars{"first": 0}, "first"}, {vars{"first": -5}, "first"}, {vars{"types": []string{"User"}}, "types"}, {vars{"types": []string{"%"}}, "types"},
		} {
			for _, list := range []string{"events(after: $after, first: $first, types: $types)", "auditTrail(after: $after, first: $first, where: {types: $types})"} {
				r := h.ask(c, `query($after: String, $types: [String!], $first: Int) { `+list+` { nodes { id } } }`, bad.v).refused("BAD_USER_INPUT")
				if r.Errors[0].Extensions["field"] != bad.field {
					h.Errorf("%v: field %v, want %s", bad.v, r.Errors[0].Extensions["field"], bad.field)
				}
			}
		}
		const byReference = `query($r: String!) { auditTrail(where: {reference: $r}) { nodes { id } } }`
		if r := h.ask(c, byReference, vars{"r": "K7QW2MZ1"}).refused("BAD_USER_INPUT"); r.Errors[0].Extensions["field"] != "reference" {
			h.Errorf("a wrong reference: %v", r.Errors)
		}
		h.ask(c, byReference, vars{"r": "k7qw2mza"}).ok().is([]any{}, "auditTrail", "nodes")
		h.ask(h.with("users:read", "log:read"), feed, nil).refused("FORBIDDEN")

		// Another organization's events are none of ours, wherever the cursor is from.
		other, _ := h.organization("other")
		foreign := h.note(h.in(other.ID), "User", "created", 1)
		for _, id := range idsIn(h.ask(c, feed, nil).ok(), "events") {
			if id == foreign[0].String() {
				h.Error("the feed has an event of another organization")
			}
		}
		h.ask(c, `query($id: ID!) { auditTrail(where: {entityId: $id}) { nodes { id } } }`, vars{"id": other.ID}).ok().is([]any{}, "auditTrail", "nodes")
		h.ask(h.operator(), feed, nil).refused("FORBIDDEN")
	})
}

func TestFeedOfAThousandIsPossibleAndCosts(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read")
		h.note(h.in(h.org.ID), "Group", "created", 1100)
		h.settled()
		const useful = `query($first: Int!) { events(first: $first) { pageInfo { endCursor hasNextPage }
			nodes { id type createdAt entity entityId actor actorId actorName correlationId before after added removed } } }`
		for _, first := range []int{1000, 5000} {
			r := h.ask(c, useful, vars{"first": first}).ok().is(true, "events", "pageInfo", "hasNextPage")
			if n := len(idsIn(r, "events")); n != 1000 {
				h.Errorf("first %d brings %d", first, n)
			}
		}
		if n := len(idsIn(h.ask(c, `{ events { nodes { id } } }`, nil).ok(), "events")); n != 100 {
			h.Errorf("without first %d come", n)
		}
		greedy := ""
		for i := range 10 {
			greedy += fmt.Sprintf("e%d: events(first: 1000) { nodes { id type entity actor actorName added removed before after createdAt } } ", i)
		}
		h.ask(c, "{ "+greedy+"}", nil).refused("TOO_LARGE")
	})
}

func TestAuditTrailIsTheFeedBackwards(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("events:read")
		h.note(h.in(h.org.ID), "Group", "created", 7)
		h.settled()
		whole := idsIn(h.ask(c, feed, nil).ok(), "events")
		slices.Reverse(whole)
		var got []string
		v := vars{}
		for {
			r := h.ask(c, `query($after: String) { auditTrail(first: 3, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }`, v).ok()
			got = append(got, idsIn(r, "auditTrail")...)
			if v["after"] = r.at("auditTrail", "pageInfo", "endCursor"); r.at("auditTrail", "pageInfo", "hasNextPage") == false {
				break
			}
		}
		if !slices.Equal(got, whole) {
			h.Errorf("the trail is %v, want %v", got, whole)
		}
	})
}

func TestAuditTrailSaysWhoDidWhatToWhom(t *testing.T) {
	onBoth(t, func(h *house) {
		ada := h.person("ada@acme.test", user.RoleADMIN)
		var t2 uuid.UUID
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			_, made, err := h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindAPI, Name: "nightly", Scopes: []string{"users:write"}})
			t2 = made.ID
			return err
		})
		request := schema.NewID()
		as := func(kind actor.Kind, id uuid.UUID) context.Context {
			return actor.With(h.Context(), actor.Actor{Kind: kind, ID: id, Org: h.org.ID, Request: request})
		}
		byAda := h.note(as(actor.User, ada.ID), "Group", "created", 3)
		h.pass(1000)
		byToken := h.note(as(actor.Token, t2), "Group", "deleted", 3)
		gone := h.note(as(actor.Token, schema.NewID()), "User", "created", 1)
		c := h.with("events:read")
		const trail = `query($where: AuditWhere) { auditTrail(where: $where) { nodes { id type actor actorName actorId correlationId } } }`
		h.settled()
		r := h.ask(c, trail, vars{"where": map[string]any{"correlationId": request}}).ok()
		want := append(texts(byAda), append(texts(byToken), texts(gone)...)...)
		slices.Reverse(want)
		if got := idsIn(r, "auditTrail"); !slices.Equal(got, want) {
			h.Fatalf("of the request: %v, want %v", got, want)
		}
		r.is(nil, "auditTrail", "nodes", 0, "actorName").is("nightly", "auditTrail", "nodes", 1, "actorName").
			is("token", "auditTrail", "nodes", 1, "actor").is("ada@acme.test", "auditTrail", "nodes", 6, "actorName").
			is(request, "auditTrail", "nodes", 6, "correlationId").is(ada.ID, "auditTrail", "nodes", 6, "actorId")
		for _, q := range []struct {
			where map[string]any
			want  int
		}{
			{map[string]any{"actorId": ada.ID}, 3}, {map[string]any{"actorId": ada.ID, "types": []string{"group.*"}}, 3},
			{map[string]any{"actorId": ada.ID, "types": []string{"user.*"}}, 0}, {map[string]any{"entityId": ada.ID}, 1},
			{map[string]any{"actorId": schema.NewID()}, 0},
		} {
			if n := len(idsIn(h.ask(c, trail, vars{"where": q.where}).ok(), "auditTrail")); n != q.want {
				h.Errorf("%v finds %d, want %d", q.where, n, q.want)
			}
		}
		system := h.ask(c, `query($id: ID!) { auditTrail(where: {entityId: $id}) { nodes { type actor actorName actorId before after added } } }`, vars{"id": ada.ID}).ok()
		system.is("Rollcall", "auditTrail", "nodes", 0, "actorName").is("ADMIN", "auditTrail", "nodes", 0, "after", "role").
			is("ada@acme.test", "auditTrail", "nodes", 0, "after", "userName").is(nil, "auditTrail", "nodes", 0, "before").is([]any{}, "auditTrail", "nodes", 0, "added")

		few := h.statements(func() { h.ask(c, trail, vars{"where": map[string]any{"correlationId": request}}).ok() })
		for i := range 20 {
			u := h.person(fmt.Sprintf("p%d@acme.test", i), user.RoleLEARNER)
			h.note(as(actor.User, u.ID), "Group", "updated", 2)
		}
		h.settled()
		if many := h.statements(func() { h.ask(c, trail, vars{"where": map[string]any{"correlationId": request}}).ok() }); many > few || few > 4 { // one of them for a token that is gone, which may have been a client
			h.Errorf("the page takes %d statements with 3 actors and %d with 23", few, many)
		}
	})
}
