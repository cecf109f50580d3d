package scim_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// crew makes people whose names count up and whose titles count down.
func (h *house) crew(n int) (ids []string) {
	h.Helper()
	for i := range n {
		p := person(fmt.Sprintf("p%02d", i))
		p["title"] = fmt.Sprintf("T%02d", 99-i/2)
		ids = append(ids, h.do(http.MethodPost, "/Users", p).want(http.StatusCreated).id())
	}
	return ids
}

func TestStartIndexAndCount(t *testing.T) {
	onBoth(t, func(h *house) {
		h.crew(12)
		for _, test := range []struct {
			query        string
			start, items int
		}{
			{"", 1, 12}, {"startIndex=1&count=5", 1, 5}, {"startIndex=6&count=5", 6, 5}, {"startIndex=11&count=5", 11, 2}, {"startIndex=12", 12, 1},
			{"startIndex=13", 13, 0}, {"startIndex=0&count=3", 1, 3}, {"startIndex=-7&count=3", 1, 3}, {"count=0", 1, 0}, {"count=-1", 1, 0}, {"startIndex=5&count=0", 5, 0},
			{"count=1000000000", 1, 12}, {"count=9223372036854775808", 1, 12}, {"startIndex=1000000000", 1000000000, 0}, {"startIndex=9223372036854775808", 1<<31 - 1, 0},
			{"startIndex=-9223372036854775809", 1, 12}, {"startIndex=007&count=02", 7, 2}, {"startIndex=&count=", 1, 12}, {"count=12", 1, 12}, {"count=11", 1, 11}, {"aadOptscim062020&unknown=1", 1, 12},
		} {
			r := h.do(http.MethodGet, "/Users?"+test.query, nil).want(http.StatusOK)
			want := map[string]any{"startIndex": float64(test.start), "itemsPerPage": float64(test.items), "totalResults": 12.0}
			got := map[string]any{"startIndex": r.body["startIndex"], "itemsPerPage": r.body["itemsPerPage"], "totalResults": r.body["totalResults"]}
			if diff := cmp.Diff(want, got); diff != "" {
				h.Errorf("%q:\n%s", test.query, diff)
			}
			if n := len(r.names()); n != test.items {
				h.Errorf("%q: %d people, want %d", test.query, n, test.items)
			}
		}
		for _, name := range []string{"startIndex", "count"} {
			for _, value := range []string{"1.5", "x", "1e3", "0x10", "--1", "1;2", "'", "NaN", "%2B5"} {
				h.do(http.MethodGet, "/Users?"+name+"="+value, nil).refused(http.StatusBadRequest, "invalidValue", name+" must be a whole number")
			}
			h.do(http.MethodPost, "/Users/.search", map[string]any{name: 1.5}).refused(http.StatusBadRequest, "invalidValue", name)
			h.do(http.MethodPost, "/Users/.search", map[string]any{name: true}).refused(http.StatusBadRequest, "invalidValue", name)
		}
	})
}

// walk reads a list page by page and lets the world change in between.
func (h *house) walk(query string, size int, between func(page int)) (names []string) {
	h.Helper()
	for start, page := 1, 1; ; page++ {
		r := h.do(http.MethodGet, fmt.Sprintf("/Users?startIndex=%d&count=%d%s", start, size, query), nil)
		got := r.names()
		if len(got) == 0 {
			return names
		}
		names = append(names, got...)
		start += len(got)
		between(page)
	}
}

// follow reads a list cursor by cursor.
func (h *house) follow(query string, size int, between func(page int)) (names []string) {
	h.Helper()
	for cursor, page := "", 1; ; page++ {
		r := h.do(http.MethodGet, fmt.Sprintf("/Users?cursor=%s&count=%d%s", cursor, size, query), nil)
		names = append(names, r.names()...)
		next, more := r.body["nextCursor"].(string)
		if !more {
			return names
		}
		cursor = next
		between(page)
	}
}

