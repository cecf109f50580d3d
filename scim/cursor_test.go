package scim_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/internal/store"
	"github.com/rollcall/rollcall/internal/store/storetest"
)

func TestCursorLeadsThroughTheWholeList(t *testing.T) {
	onBoth(t, func(h *house) {
		h.crew(5)
		unreserved := regexp.MustCompile(`^[A-Za-z0-9._~-]+$`)
		for _, query := range []string{"", "&sortBy=title&sortOrder=descending", "&filter=" + url.QueryEscape(`userName sw "P"`)} {
			first := h.do(http.MethodGet, "/Users?cursor&count=2"+query, nil).want(http.StatusOK)
			cursor, _ := first.body["nextCursor"].(string)
			if !unreserved.MatchString(cursor) || first.body["totalResults"] != 5.0 || first.body["itemsPerPage"] != 2.0 {
				h.Errorf("first page: %s", first.text)
			}
			if _, sent := first.body["startIndex"]; sent {
				h.Errorf("a page by cursor has a startIndex: %s", first.text)
			}
			if got := len(h.follow(query, 2, func(int) {})); got != 5 {
				h.Errorf("%d people by cursor, want 5", got)
			}
			again := h.do(http.MethodGet, "/Users?cursor="+cursor+"&count=3"+query, nil).want(http.StatusOK) // a cursor may be used twice, with another count
			if _, more := again.body["nextCursor"]; more || len(again.names()) != 3 {
				h.Errorf("last page: %s", again.text)
			}
		}
		searched := h.do(http.MethodPost, "/Users/.search", map[string]any{"cursor": "", "count": 2}).want(http.StatusOK)
		if got := h.do(http.MethodPost, "/Users/.search", map[string]any{"cursor": searched.body["nextCursor"], "count": 200}).names(); len(got) != 3 {
			h.Errorf("the rest by .search is %v", got)
		}
		if _, sent := h.do(http.MethodGet, "/Users?count=2", nil).body["nextCursor"]; sent {
			h.Error("a page by index has a cursor")
		}
		if r := h.do(http.MethodGet, "/Users?cursor=&count=0", nil).want(http.StatusOK); r.body["totalResults"] != 5.0 || r.body["nextCursor"] != nil {
			h.Errorf("count=0: %s", r.text)
		}
	})
}

func TestCursorOfAnotherQueryIsRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		h.crew(3)
		for _, name := range []string{"A", "B", "C"} {
			h.do(http.MethodPost, "/Groups", map[string]any{"displayName": name}).want(http.StatusCreated)
		}
		cursor := h.do(http.MethodGet, "/Users?cursor=&count=1", nil).at("nextCursor").(string)
		other := h.newTenant("other")
		flipped := cursor[:5] + map[bool]string{true: "A", false: "B"}[cursor[5] != 'A'] + cursor[6:]
		for _, forged := range []string{"x", "0", flipped, cursor + "A", cursor[:len(cursor)-2], strings.ToLower(cursor) + "=", "..%2f", strings.Repeat("A", 5000), url.QueryEscape("' OR 1=1 --"), "%00"} {
			h.do(http.MethodGet, "/Users?count=1&cursor="+forged, nil).refused(http.StatusBadRequest, "invalidCursor", "cursor")
		}
		for _, query := range []string{"&sortBy=userName", "&filter=active+eq+true", "&sortOrder=descending"} {
			h.do(http.MethodGet, "/Users?count=1&cursor="+cursor+query, nil).refused(http.StatusBadRequest, "invalidCursor", "this query")
		}
		h.do(http.MethodGet, "/Groups?count=1&cursor="+cursor, nil).refused(http.StatusBadRequest, "invalidCursor", "this query")
		h.as(other, http.MethodGet, "/Users?count=1&cursor="+cursor, nil).refused(http.StatusBadRequest, "invalidCursor", "this query")
		h.do(http.MethodGet, "/Users?count=x&cursor=", nil).refused(http.StatusBadRequest, "invalidCount", "count")
		h.do(http.MethodPost, "/Users/.search", map[string]any{"count": "x", "cursor": cursor}).refused(http.StatusBadRequest, "invalidCount", "count")
		h.do(http.MethodGet, "/?cursor=", nil).refused(http.StatusBadRequest, "invalidValue", "one resource type")
	})
}

func TestCursorExpires(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var late atomic.Int64
			s, err := store.Open(t.Context(), database(t), store.Options{MaxConns: 4, Clock: func() time.Time {
				return time.Now().Add(time.Duration(late.Load()))
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			h := open(t, s)
			h.crew(3)
			cursor := h.do(http.MethodGet, "/Users?cursor=&count=1", nil).at("nextCursor").(string)
			late.Store(int64(59 * time.Minute))
			h.do(http.MethodGet, "/Users?count=1&cursor="+cursor, nil).want(http.StatusOK)
			late.Store(int64(61 * time.Minute))
			h.do(http.MethodGet, "/Users?count=1&cursor="+cursor, nil).refused(http.StatusBadRequest, "expiredCursor", "begin again")
		})
	}
}
