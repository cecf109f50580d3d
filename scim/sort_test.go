package scim_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func sorted(by, order string) string {
	return "/Users?count=200&sortBy=" + url.QueryEscape(by) + "&sortOrder=" + order
}

func TestEveryAttributeSortsBothWays(t *testing.T) {
	onBoth(t, func(h *house) {
		h.populate()
		resources := h.resources("/Users") // in the order of ids
		for _, f := range h.facets("User") {
			if f.name == "groups" || f.name == "schemas" {
				continue
			}
			for _, descending := range []bool{false, true} {
				want := slices.Clone(resources)
				slices.SortStableFunc(want, func(a, b map[string]any) int {
					order := compareKeys(f, sortKey(f, a), sortKey(f, b))
					if descending {
						return -order
					}
					return order
				})
				var names []string
				for _, r := range want {
					names = append(names, strings.TrimSuffix(nameOf(r), "@example.test"))
				}
				order := map[bool]string{false: "ascending", true: "descending"}[descending]
				if diff := cmp.Diff(names, h.do(http.MethodGet, sorted(f.String(), order), nil).names()); diff != "" {
					h.Errorf("%s by %s (-want +got):\n%s", order, f, diff)
				}
			}
		}
	})
}

// sortKey is the primary or first value of a facet, nil where there is none.
func sortKey(f facet, resource map[string]any) any {
	value := f.within(resource)[f.name]
	list, ok := value.([]any)
	if !ok {
		return pick(value, f.sub)
	}
	for _, e := range list {
		if pick(e, "primary") == true {
			return pick(e, f.sub)
		}
	}
	return pick(list[0], f.sub)
}

// compareKeys puts what is missing last.
func compareKeys(f facet, a, b any) int {
	lower := atom{f, "lt", b}
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	case f.kind == "boolean":
		return boolean(a) - boolean(b)
	case lower.passes(a):
		return -1
	case (atom{f, "gt", b}).passes(a):
		return 1
	}
	return 0
}

func boolean(v any) int {
	if v == true {
		return 1
	}
	return 0
}

func TestSortingByAWholeAttributeTakesItsValue(t *testing.T) {
	onBoth(t, func(h *house) {
		h.populate()
		for whole, part := range map[string]string{"emails": "emails.value", "manager": enterprise + ":manager.value", "USERNAME": "userName", acme + ":seats": acme + ":Seats"} {
			if diff := cmp.Diff(h.do(http.MethodGet, sorted(part, ""), nil).names(), h.do(http.MethodGet, sorted(whole, "ASCENDING"), nil).names()); diff != "" {
				h.Errorf("%s:\n%s", whole, diff)
			}
		}
		first := h.do(http.MethodGet, sorted(extra+":Shoe", "Descending"), nil).names()
		if last := first[len(first)-2:]; !slices.Equal(last, []string{"ada", "BOB"}) {
			h.Errorf("by an undeclared attribute downwards, the last are %v", last)
		}
	})
}

func TestSortingByWhatIsNotThereIsRefused(t *testing.T) {
	onBoth(t, func(h *house) {
		h.create("ada")
		for by, words := range map[string]string{
			"nothing": `no attribute "nothing"`, "password": "password", "name": "complex", "addresses": "complex", "meta": "complex", "members": "members",
			"userName; DROP TABLE users": "no attribute", "(SELECT pg_sleep(9))": "no attribute", "name.givenName desc": "no", enterprise: "no attribute", "1": "no attribute",
		} {
			h.do(http.MethodGet, sorted(by, ""), nil).refused(http.StatusBadRequest, "invalidValue", words)
			h.do(http.MethodPost, "/Users/.search", map[string]any{"sortBy": by}).refused(http.StatusBadRequest, "invalidValue", words)
		}
	})
}
