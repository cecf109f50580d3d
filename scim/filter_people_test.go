package scim_test

import (
	"context"
	"net/http"

	"github.com/rollcall/rollcall/internal/store"
)

const (
	acme  = "urn:scim:acme:User"
	extra = "urn:scim:acme:Extra:2.0:User" // nobody declares it
)

// declare makes custom attributes known, with * behind the kind where there can
// be several. It goes before the first request, with which settings are cached.
func (h *house) declare(resource string, attributes map[string]string) {
	h.Helper()
	h.write(h.inOrg(), func(ctx context.Context, tx *store.Tx) error {
		for path, kind := range attributes {
			multi := kind[len(kind)-1] == '*'
			if multi {
				kind = kind[:len(kind)-1]
			}
			if _, err := h.directory.DeclareAttribute(ctx, tx, h.conn, resource, path, kind, multi); err != nil {
				return err
			}
		}
		return nil
	})
}

// declareAll declares an attribute of every type, single and multi-valued.
func (h *house) declareAll() {
	h.Helper()
	h.declare("User", map[string]string{
		acme + ":Division": "string", acme + ":Certified": "boolean", acme + ":Seats": "integer", acme + ":Score": "decimal",
		acme + ":Since": "dateTime", acme + ":Link": "reference", acme + ":manager": "string",
		acme + ":Sites": "string*", acme + ":Levels": "integer*", acme + ":Ratios": "decimal*", acme + ":Flags": "boolean*",
		acme + ":Dates": "dateTime*", acme + ":Links": "reference*",
	})
	h.declare("Group", map[string]string{"urn:scim:acme:Group:Floor": "integer", "urn:scim:acme:Group:Rooms": "string*"})
}

