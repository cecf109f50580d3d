package graph

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	maxTwins      = 10   // of one person
	maxLikenesses = 5000 // that are looked at for one page
)

// likeness is a reason to take users and o, another row of users, for one person.
// Its tables are joined to users in their order, each by an index; o is the last.
type likeness struct {
	reason TwinReason
	tables []joined
}

type joined struct{ table, as, on string }

var likenesses = []likeness{
	{TwinReasonEmail, []joined{
		{"emails", "m", "m.user_id = users.id"},
		{"emails", "n", "n.org_id = m.org_id AND n.value_key = m.value_key"},
		{"users", "o", "o.id = n.user_id"},
	}},
	{TwinReasonEmail, []joined{
		{"emails", "n", "n.org_id = users.org_id AND n.value_key = users.user_name_key"},
		{"users", "o", "o.id = n.user_id"},
	}},
	{TwinReasonEmail, []joined{
		{"emails", "m", "m.user_id = users.id"},
		{"users", "o", "o.org_id = m.org_id AND o.user_name_key = m.value_key"},
	}},
	{TwinReasonEmployeeNumber, []joined{
		{"users", "o", "o.org_id = users.org_id AND o.employee_number = users.employee_number"},
	}},
	{TwinReasonName, []joined{
		{"users", "o", "o.org_id = users.org_id AND o.display_name_key = users.display_name_key" +
			" AND (o.department_id = users.department_id OR o.department_id IS NULL OR users.department_id IS NULL)"},
	}},
}

// another keeps pairs of two who are both there. A pair of local people is kept
// once, with the older in front.
const another = " AND o.deleted_at IS NULL AND o.id <> users.id AND (o.connection_id IS NOT NULL OR o.id > users.id)"

// exists says whether there is such a pair for a row of users.
func (l likeness) exists() string {
	from, where := "", ""
	for i, t := range l.tables {
		if i == 0 {
			from, where = t.table+" AS "+t.as, t.on
			continue
		}
		from += " JOIN " + t.table + " AS " + t.as + " ON " + t.on
	}
	return "EXISTS (SELECT 1 FROM " + from + " WHERE " + where + another + ")"
}

// hasTwin keeps people who are likely somebody else too.
func hasTwin(s *sql.Selector) {
	s.Where(sql.P(func(b *sql.Builder) {
		b.WriteString("(")
		for i, l := range likenesses {
			if i > 0 {
				b.WriteString(" OR ")
			}
			b.WriteString(l.exists())
		}
		b.WriteString(")")
	}))
}

// pair is two who are likely one.
type pair struct {
	ID    uuid.UUID `json:"id"`
	Other uuid.UUID `json:"other"`
}

// pairsOf are the pairs of some people for one reason.
func (r *Resolver) pairsOf(ctx context.Context, l likeness, people []uuid.UUID) (pairs []pair, err error) {
	q := r.store.Read().User.Query().Where(predicate.User(r.store.Among(user.FieldID, people)))
	q.Modify(func(s *sql.Selector) {
		var o *sql.SelectTable
		for _, t := range l.tables {
			o = sql.Table(t.table).As(t.as)
			s.Join(o).OnP(sql.ExprP(t.on))
		}
		s.Where(sql.ExprP(strings.TrimPrefix(another, " AND ")))
		s.Select(s.C(user.FieldID), sql.As(o.C(user.FieldID), "other")).Distinct().Limit(maxLikenesses)
	})
	err = q.Select().Scan(store.ByID(ctx), &pairs)
	return pairs, err
}

// likelyDuplicates is a page of local people who are likely somebody else too:
// one statement for the page, one for each reason and one for the twins.
func (r *Resolver) likelyDuplicates(ctx context.Context, w window) (*LikelyDuplicateConnection, error) {
	query := func() *ent.UserQuery {
		return r.store.Read().User.Query().Where(user.ConnectionIDIsNil(), user.DeletedAtIsNil(), hasTwin)
	}
	people, err := read(ctx, query(), w.byID(true))
	if err != nil {
		return nil, err
	}
	page := &LikelyDuplicateConnection{Nodes: []*LikelyDuplicate{}}
	people, page.PageInfo = pageOf(w, people, func(u *ent.User) place { return byID(u.ID) })
	asked := selected(ctx)
	if asked.has("totalCount") {
		if page.TotalCount, err = query().Count(ctx); err != nil {
			return nil, err
		}
	}
	nodes, _ := asked.below("nodes")
	if err := r.addTwins(ctx, page, nodes, people); err != nil {
		return nil, err
	}
	below, _ := nodes.below("user")
	return page, requestOf(ctx).loader.fill(ctx, below, people...)
}

// addTwins puts people with their twins on a page.
func (r *Resolver) addTwins(ctx context.Context, page *LikelyDuplicateConnection, asked selection, people []*ent.User) error {
	for _, u := range people {
		page.Nodes = append(page.Nodes, &LikelyDuplicate{User: u, Twins: []*Twin{}})
	}
	asked, wanted := asked.below("twins")
	if !wanted || len(people) == 0 {
		return nil
	}
	reasons, others, err := r.reasonsFor(ctx, people)
	if err != nil {
		return err
	}
	loader := requestOf(ctx).loader
	known, err := loader.peopleBy(ctx, others...)
	if err != nil {
		return err
	}
	var twins []*ent.User
	for _, node := range page.Nodes {
		for other, why := range reasons[node.User.ID] {
			if u := known[other]; u != nil {
				node.Twins = append(node.Twins, &Twin{User: u, Reasons: why})
			}
		}
		slices.SortFunc(node.Twins, func(a, b *Twin) int {
			return cmp.Or(cmp.Compare(len(b.Reasons), len(a.Reasons)), bytes.Compare(a.User.ID[:], b.User.ID[:]))
		})
		node.Twins = node.Twins[:min(len(node.Twins), maxTwins)]
		for _, t := range node.Twins {
			twins = append(twins, t.User)
		}
	}
	below, _ := asked.below("user")
	return loader.fill(ctx, below, twins...)
}

// reasonsFor are the reasons for each pair of which one of these people is the first.
func (r *Resolver) reasonsFor(ctx context.Context, people []*ent.User) (map[uuid.UUID]map[uuid.UUID][]TwinReason, []uuid.UUID, error) {
	ids := make([]uuid.UUID, len(people))
	for i, u := range people {
		ids[i] = u.ID
	}
	reasons := map[uuid.UUID]map[uuid.UUID][]TwinReason{}
	var others []uuid.UUID
	for _, l := range likenesses {
		pairs, err := r.pairsOf(ctx, l, ids)
		if err != nil {
			return nil, nil, err
		}
		for _, p := range pairs {
			if reasons[p.ID] == nil {
				reasons[p.ID] = map[uuid.UUID][]TwinReason{}
			}
			why := reasons[p.ID][p.Other]
			if len(why) == 0 {
				others = append(others, p.Other)
			}
			if !slices.Contains(why, l.reason) {
				reasons[p.ID][p.Other] = append(why, l.reason)
			}
		}
	}
	slices.SortFunc(others, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) })
	return reasons, slices.Compact(others), nil
}
