package scim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	entschema "github.com/rollcall/rollcall/ent/schema"
)

type operation = map[string]any

// bulk sends operations together.
func (h *house) bulk(operations ...operation) *reply {
	h.Helper()
	return h.do(http.MethodPost, "/Bulk", bulkBody(0, operations...)).want(http.StatusOK)
}

func bulkBody(failOnErrors int, operations ...operation) map[string]any {
	body := map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": operations}
	if failOnErrors > 0 {
		body["failOnErrors"] = failOnErrors
	}
	return body
}

func create(endpoint, bulkID string, data map[string]any) operation {
	return operation{"method": "POST", "path": endpoint, "bulkId": bulkID, "data": data}
}

// statuses are those of the results, in order.
func (r *reply) statuses() string {
	r.Helper()
	var all []string
	list, _ := r.at("Operations").([]any)
	for _, e := range list {
		all = append(all, e.(map[string]any)["status"].(string))
	}
	return strings.Join(all, " ")
}

func TestBulkResolvesWhatIsMadeBeforeAndAfter(t *testing.T) {
	onBoth(t, func(h *house) {
		managed := func(name, manager string) map[string]any {
			p := person(name)
			p[enterprise] = map[string]any{"manager": map[string]any{"value": manager}}
			return p
		}
		r := h.bulk(
			create("/Groups", "g", map[string]any{"displayName": "Wardens", "members": []any{map[string]any{"value": "bulkId:ada"}, map[string]any{"value": "bulkId:bob"}}}),
			create("/Users", "ada", managed("ada", "bulkId:bob")), // in a circle
			create("/Users", "bob", managed("bob", "bulkId:ada")),
			operation{"method": "PATCH", "path": "/Users/bulkId:ada", "data": patch(op("replace", "title", "Chief"))},
			operation{"method": "patch", "path": "/Groups/bulkId:g", "data": patch(op("Remove", "members", []any{map[string]any{"value": "bulkId:bob"}}))},
		)
		if got := r.statuses(); got != "201 201 201 200 204" {
			h.Fatalf("statuses %s: %s", got, r.text)
		}
		ada, bob := h.find("/Users", `userName eq "ada@example.test"`), h.find("/Users", `userName eq "bob@example.test"`)
		if ada.at("Resources", 0, enterprise, "manager", "value") != bob.at("Resources", 0, "id") || bob.at("Resources", 0, enterprise, "manager", "value") != ada.at("Resources", 0, "id") {
			h.Errorf("managers in a circle: %s %s", ada.text, bob.text)
		}
		if ada.at("Resources", 0, "title") != "Chief" || ada.at("Resources", 0, "groups", 0, "display") != "Wardens" || bob.at("Resources", 0, "groups") != nil {
			h.Errorf("after the bulk: %s %s", ada.text, bob.text)
		}
		for i, want := range []string{"g", "ada", "bob"} {
			result := r.at("Operations", i).(map[string]any)
			location, _ := result["location"].(string)
			if result["bulkId"] != want || result["method"] != "POST" || result["version"] != `W/"1"` && i > 0 || !strings.HasPrefix(location, "https://rollcall.test/scim/v2/acme/") {
				h.Errorf("result %d: %v", i+1, result)
			}
		}
		if r.at("schemas", 0) != "urn:ietf:params:scim:api:messages:2.0:BulkResponse" {
			h.Errorf("schemas: %v", r.at("schemas"))
		}
	})
}

func TestBulkSaysOfEachOperationHowItWent(t *testing.T) {
	onBoth(t, func(h *house) {
		eva, gone := h.create("eva"), h.create("gone")
		r := h.bulk(
			create("/Users", "1", person("ada")),
			create("/Users", "2", person("eva")),
			create("/Users", "3", map[string]any{"displayName": "nameless"}),
			create("/Nothing", "4", person("x")),
			create("/Users/.search", "5", map[string]any{}),
			create("/Groups", "6", map[string]any{"displayName": "G", "members": []any{map[string]any{"value": "bulkId:2"}}}),
			create("/Groups", "7", map[string]any{"displayName": "G", "members": []any{map[string]any{"value": "bulkId:nobody"}}}),
			operation{"method": "PATCH", "path": "/Users/" + eva + "?attributes=title", "data": patch(op("replace", "active", "perhaps"))},
			operation{"method": "PUT", "path": "/Users/" + eva, "data": person("eva")},
			operation{"method": "DELETE", "path": "/Users/" + gone},
			operation{"method": "DELETE", "path": "/Users/" + gone, "bulkId": "again"},
			operation{"method": "DELETE", "path": "/Users"},
			operation{"method": "PATCH", "path": "/Users/bulkId:2", "data": patch(op("replace", "title", "T"))},
			create("/Users", "8", person("zoe")),
		)
		if got, want := r.statuses(), "201 409 400 400 400 400 400 400 200 204 404 405 400 201"; got != want {
			h.Fatalf("statuses %s, want %s: %s", got, want, r.text)
		}
		for i, want := range map[int][2]string{
			1: {"uniqueness", "eva@example.test"}, 2: {"invalidValue", "userName is required"}, 3: {"invalidValue", "/Nothing"}, 4: {"invalidValue", ".search"},
			5: {"invalidValue", "has failed"}, 6: {"invalidValue", `"nobody"`}, 7: {"invalidValue", "active"}, 10: {"", "no such user"}, 12: {"invalidValue", "has failed"},
		} {
			scimType, _ := r.at("Operations", i, "response", "scimType").(string)
			detail, _ := r.at("Operations", i, "response", "detail").(string)
			if scimType != want[0] || !strings.Contains(detail, want[1]) || r.at("Operations", i, "response", "status") != r.at("Operations", i, "status") {
				h.Errorf("operation %d: %v", i+1, r.at("Operations", i))
			}
			_, located := r.at("Operations", i).(map[string]any)["location"]
			if method := r.at("Operations", i, "method"); located == (method == "POST") {
				h.Errorf("operation %d: location of a failed %v: %v", i+1, method, r.at("Operations", i))
			}
		}
		if got := r.at("Operations", 7, "location"); got != "https://rollcall.test/scim/v2/acme/Users/"+eva {
			h.Errorf("location of a failed PATCH is %v", got)
		}
		if r.at("Operations", 10, "bulkId") != "again" {
			h.Errorf("the bulkId of a DELETE is lost: %v", r.at("Operations", 10))
		}
	})
}