// populate makes a dozen people and three groups with everything in them that
// filters have stumbled over.
func (h *house) populate() {
	h.Helper()
	h.declareAll()
	type doc = map[string]any
	var ids []any
	for _, p := range []doc{
		{"userName": "ada@example.test", "externalId": "9C4E6A10-1B2C-4D3E-8F90-A1B2C3D4E5F6", "displayName": "Ada Lovelace", "nickName": "Ada",
			"title": "100% sure", "userType": "Employee", "locale": "en-GB", "timezone": "Europe/London", "preferredLanguage": "en-GB",
			"profileUrl": "https://example.test/Ada", "name": doc{"givenName": "Ada", "familyName": "Lovelace", "formatted": "Ada Lovelace",
				"middleName": "King", "honorificPrefix": "Lady", "honorificSuffix": "I"},
			"emails":       []doc{{"value": "Ada@Example.test", "type": "work", "primary": true, "display": "Ada at work"}, {"value": "ada@home.test", "type": "home"}},
			"phoneNumbers": []doc{{"value": "+44 20 1", "type": "work"}, {"value": "+44 77 2", "type": "mobile", "primary": true}},
			"addresses":    []doc{{"type": "work", "locality": "London", "country": "GB", "formatted": "1 St James\nLondon", "streetAddress": "1 St James", "region": "England", "postalCode": "SW1", "primary": true}},
			"ims":          []doc{{"value": "ada", "type": "xmpp", "display": "Ada im", "primary": true}}, "roles": []doc{{"value": "Admin", "display": "Boss", "type": "app", "primary": true}, {"value": "reader"}},
			"photos":           []doc{{"value": "https://example.test/Ada.png", "type": "Photo", "display": "Portrait", "primary": true}},
			"entitlements":     []doc{{"value": "Gold", "type": "tier", "display": "Gold tier", "primary": true}},
			"x509Certificates": []doc{{"value": "TUlJQg==", "type": "x", "display": "key", "primary": true}},
			enterprise: doc{"employeeNumber": "0077", "department": "Yard", "division": "Engines", "organization": "Acme", "costCenter": "CC-1",
				"manager": doc{"value": "boss-1", "displayName": "The Boss", "$ref": "https://example.test/Users/Boss-1"}},
			acme: doc{"Division": "North", "Certified": true, "Seats": 3, "Score": 2.5, "Since": "2026-01-31T08:00:00+02:00", "Link": "https://example.test/A",
				"manager": "somebody", "Sites": []string{"Oslo", "Bergen"}, "Levels": []int{3, 10}, "Ratios": []float64{0.5, 10.25}, "Flags": []bool{true, false},
				"Dates": []string{"2026-01-31T08:00:00Z", "2025-06-01T00:00:00-07:00"}, "Links": []string{"https://example.test/X", "https://example.test/y"}},
			extra: doc{"Shoe": "Red", "Size": 42, "Left": true, "Tags": []string{"one", "Two"}, "Box": doc{"Depth": 3, "Lid": "Oak"}}},
		{"userName": "BOB@example.test", "externalId": "bob%", "displayName": "Bob_Under", "title": `back\slash`, "nickName": `quo"te`,
			"emails": []doc{{"value": "bob@example.test", "type": "Work"}}, "name": doc{"givenName": "Bob"},
			enterprise: doc{"employeeNumber": "A-77", "manager": doc{"value": "ADA@example.test"}},
			acme:       doc{"Division": "north", "Certified": false, "Seats": 10, "Score": 10, "Since": "2026-01-31T06:00:00Z", "Link": "https://example.test/a", "Sites": []string{"bergen"}},
			extra:      doc{"Shoe": "red", "Size": 42.5, "Left": false, "Tags": "one"}},
		{"userName": "carl%@example.test", "externalId": "CASE-id", "displayName": "100% Carl", "title": "100 sure", "emails": []doc{{"value": "carl@example.test"}},
			acme: doc{"Seats": -5, "Score": -0.25, "Since": "2026-01-31T06:00:00.000001Z", "Levels": []int{-1}}},
		{"userName": "åse@example.test", "externalId": "case-ID", "displayName": "ÅSE Ñandú", "title": "Straße", "name": doc{"familyName": "Ñandú"},
			"emails": []doc{{"value": "åse@example.test", "type": "other", "primary": false}}, "timezone": "Europe/Oslo"},
		{"userName": "drop@example.test", "displayName": "'; DROP TABLE users; --", "title": "pg_sleep(9)", "nickName": "x' OR '1'='1"},
		{"userName": "eva@example.test", "active": false, "name": doc{"honorificPrefix": "Dr"}, "title": "a_b"},
		{"userName": "fay@example.test", "title": "aXb", "phoneNumbers": []doc{{"value": "+44 20 1", "type": "home", "primary": true}}},
		{"userName": "guy@example.test", "title": "Ünï 名前 😀", "displayName": "名前 😀", "addresses": []doc{{"type": "work", "locality": "Oslo"}, {"type": "home", "locality": "London"}}},
		{"userName": "hal@example.test", "externalId": "bob_", "roles": []doc{{"value": "admin", "primary": false}}, acme: doc{"Seats": 9007199254740993}},
		{"userName": "ida@example.test", "externalId": "BOB%", "photos": []doc{{"value": "https://example.test/ada.png", "type": "photo"}}, "locale": "nb-NO"},
		{"userName": "jon@example.test", "title": "x", acme: doc{"Seats": 9007199254740992, "Flags": []bool{false}}, extra: doc{"Tags": []string{"three"}, "Box": doc{"Lid": "oak"}}},
		{"userName": "kim", "displayName": "kim", "userType": "employee", enterprise: doc{"costCenter": "cc-1"}},
	} {
		ids = append(ids, h.do(http.MethodPost, "/Users", p).want(http.StatusCreated).id())
	}
	member := func(is ...int) (list []doc) {
		for _, i := range is {
			list = append(list, doc{"value": ids[i]})
		}
		return list
	}
	for _, g := range []doc{
		{"displayName": "Fire wardens", "externalId": "G-1", "members": member(0, 1, 11), "urn:scim:acme:Group": doc{"Floor": 3, "Rooms": []string{"A", "b"}}},
		{"displayName": "Ünïon", "externalId": "g-1", "members": member(1, 5), "urn:scim:acme:Group": doc{"Floor": 10}},
		{"displayName": "Nobody's", "urn:scim:acme:Other:Group": doc{"Colour": "red"}},
	} {
		h.do(http.MethodPost, "/Groups", g).want(http.StatusCreated)
	}
	gone := h.create("gone")
	closed := h.do(http.MethodPost, "/Groups", doc{"displayName": "Closed", "members": append(member(0), doc{"value": gone})}).want(http.StatusCreated).id()
	h.do(http.MethodDelete, "/Groups/"+closed, nil).want(http.StatusNoContent)
	h.do(http.MethodDelete, "/Users/"+gone, nil).want(http.StatusNoContent)
}