func TestPagesSkipAndDoubleNobodyWhileTheWorldChanges(t *testing.T) {
	t.Parallel()
	for how, read := range map[string]func(*house, string, int, func(int)) []string{"index": (*house).walk, "cursor": (*house).follow} {
		for order, query := range map[string]string{
			"unsorted": "", "sorted": "&sortBy=userName", "backwards": "&sortBy=userName&sortOrder=descending", "by equal titles": "&sortBy=title",
			"by what few have": "&sortBy=nickName", "by what few have, backwards": "&sortBy=nickName&sortOrder=descending", "by a first value": "&sortBy=emails",
			"filtered": "&filter=" + url.QueryEscape(`userName sw "p"`), "by id": "&sortBy=id&sortOrder=descending", "by time": "&sortBy=meta.created",
		} {
			t.Run(how+" "+order, func(t *testing.T) {
				onBoth(t, func(h *house) {
					ids := h.crew(14)
					h.do(http.MethodPatch, "/Users/"+ids[3], patch(op("add", "nickName", "b"))).want(http.StatusOK)
					h.do(http.MethodPatch, "/Users/"+ids[9], patch(op("add", "nickName", "a"))).want(http.StatusOK)
					var stay []string // neither removed nor added while the list is read
					for _, name := range h.do(http.MethodGet, "/Users?count=200"+query, nil).names() {
						if name != "p00" && name != "p13" && name != "p02" && name != "p11" {
							stay = append(stay, name)
						}
					}
					got := read(h, query, 4, func(page int) {
						switch page {
						case 1: // the ends of every order
							h.do(http.MethodDelete, "/Users/"+ids[0], nil).want(http.StatusNoContent)
							h.do(http.MethodDelete, "/Users/"+ids[13], nil).want(http.StatusNoContent)
							h.create("a-newcomer")
						case 2:
							h.do(http.MethodDelete, "/Users/"+ids[2], nil).want(http.StatusNoContent)
							h.do(http.MethodDelete, "/Users/"+ids[11], nil).want(http.StatusNoContent)
							h.create("z-newcomer")
						}
					})
					kept := slices.DeleteFunc(slices.Clone(got), func(name string) bool { return !slices.Contains(stay, name) })
					if diff := cmp.Diff(stay, kept); diff != "" {
						h.Errorf("those who stayed (-want +got):\n%s", diff)
					}
					slices.Sort(got)
					if len(slices.Compact(slices.Clone(got))) != len(got) {
						h.Errorf("somebody is doubled in %v", got)
					}
				})
			})
		}
	}
}

func TestPageAfterTheLastRowOfThePageBeforeIsGone(t *testing.T) {
	onBoth(t, func(h *house) {
		ids := h.crew(6)
		for _, query := range []string{"", "&sortBy=title", "&sortBy=userName&sortOrder=descending"} {
			first := h.do(http.MethodGet, "/Users?count=2"+query, nil)
			last := first.at("Resources", 1, "id").(string)
			gone := slices.Index(ids, last)
			want := h.do(http.MethodGet, "/Users?startIndex=3&count=2"+query, nil).names()
			h.do(http.MethodDelete, "/Users/"+last, nil).want(http.StatusNoContent)
			got := h.do(http.MethodGet, "/Users?startIndex=3&count=2"+query, nil).names()
			if diff := cmp.Diff(want, got); diff != "" {
				h.Errorf("%q after p%02d was deleted:\n%s", query, gone, diff)
			}
		}
	})
}

