package scim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// POST …/.search is a query whose parameters stand in the body (RFC 7644
// §3.4.3). It is turned into the query that GET has.

func (s *Server) searchUsers(r *request) (*answer, error) {
	if err := r.readSearch(); err != nil {
		return nil, err
	}
	return s.listUsers(r)
}

func (s *Server) searchGroups(r *request) (*answer, error) {
	if err := r.readSearch(); err != nil {
		return nil, err
	}
	return s.listGroups(r)
}

func (s *Server) searchAll(r *request) (*answer, error) {
	if err := r.readSearch(); err != nil {
		return nil, err
	}
	return s.listAll(r)
}

func (r *request) readSearch() error {
	r.entry.operation = "Tried to search"
	q := url.Values{}
	for _, name := range [...]string{"filter", "sortBy", "sortOrder", "cursor"} {
		value, sent := member(r.body, name)
		if !sent || value == nil {
			continue
		}
		text, ok := value.(string)
		if !ok {
			return refuse("invalidValue", "%s must be a string", name)
		}
		q.Set(name, text)
	}
	for _, name := range [...]string{"startIndex", "count"} {
		switch value, _ := member(r.body, name); v := value.(type) {
		case nil:
		case json.Number:
			q.Set(name, v.String())
		case string:
			q.Set(name, v)
		default:
			return refuse("invalidValue", "%s must be a whole number", name)
		}
	}
	for _, name := range [...]string{"attributes", "excludedAttributes"} {
		switch value, _ := member(r.body, name); v := value.(type) {
		case nil:
		case string:
			q.Add(name, v)
		case []any:
			for _, e := range v {
				text, ok := e.(string)
				if !ok {
					return refuse("invalidValue", "%s must be a list of names", name)
				}
				q.Add(name, text)
			}
		default:
			return refuse("invalidValue", "%s must be a list of names", name)
		}
	}
	r.query = q
	return nil
}

// listAll lists people and groups together, people first (RFC 7644 §3.4.2.1).
func (s *Server) listAll(r *request) (*answer, error) {
	r.entry.operation = "Tried to list everything"
	l, err := listingOf(r.query)
	if err != nil {
		return nil, err
	}
	if l.byCursor {
		return nil, refuse("invalidValue", "Cursors are for one resource type at a time; ask /Users or /Groups")
	}
	catalogs := []catalog{s.userCatalog(r)}
	if r.conn.Settings.Groups {
		catalogs = append(catalogs, s.groupCatalog(r))
	}
	orders, err := sortingsOf(catalogs, l)
	if err != nil {
		return nil, err
	}
	body := &listBody{Schemas: []string{listURN}, StartIndex: l.start, Resources: []map[string]any{}}
	skip := l.start - 1
	for i, c := range catalogs {
		where, err := c.whereAmong(l.filter, r.types())
		if err != nil {
			return nil, err
		}
		total, err := c.count(where...)
		if err != nil {
			return nil, err
		}
		body.TotalResults += total
		if room := l.count - len(body.Resources); room > 0 && skip < total {
			p, err := r.projection(c.t)
			if err != nil {
				return nil, err
			}
			rows, err := c.page(p, room, skip, orders[i].write, where...)
			if err != nil {
				return nil, err
			}
			body.Resources = append(body.Resources, rows...)
		}
		skip = max(0, skip-total)
	}
	body.ItemsPerPage = len(body.Resources)
	r.entry.operation = listInWords("everything", l, body)
	return r.reply(http.StatusOK, body), nil
}

// sortingsOf gives each type its order. A type without the attribute keeps the
// order of ids; one of them must have it.
func sortingsOf(catalogs []catalog, l listing) (orders []sorting, err error) {
	var unknown error
	for _, c := range catalogs {
		o, err := c.sorting(l)
		if err != nil {
			unknown = err
		}
		orders = append(orders, o)
	}
	for _, o := range orders {
		if o.by.name != "" {
			return orders, nil
		}
	}
	return orders, unknown
}

// whereAmong compiles the filter of a query on several types.
func (c compiler) whereAmong(filter string, types []*resourceType) ([]condition, error) {
	if strings.TrimSpace(filter) == "" {
		return nil, nil
	}
	others := slices.DeleteFunc(slices.Clone(types), func(t *resourceType) bool { return t == c.t })
	e, err := c.t.parseFilter(filter, others...)
	if err != nil {
		return nil, err
	}
	return []condition{c.predicate(e)}, nil
}
