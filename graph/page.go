package graph

import (
	"encoding/base64"
	"strings"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/fault"
)

// How long a page of a list is.
const (
	defaultPage = 50
	maxPage     = 200
)

// window is the part of a list that a caller asks for: limit entries behind the
// cursor after, or backward those before the cursor before.
type window struct {
	limit    int
	backward bool
	from     *place // where it begins, exclusive
}

// place is where an entry stands in a list: the value that the list is sorted by,
// which is "" where that is the id, and the id.
type place struct {
	key  string
	null bool // the key is NULL: such entries come last
	id   uuid.UUID
}

// windowOf reads Relay's arguments. Too large pages are cut, as the schema says.
func windowOf(first *int, after *string, last *int, before *string) (w window, err error) {
	size, cursor, cursorName, sizeName := first, after, "after", "first"
	if last != nil || before != nil {
		if first != nil || after != nil {
			return w, fault.New(fault.Invalid, "first and after lead forward, last and before backward; they can't be used together").On("last")
		}
		w.backward = true
		size, cursor, cursorName, sizeName = last, before, "before", "last"
	}
	w.limit = defaultPage
	if size != nil {
		if *size < 1 {
			return w, fault.New(fault.Invalid, "%s must be 1 or more", sizeName).On(sizeName)
		}
		w.limit = min(*size, maxPage)
	}
	if cursor != nil && *cursor != "" {
		if w.from, err = parseCursor(*cursor); err != nil {
			return w, fault.New(fault.Invalid, "%s is not a cursor of this list", cursorName).On(cursorName)
		}
	}
	return w, nil
}

// String is the place as a cursor: what is in it is in the entry too, so it is no
// secret, and a forged one leads nowhere else than a filter would.
func (p place) String() string {
	text := p.id.String()
	if p.null {
		text += "-"
	} else if p.key != "" {
		text += "=" + p.key
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

const (
	idLength  = 36
	maxCursor = 64 << 10 // bytes: more than the longest name, folded
)

func parseCursor(text string) (*place, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < idLength || len(raw) > maxCursor || strings.ContainsRune(string(raw), 0) {
		return nil, fault.New(fault.Invalid, "not a cursor")
	}
	id, err := uuid.ParseBytes(raw[:idLength])
	if err != nil {
		return nil, err
	}
	rest := string(raw[idLength:])
	return &place{key: strings.TrimPrefix(rest, "="), null: rest == "-", id: id}, nil
}

// pageOf cuts the rows that were read, one more than asked for, to the page and
// turns them round where they were read backward.
func pageOf[T any](w window, rows []T, at func(T) place) ([]T, *PageInfo) {
	more := len(rows) > w.limit
	if more {
		rows = rows[:w.limit]
	}
	info := &PageInfo{HasNextPage: more, HasPreviousPage: w.from != nil}
	if w.backward {
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
		info.HasNextPage, info.HasPreviousPage = w.from != nil, more
	}
	if len(rows) > 0 {
		start, end := at(rows[0]).String(), at(rows[len(rows)-1]).String()
		info.StartCursor, info.EndCursor = &start, &end
	}
	return rows, info
}

// byID narrows and sorts a query whose list is sorted by id alone: the newest in
// front when descending.
func (w window) byID(descending bool) func(*sql.Selector) {
	return func(s *sql.Selector) {
		down := descending != w.backward
		if w.from != nil {
			if down {
				s.Where(sql.LT(s.C("id"), w.from.id))
			} else {
				s.Where(sql.GT(s.C("id"), w.from.id))
			}
		}
		if down {
			s.OrderBy(sql.Desc(s.C("id")))
		} else {
			s.OrderBy(s.C("id"))
		}
		s.Limit(w.limit + 1)
	}
}

// byKey narrows and sorts a query whose list is sorted by a unique, folded column
// that is never NULL.
func (w window) byKey(column string, descending bool) func(*sql.Selector) {
	return func(s *sql.Selector) {
		down := descending != w.backward
		if w.from != nil {
			if down {
				s.Where(sql.LT(s.C(column), w.from.key))
			} else {
				s.Where(sql.GT(s.C(column), w.from.key))
			}
		}
		if down {
			s.OrderBy(sql.Desc(s.C(column)))
		} else {
			s.OrderBy(s.C(column))
		}
		s.Limit(w.limit + 1)
	}
}

// byID is where an entry of a list by id stands.
func byID(id uuid.UUID) place { return place{id: id} }

// deref is what p points to, or the zero value.
func deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// like is a pattern for LIKE that finds text anywhere, with ESCAPE '\'.
func like(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(text) + "%"
}