func TestSearchIsTheSameQueryInABody(t *testing.T) {
	onBoth(t, func(h *house) {
		h.populate()
		for query, body := range map[string]map[string]any{
			"": {"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}},
			"?filter=" + url.QueryEscape(`userName sw "a" or active eq false`) + "&attributes=userName,emails.value": {"Filter": `userName sw "a" or active eq false`, "attributes": []string{"userName", "emails.value"}},
			"?sortBy=title&sortOrder=descending&startIndex=3&count=4&excludedAttributes=meta,groups":                 {"sortBy": "title", "sortOrder": "descending", "startIndex": 3, "count": "4", "excludedAttributes": []string{"meta", "groups"}},
			"?count=0": {"count": 0, "filter": nil}, "?attributes=userName,title": {"attributes": "userName,title"},
		} {
			asked, searched := h.do(http.MethodGet, "/Users"+query, nil).want(http.StatusOK), h.do(http.MethodPost, "/Users/.search", body).want(http.StatusOK)
			if diff := cmp.Diff(asked.body, searched.body); diff != "" {
				h.Errorf("%q differs from %v:\n%s", query, body, diff)
			}
		}
		for _, bad := range []map[string]any{{"filter": 1}, {"sortBy": true}, {"attributes": 1}, {"excludedAttributes": []any{1}}, {"cursor": 1}, {"startIndex": []int{1}}} {
			h.do(http.MethodPost, "/Users/.search", bad).refused(http.StatusBadRequest, "invalidValue", "must be")
		}
		h.do(http.MethodPost, "/Users/.search", nil).refused(http.StatusBadRequest, "invalidSyntax", "empty")
	})
}

func TestRootSearchFindsPeopleAndGroups(t *testing.T) {
	onBoth(t, func(h *house) {
		h.populate()
		everybody := append(h.do(http.MethodGet, "/Users", nil).names(), h.do(http.MethodGet, "/Groups", nil).names()...)
		for filter, want := range map[string]string{
			"":                   strings.Join(everybody, ","),
			`displayName sw "f"`: "Fire wardens",
			`displayName co "ünï" or userName eq "kim"`:     "kim,Ünïon",
			`userName eq "kim"`:                             "kim",
			`members pr or title eq "x"`:                    "jon,Fire wardens,Ünïon",
			`meta.resourceType eq "Group"`:                  "Fire wardens,Ünïon,Nobody's",
			`not (userName pr)`:                             "Fire wardens,Ünïon,Nobody's",
			`emails[type eq "home"] or externalId eq "G-1"`: "ada,Fire wardens",
			`schemas eq "urn:scim:acme:Group"`:              "Fire wardens,Ünïon",
		} {
			for _, r := range []*reply{h.find("/", filter), h.do(http.MethodPost, "/.search", map[string]any{"filter": filter})} {
				if got := strings.Join(r.names(), ","); got != want {
					h.Errorf("%q finds %q, want %q", filter, got, want)
				}
				if total := r.body["totalResults"]; total != float64(len(strings.Split(want, ","))) {
					h.Errorf("%q: totalResults %v", filter, total)
				}
			}
		}
		var paged []string
		for start := 1; start <= len(everybody); start += 4 {
			paged = append(paged, h.do(http.MethodPost, "/.search", map[string]any{"startIndex": start, "count": 4}).names()...)
		}
		if diff := cmp.Diff(everybody, paged); diff != "" {
			h.Errorf("page by page:\n%s", diff)
		}
		h.find("/", `nothing eq "x"`).refused(http.StatusBadRequest, "invalidFilter", "nothing")
		h.find("/", `members[`).refused(http.StatusBadRequest, "invalidFilter", "")
		h.do(http.MethodGet, "/?sortBy=nothing", nil).refused(http.StatusBadRequest, "invalidValue", "nothing")
		if got := h.do(http.MethodGet, "/?sortBy=userName&sortOrder=descending&count=1", nil).names(); !slices.Equal(got, []string{"åse"}) {
			h.Errorf("first by userName downwards is %v", got)
		}
	})
}

func TestListThatFitsIsOneStatement(t *testing.T) {
	onBoth(t, func(h *house) {
		h.crew(3)
		h.do(http.MethodPost, "/Groups", map[string]any{"displayName": "G"}).want(http.StatusCreated)
		h.quietly()
		for path, most := range map[string]int64{
			"/Users": 1, "/Users?count=3": 1, "/Users?cursor": 1, "/Users?sortBy=title&attributes=title": 1, "/Users?count=0": 1, "/Users?count=2": 2,
			"/Groups": 2, "/Groups?excludedAttributes=members": 1, "/Users?filter=userName+sw+%22p%22": 1, "/Users?filter=userName+eq+%22nobody%22": 1,
		} {
			h.atMost(most, path, func() { h.do(http.MethodGet, path, nil).want(http.StatusOK) })
		}
	})
}
