package scim

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
)

const (
	listURN   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	searchURN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"

	defaultCount = 100
	maxCount     = 200
)

// listBody is a ListResponse (RFC 7644 §3.4.2, RFC 9865 §2).
type listBody struct {
	Schemas      []string         `json:"schemas"`
	TotalResults int              `json:"totalResults"`
	StartIndex   int              `json:"startIndex,omitempty"`
	ItemsPerPage int              `json:"itemsPerPage"`
	NextCursor   string           `json:"nextCursor,omitempty"`
	Resources    []map[string]any `json:"Resources"`
}

// listing is a query for a list, whichever way it was put.
type listing struct {
	filter     string
	sortBy     string
	descending bool
	start      int // 1-based
	count      int
	byCursor   bool
	cursor     string
}

// listingOf reads the query parameters. Numbers beyond the range are brought
// into it (RFC 7644 §3.4.2.4); what is no number is refused.
func listingOf(q url.Values) (listing, error) {
	l := listing{filter: q.Get("filter"), sortBy: q.Get("sortBy"), start: 1, count: defaultCount, cursor: q.Get("cursor")}
	l.byCursor = q.Has("cursor")
	l.descending = strings.EqualFold(q.Get("sortOrder"), "descending")
	var err error
	if l.start, err = wholeNumber(q.Get("startIndex"), "startIndex", 1, 1, 1<<31-1, "invalidValue"); err != nil {
		return l, err
	}
	scimType := "invalidValue"
	if l.byCursor {
		scimType = "invalidCount"
	}
	l.count, err = wholeNumber(q.Get("count"), "count", defaultCount, 0, maxCount, scimType)
	return l, err
}

func wholeNumber(text, name string, otherwise, least, most int, scimType string) (int, error) {
	if text == "" {
		return otherwise, nil
	}
	negative := strings.HasPrefix(text, "-")
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, refuse(scimType, "%s must be a whole number, not %q", name, shown(text))
	}
	n, err := strconv.Atoi(digits)
	switch {
	case negative:
		return least, nil
	case err != nil:
		return most, nil
	}
	return min(max(n, least), most), nil
}

// catalog reads the rows of one resource type for a list.
type catalog struct {
	compiler
	count func(where ...condition) (int, error)
	// page reads rows in an order, at most limit of them, or without both those of
	// a condition that one row passes at most.
	page func(p projection, limit, offset int, order condition, where ...condition) ([]map[string]any, error)
}

func (s *Server) userCatalog(r *request) catalog {
	return catalog{compiler: newCompiler(r.users, userTable, r.base),
		count: func(where ...condition) (int, error) {
			return s.store.CountPeople(r.ctx, r.ownUsers(where...))
		},
		page: func(p projection, limit, offset int, order condition, where ...condition) ([]map[string]any, error) {
			q := r.ownUsers(where...)
			q.Order, q.Limit, q.Offset, q.Groups, q.Sealed = order, limit, offset, p.wants("groups"), p.isWhole()
			rows, err := s.store.People(r.ctx, q)
			if err != nil || len(rows) == 0 {
				return nil, err
			}
			out := make([]map[string]any, len(rows))
			for i, u := range rows {
				out[i] = p.apply(r.userResource(u))
			}
			if len(rows) == 1 {
				r.entry.about(rows[0].ID)
			}
			return out, nil
		}}
}

func (s *Server) groupCatalog(r *request) catalog {
	groups := func(where []condition) *ent.GroupQuery {
		q := r.ownGroups(s.store.Read().Group.Query())
		if all := allOf(where); all != nil {
			q.Where(func(s *sql.Selector) { s.Where(sql.P(all)) })
		}
		return q
	}
	return catalog{compiler: newCompiler(r.groups, groupTable, r.base),
		count: func(where ...condition) (int, error) { return groups(where).Count(r.ctx) },
		page: func(p projection, limit, offset int, order condition, where ...condition) ([]map[string]any, error) {
			q := groups(where)
			if order != nil {
				q.Limit(limit).Offset(offset).Modify(func(s *sql.Selector) { s.OrderExpr(sql.ExprFunc(order)) })
			}
			rows, err := q.All(r.ctx)
			if err != nil || len(rows) == 0 {
				return nil, err
			}
			return s.groupPage(r, p, rows)
		}}
}

func (s *Server) groupPage(r *request, p projection, rows []*ent.Group) ([]map[string]any, error) {
	var members map[uuid.UUID][]any
	if p.wants("members") {
		ids := make([]uuid.UUID, len(rows))
		for i, g := range rows {
			ids[i] = g.ID
		}
		var err error
		if members, err = s.membersOf(r, ids); err != nil {
			return nil, err
		}
	}
	out := make([]map[string]any, len(rows))
	for i, g := range rows {
		var list []any
		if members != nil {
			list = listed(members[g.ID])
		}
		out[i] = p.apply(r.groupResource(g, list))
	}
	if len(rows) == 1 {
		r.entry.about(rows[0].ID)
	}
	return out, nil
}