func TestBulkStopsAfterSoManyErrors(t *testing.T) {
	onBoth(t, func(h *house) {
		wrong := func(id string) operation { return create("/Users", id, map[string]any{}) }
		for limit, want := range map[int]string{0: "400 201 400 400 201", 1: "400", 2: "400 201 400", 9: "400 201 400 400 201"} {
			ada, bob := fmt.Sprint("ada", limit), fmt.Sprint("bob", limit)
			r := h.do(http.MethodPost, "/Bulk", bulkBody(limit, wrong("1"), create("/Users", "2", person(ada)), wrong("3"), wrong("4"), create("/Users", "5", person(bob)))).want(http.StatusOK)
			if got := r.statuses(); got != want {
				h.Errorf("failOnErrors %d: %s, want %s", limit, got, want)
			}
			if made := len(h.find("/Users", `userName sw "bob`+fmt.Sprint(limit)+`"`).names()); (made == 1) != strings.HasSuffix(want, "201") {
				h.Errorf("failOnErrors %d: %d made after the end", limit, made)
			}
		}
	})
}

func TestBulkThatCannotBeReadIsRefusedWhole(t *testing.T) {
	onBoth(t, func(h *house) {
		ok := create("/Users", "ok", person("ada"))
		for words, body := range map[string]any{
			"Operations must be": map[string]any{}, "list of operations": map[string]any{"Operations": []any{}}, "an object": map[string]any{"Operations": []any{ok, 1}},
			"needs a bulkId":  bulkBody(0, ok, operation{"method": "POST", "path": "/Users", "data": person("x")}),
			"used twice":      bulkBody(0, ok, create("/Users", "ok", person("x"))),
			"the method":      bulkBody(0, ok, operation{"method": "GET", "path": "/Users"}),
			"must begin with": bulkBody(0, ok, operation{"method": "DELETE", "path": "Users/1"}),
			"needs data":      bulkBody(0, ok, operation{"method": "PATCH", "path": "/Users/1"}),
			"data must be":    bulkBody(0, ok, operation{"method": "PATCH", "path": "/Users/1", "data": []any{}}),
			"path must be":    bulkBody(0, ok, operation{"method": "PATCH", "path": 1, "data": person("x")}),
			"failOnErrors":    map[string]any{"failOnErrors": "x", "Operations": []any{ok}},
			"whole number":    map[string]any{"failOnErrors": -1, "Operations": []any{ok}},
		} {
			r := h.do(http.MethodPost, "/Bulk", body).want(http.StatusBadRequest)
			if detail, _ := r.body["detail"].(string); !strings.Contains(detail, words) {
				h.Errorf("%q says nothing of %q", detail, words)
			}
		}
		if got := h.do(http.MethodGet, "/Users", nil).names(); len(got) > 0 {
			h.Errorf("a refused request made %v", got)
		}
		h.do(http.MethodPost, "/Bulk", map[string]any{"failOnErrors": nil, "operations": []any{ok}}).want(http.StatusOK)
		many := make([]operation, 1001)
		for i := range many {
			many[i] = operation{"method": "DELETE", "path": "/Users/x"}
		}
		h.do(http.MethodPost, "/Bulk", bulkBody(0, many...)).refused(http.StatusRequestEntityTooLarge, "tooMany", "at most 1000")
		large := create("/Users", "l", map[string]any{"userName": "x", "title": strings.Repeat("x", 1<<20)})
		h.do(http.MethodPost, "/Bulk", bulkBody(0, large)).refused(http.StatusRequestEntityTooLarge, "tooMany", "1048576")
	})
}

func TestBulkWithoutGroups(t *testing.T) {
	onBoth(t, func(h *house) {
		h.set(func(s *entschema.ConnectionSettings) { s.Groups = false })
		r := h.bulk(create("/Users", "a", person("ada")), create("/Groups", "g", map[string]any{"displayName": "G"}), operation{"method": "DELETE", "path": "/Groups/1"})
		if got := r.statuses(); got != "201 501 501" {
			h.Errorf("statuses %s", got)
		}
	})
}
