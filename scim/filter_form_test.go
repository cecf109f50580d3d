package scim_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// names are the people or groups in a list, in its order.
func (r *reply) names() []string {
	r.Helper()
	r.want(http.StatusOK)
	names := []string{}
	list, ok := r.at("Resources").([]any)
	if !ok {
		r.Fatalf("no list in %s", r.text)
	}
	for _, e := range list {
		names = append(names, strings.TrimSuffix(nameOf(e.(map[string]any)), "@example.test"))
	}
	return names
}

func TestFiltersAsClientsWriteThem(t *testing.T) {
	onBoth(t, func(h *house) {
		h.populate()
		id := func(name string) string {
			return h.find("/Users", `userName eq "`+name+`@example.test"`).at("Resources", 0, "id").(string)
		}
		ada, bob := id("ada"), id("bob")
		wardens := h.find("/Groups", `displayName eq "fire WARDENS"`).at("Resources", 0, "id").(string)
		for _, test := range []struct{ filter, want string }{
			{`userName eq "ADA@EXAMPLE.TEST"`, "ada"},
			{`USERNAME EQ "ada@example.test"`, "ada"},
			{`username Eq "bob@example.test"`, "BOB"},
			{`userName eq ada@example.test`, "ada"},
			{`  userName   eq   "ada@example.test"  `, "ada"},
			{`urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ada@example.test"`, "ada"},
			{`URN:IETF:params:scim:schemas:core:2.0:user:USERNAME eq "ada@example.test"`, "ada"},
			{`userName eq "ÅSE@example.test"`, "åse"},
			{`userName eq "a\u030Ase@example.test"`, "åse"},
			{`userName eq "carl%25@example.test"`, "carl%"},
			{`title eq "STRASSE"`, "åse"},
			{`title eq "back\\slash"`, "BOB"},
			{`nickName eq "quo\"te"`, "BOB"},
			{`nickName co "\""`, "BOB"},
			{`externalId eq "9c4e6a10-1b2c-4d3e-8f90-a1b2c3d4e5f6"`, "ada"},
			{`externalId eq "case-id"`, ""},
			{`externalId eq "CASE-id"`, "carl%"},
			{`externalId sw "bob"`, "BOB hal"},
			{`id eq "` + strings.ToUpper(ada) + `"`, ""},
			{`id eq "nobody"`, ""},
			{`id sw "` + ada[:30] + `" and id ew "` + ada[30:] + `"`, "ada"},
			{`emails[type eq "work"].value eq "ADA@example.test"`, "ada"},
			{`emails[type eq "home"].value eq "ada@example.test"`, ""},
			{`emails[type eq "work" and primary eq true].value eq "ada@example.test"`, "ada"},
			{`emails[type eq "work" and primary eq "True"]`, "ada"},
			{`emails eq "ada@home.test"`, "ada"},
			{`emails.value eq "ada@home.test"`, "ada"},
			{`emails co "HOME"`, "ada"},
			{`emails[value eq "ada@home.test"].type eq "home"`, "ada"},
			{`emails.type eq "work" and emails.value eq "ada@home.test"`, "ada"},
			{`emails[type eq "work" and value eq "ada@home.test"]`, ""},
			{`emails[type eq "work"] and emails[type eq "home"]`, "ada"},
			{`emails[type eq null]`, "carl%"},
			{`emails[not (type pr)]`, "carl%"},
			{`phoneNumbers[type eq "mobile" or type eq "home"].value sw "+44 2"`, "fay"},
			{`phoneNumbers[type eq "work"].value eq "+44 20 1"`, "ada"},
			{`photos[type eq "PHOTO" and value eq "https://example.test/Ada.png"]`, "ada"},
			{`photos[value eq "https://example.test/ADA.png"]`, ""},
			{`roles[primary eq false].value eq "ADMIN"`, "hal"},
			{`addresses[type eq "work"].locality eq "oslo"`, "guy"},
			{`addresses eq null and roles pr`, "hal"},
			{`manager eq "ada@example.test"`, "BOB"},
			{`manager.value eq "boss-1"`, "ada"},
			{enterprise + `:manager eq "boss-1"`, "ada"},
			{`manager pr`, "ada BOB"},
			{`id eq "` + bob + `" and manager eq "ada@example.test"`, "BOB"},
			{`manager eq "ada@example.test" and id eq "` + bob + `"`, "BOB"},
			{`id eq "` + ada + `" and manager eq "ada@example.test"`, ""},
			{`employeeNumber eq "A-77"`, "BOB"},
			{enterprise + `:employeeNumber eq "0077"`, "ada"},
			{enterprise + `:employeeNumber eq "a-77"`, "BOB"},
			{enterprise + `:employeeNumber eq 0077`, "ada"},
			{`department eq "YARD"`, "ada"},
			{`name pr and title pr`, "ada BOB åse eva"},
			{`name eq null and title sw "a"`, "fay"},
			{`name.familyName eq "ñandú"`, "åse"},
			{`groups.value eq "` + wardens + `" and active eq true`, "ada BOB kim"},
			{`groups eq "` + wardens + `" and groups.display eq "ÜNÏON"`, "BOB"},
			{`groups[value eq "` + wardens + `" and display eq "ünïon"]`, ""},
			{`groups.type eq "direct" and active eq False`, "eva"},
			{`active eq "false"`, "eva"},
			{`active ne true`, "eva"},
			{`not (active eq true)`, "eva"},
			{`active eq FALSE`, "eva"},
			{`schemas eq "` + extra + `"`, "ada BOB jon"},
			{`schemas co "EXTRA"`, "ada BOB jon"},
			{`schemas eq "` + enterprise + `" and not (schemas eq "` + acme + `")`, "kim"},
			{extra + `:Shoe eq "RED"`, "ada BOB"},
			{extra + `:size gt 42`, "BOB"},
			{extra + `:Size eq 42`, "ada"},
			{extra + `:Size eq 42.0`, "ada"},
			{extra + `:Left eq true`, "ada"},
			{extra + `:Left eq false`, "BOB"},
			{extra + `:Tags eq "two"`, "ada"},
			{extra + `:Tags eq "ONE"`, "ada BOB"},
			{extra + `:Tags pr`, "ada BOB jon"},
			{extra + `:Box.Lid eq "oak"`, "ada jon"},
			{extra + `:box.depth ge 3`, "ada"},
			{extra + `:Shoe ne "red" and ` + extra + `:Tags pr`, "jon"},
			{extra + `:Shoe eq null and ` + extra + `:Tags pr`, "jon"},
			{extra + `:Shoe sw "r" and ` + extra + `:Shoe ew "D"`, "ada BOB"},
			{extra + `:Size co 4`, "ada BOB"},
			{extra + `:Left gt true`, ""},
			{extra + `:Shoe lt 5`, ""},
			{`urn:nobody:sent:User:it pr`, ""},
			{acme + `:division eq "NORTH"`, "ada BOB"},
			{`division eq "engines"`, "ada"},
			{acme + `:Division co "or"`, "ada BOB"},
			{acme + `:Since eq "2026-01-31T06:00:00Z"`, "ada BOB"},
			{acme + `:Since gt "2026-01-31T01:00:00-05:00"`, "carl%"},
			{acme + `:Since sw "2026-01-31T08"`, "ada"},
			{acme + `:Seats eq 9007199254740993`, "hal"},
			{acme + `:Seats lt 0`, "carl%"},
			{acme + `:Score le 2.5`, "ada carl%"},
			{acme + `:Score eq 10.0`, "BOB"},
			{acme + `:Link eq "https://example.test/a"`, "BOB"},
			{acme + `:Levels gt 9`, "ada"},
			{acme + `:Flags eq false`, "ada jon"},
			{acme + `:Sites eq "BERGEN"`, "ada BOB"},
			{acme + `:manager eq "SOMEBODY"`, "ada"},
			{`userName sw "a" or userName sw "b" and active eq false`, "ada"},
			{`(userName sw "a" or userName sw "b") and active eq false`, ""},
			{`not (userName sw "a") and title co "_"`, "drop eva"},
			{`not (not (userName eq "kim"))`, "kim"},
			{`not(userName co "@")`, "kim"},
			{`userName sw "a" and not (title pr or active eq false) or userName eq "kim"`, "kim"},
			{`title co "%"`, "ada"},
			{`title sw "100%"`, "ada"},
			{`title eq "a_b"`, "eva"},
			{`title co "a_"`, "eva"},
			{`title ew "\\slash"`, "BOB"},
			{`title co "名前"`, "guy"},
			{`displayName ew "😀"`, "guy"},
			{`title eq "'; DROP TABLE users; --"`, ""},
			{`displayName eq "'; DROP TABLE users; --"`, "drop"},
			{`nickName eq "x' OR '1'='1"`, "drop"},
			{`title eq "pg_sleep(9)"`, "drop"},
			{`meta.created gt "2001-01-01T00:00:00Z" and userName eq "kim"`, "kim"},
			{`meta.lastModified le "2001-01-01T00:00:00+12:00"`, ""},
			{`meta.created sw "20" and userName eq "kim"`, "kim"},
			{`meta.resourceType eq "Group"`, ""},
			{`meta.location ew "` + ada + `"`, "ada"},
			{`meta.location eq "https://elsewhere.test/Users/` + ada + `"`, ""},
			{`meta.version eq "W/\"1\"" and userName eq "kim"`, "kim"},
			{`meta.version gt "W/\"1\""`, ""},
			{`timezone gt "europe/london" and timezone pr`, "åse"},
			{`locale eq "EN-gb"`, "ada"},
		} {
			if got := strings.Join(h.find("/Users", test.filter).names(), " "); got != test.want {
				h.Errorf("%s finds %q, want %q", test.filter, got, test.want)
			}
		}
		for filter, want := range map[string]string{
			`members eq "` + ada + `"`:                             "Fire wardens",
			`members.value eq "` + bob + `"`:                       "Fire wardens Ünïon",
			`id eq "` + wardens + `" and members eq "` + ada + `"`: "Fire wardens",
			`members[value eq "` + bob + `" and type eq "User"]`:   "Fire wardens Ünïon",
			`members eq null`:                                      "Nobody's",
			`members.display eq "KIM"`:                             "Fire wardens",
			`members.display eq "EVA@example.test"`:                "Ünïon",
			`displayName eq "ÜNÏON"`:                               "Ünïon",
			`urn:scim:acme:Group:Floor gt 9`:                       "Ünïon",
			`urn:scim:acme:Group:Rooms eq "B"`:                     "Fire wardens",
			`urn:scim:acme:Other:Group:Colour eq "RED"`:            "Nobody's",
			`externalId eq "g-1"`:                                  "Ünïon",
		} {
			if got := strings.Join(h.find("/Groups", filter).names(), " "); got != want {
				h.Errorf("%s finds %q, want %q", filter, got, want)
			}
		}
	})
}