func (s *Server) listUsers(r *request) (*answer, error) {
	return s.list(r, s.userCatalog(r), "people")
}

func (s *Server) listGroups(r *request) (*answer, error) {
	return s.list(r, s.groupCatalog(r), "groups")
}

func (s *Server) list(r *request, c catalog, what string) (*answer, error) {
	r.entry.operation = "Tried to list " + what
	l, err := listingOf(r.query)
	if err != nil {
		return nil, err
	}
	p, err := r.projection(c.t)
	if err != nil {
		return nil, err
	}
	body, err := s.runListing(r, c, l, p)
	if err != nil {
		return nil, err
	}
	r.entry.operation = listInWords(what, l, body)
	return r.reply(http.StatusOK, body), nil
}

func listInWords(what string, l listing, body *listBody) string {
	if l.filter != "" {
		return fmt.Sprintf("Looked for %s with %s: %d", what, clean(l.filter, 120), body.TotalResults)
	}
	return fmt.Sprintf("Listed %s: %d of %d", what, body.ItemsPerPage, body.TotalResults)
}

// runListing reads one page. One statement does when the page is the first and
// holds everything.
func (s *Server) runListing(r *request, c catalog, l listing, p projection) (*listBody, error) {
	filter, err := c.filter(l.filter)
	if err != nil {
		return nil, err
	}
	order, err := c.sorting(l)
	if err != nil {
		return nil, err
	}
	at, err := s.place(r, c, l)
	if err != nil {
		return nil, err
	}
	body, last, err := c.read(l, p, filter, order, at)
	if err == nil && body.TotalResults == 0 {
		if once, changed := decodeOnce(filter); changed {
			body, last, err = c.read(l, p, once, order, at)
		}
	}
	if err != nil {
		return nil, err
	}
	s.keepPlace(r, c, l, body, last)
	return body, nil
}

// read reads the page at a position. Unless it is the last page, last is the id
// of its last row.
func (c catalog) read(l listing, p projection, filter expr, order sorting, at position) (body *listBody, last uuid.UUID, err error) {
	var where []condition
	if filter != nil {
		where = append(where, c.predicate(filter))
	}
	body = &listBody{Schemas: []string{listURN}, Resources: []map[string]any{}}
	if !l.byCursor {
		body.StartIndex = l.start
	}
	if l.count > 0 {
		rows, err := c.rows(p, l.count+1, filter, order, at, where)
		if err != nil {
			return nil, uuid.Nil, err
		}
		if len(rows) > l.count {
			rows = rows[:l.count]
			last = uuid.MustParse(rows[l.count-1]["id"].(string))
		}
		body.Resources = append(body.Resources, rows...)
	}
	body.ItemsPerPage = len(body.Resources)
	body.TotalResults = body.ItemsPerPage
	if at != (position{}) || l.count == 0 || last != uuid.Nil {
		body.TotalResults, err = c.count(where...)
	}
	return body, last, err
}

// rows reads limit rows at a position. Those of one name or id need no order: to
// prepare it would cost the database a tenth of the look-up.
func (c catalog) rows(p projection, limit int, filter expr, order sorting, at position, where []condition) ([]map[string]any, error) {
	if at == (position{}) && c.findsOne(filter) {
		return c.page(p, 0, 0, nil, where...)
	}
	if at.after != uuid.Nil {
		where = append(where, order.behind(at.after))
	}
	return c.page(p, limit, at.offset, order.write, where...)
}

// findsOne says whether a filter is one that no two rows pass.
func (c compiler) findsOne(filter expr) bool {
	e, ok := filter.(compareExpr)
	_, isText := e.value.(string)
	return ok && e.op == "eq" && isText && c.table.columns[e.ref.String()].unique
}

// filter parses the text of a filter; nil lets everything pass.
func (c compiler) filter(text string) (expr, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	return c.t.parseFilter(text)
}

// decodeOnce percent-decodes the values in a filter: a validator of Microsoft's
// encodes them twice. Only values change, so that no value can become more of
// the filter than that.
func decodeOnce(e expr) (decoded expr, changed bool) {
	all := func(terms []expr) []expr {
		out := make([]expr, len(terms))
		for i, t := range terms {
			var c bool
			out[i], c = decodeOnce(t)
			changed = changed || c
		}
		return out
	}
	switch e := e.(type) {
	case andExpr:
		return andExpr{all(e.terms)}, changed
	case orExpr:
		return orExpr{all(e.terms)}, changed
	case notExpr:
		e.term, changed = decodeOnce(e.term)
		return e, changed
	case valueExpr:
		e.filter, changed = decodeOnce(e.filter)
		return e, changed
	case compareExpr:
		text, _ := e.value.(string)
		once, err := url.PathUnescape(text)
		if err != nil || once == text || checkFilter(once) != nil {
			return e, false
		}
		e.value = once
		return e, true
	}
	return e, false
}