func TestUnlawfulFiltersAreRefusedWithTheirPosition(t *testing.T) {
	onBoth(t, func(h *house) {
		h.populate()
		for filter, words := range map[string]string{
			`userName`:                        "operator",
			`userName eq`:                     "value",
			`userName foo "x"`:                "operator",
			`userName eq "x`:                  "closing quote",
			`eq "x"`:                          "",
			`userName eq "x" and`:             "ends at position",
			`userName eq "x" userName eq "y"`: "and",
			`(userName eq "x"`:                `")"`,
			`userName eq "x")`:                "position 16",
			`not userName eq "x"`:             `"("`,
			`nothing eq "x"`:                  `no attribute "nothing"`,
			`name eq "x"`:                     "complex",
			`addresses eq "x"`:                "complex",
			`name.nothing eq "x"`:             "sub-attribute",
			`emails[type eq "work"`:           `"]"`,
			`emails[nothing eq "x"]`:          "sub-attribute",
			`emails[emails[type eq "x"]]`:     "",
			`userName[value eq "x"]`:          "no elements",
			`active gt true`:                  "boolean",
			`active co "t"`:                   "boolean",
			`active eq "maybe"`:               "boolean",
			`meta.created gt "yesterday"`:     "dateTime",
			`password eq "x"`:                 "password",
			`password pr`:                     "password",
			`userName gt null`:                "null",
			acme + `:Seats eq "three"`:        "integer",
			acme + `:Seats co 3`:              "integer",
			acme + `:Since gt "x"`:            "dateTime",
			acme + `:Certified ge true`:       "boolean",
			`userName eq "\q"`:                "JSON string",
			`userName eq "\u0000"`:            "JSON string",
			`userName eq "\ud800"`:            "JSON string",
			`members eq "x"`:                  `no attribute "members"`,
			enterprise + ` eq "x"`:            "schema",
			`x509Certificates.value gt "a"`:   "binary",
			strings.Repeat("(", 17) + `userName pr` + strings.Repeat(")", 17): "nested more than 16",
			strings.Repeat("(", 4000):                                       "nested",
			strings.Repeat("not (", 1000):                                   "nested",
			strings.TrimSuffix(strings.Repeat("title pr or ", 101), " or "): "more than 100 comparisons", `userName eq "` + strings.Repeat("x", 8<<10) + `"`: "at most 8192",
		} {
			h.find("/Users", filter).refused(http.StatusBadRequest, "invalidFilter", words)
			h.do(http.MethodPost, "/Users/.search", map[string]any{"filter": filter}).refused(http.StatusBadRequest, "invalidFilter", words)
		}
		for _, raw := range []string{"filter=userName+eq+%22%ff%22", "filter=userName+eq+%22%00%22", "filter=userName+eq+%22100%%22", "filter=%zz"} {
			h.do(http.MethodGet, "/Users?"+raw, nil).refused(http.StatusBadRequest, "invalidFilter", "")
		}
		if got := h.do(http.MethodGet, "/Users?filter=userName+eq+%22a;b%22", nil).names(); len(got) > 0 {
			h.Errorf("a semicolon in a filter makes it find %v", got)
		}
		most := strings.TrimSuffix(strings.Repeat("title pr or ", 100), " or ")
		h.find("/Users", most).want(http.StatusOK)
		h.find("/Users", strings.Repeat("(", 16)+`userName pr`+strings.Repeat(")", 16)).want(http.StatusOK)
	})
}

func TestValueThatIsEncodedTwiceIsFoundAndBecomesNoMoreThanAValue(t *testing.T) {
	onBoth(t, func(h *house) {
		h.create("ada")
		h.create("bob")
		for value, want := range map[string]int{
			"ada%40example.test": 1, "ada%2540example.test": 0, "50%": 0, "%": 0, "%zz": 0, "ada%00": 0, "%ff": 0,
			"x%22 or userName pr or userName eq %22y": 0, "x%22": 0, strings.Repeat("%25", 2000): 0,
		} {
			before := h.store.Statements()
			r := h.do(http.MethodGet, "/Users?filter="+url.QueryEscape(`userName eq "`+value+`"`), nil).want(http.StatusOK)
			if got := len(r.names()); got != want {
				h.Errorf("%.60s finds %d people, want %d", value, got, want)
			}
			if sent := h.store.Statements() - before; sent > 20 {
				h.Errorf("%.60s took %d statements", value, sent)
			}
		}
	})
}
