package scim_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// sameName says of pairs of user names whether they are one name. The verdict is
// Rollcall's and not the database's: Unicode case folding over NFC.
var sameName = map[string]struct {
	a, b string
	same bool
}{
	"case":                            {"ada@example.test", "ADA@Example.TEST", true},
	"case beyond ASCII":               {"ÅSA@example.test", "åsa@example.test", true},
	"Greek case":                      {"ΣΟΦΙΑ", "σοφια", true},
	"Greek final sigma":               {"ΝΙΚΟΣ", "νικος", true},
	"Cyrillic case":                   {"ИВАН", "иван", true},
	"sharp s and ss":                  {"straße", "STRASSE", true},
	"capital sharp s":                 {"STRAẞE", "straße", true},
	"long s":                          {"ſam", "sam", true},
	"Kelvin sign":                     {"\u212aim", "kim", true},
	"Angstrom sign":                   {"\u212bsa", "åsa", true},
	"ligature":                        {"\ufb01nn", "finn", true},
	"NFC and NFD":                     {"jos\u00e9", "jose\u0301", true},
	"NFD in other case":               {"JOSE\u0301", "jos\u00e9", true},
	"two marks in another order":      {"q\u0323\u0307", "q\u0307\u0323", true},
	"Hangul":                          {"\uac00", "\u1100\u1161", true},
	"dotless i":                       {"ırmak", "irmak", false},
	"dotted capital I":                {"İnci", "inci", false},
	"dotted capital I, spelled out":   {"İnci", "i\u0307nci", true},
	"accent":                          {"josé", "jose", false},
	"full width":                      {"ａda", "ada", false},
	"Cyrillic look-alike":             {"\u0430da", "ada", false},
	"Greek look-alike":                {"ad\u03b1", "ada", false},
	"capital look-alike":              {"\u0410DA", "ada", false},
	"zero width space":                {"a\u200bda", "ada", false},
	"soft hyphen":                     {"a\u00adda", "ada", false},
	"superscript":                     {"ada²", "ada2", false},
	"space in front":                  {" ada", "ada", false},
	"wild cards of LIKE":              {"a_a", "ada", false},
	"percent":                         {"a%", "ada", false},
	"backslash":                       {`a\da`, "ada", false},
	"emoji":                           {"ada👩", "ada👩🏽", false},
	"quotation marks":                 {`a"da`, `A"DA`, true},
	"beyond the basic plane, by case": {"𐐀da", "𐐨DA", true},
}

func TestNames(t *testing.T) {
	onBoth(t, func(h *house) {
		for name, c := range sameName {
			id := h.do(http.MethodPost, "/Users", map[string]any{"userName": c.a}).want(http.StatusCreated).id()
			if r := h.do(http.MethodGet, "/Users/"+id, nil); r.body["userName"] != c.a {
				h.Errorf("%s: not as sent: %v", name, r.body["userName"])
			}
			hits := 0.0
			if c.same {
				hits = 1
			}
			quoted := jsonText(h.T, c.b)
			for _, operator := range []string{"eq", "sw", "ew", "co"} {
				if operator != "eq" && !c.same {
					continue // another name may well contain this one
				}
				if r := h.find("/Users", "userName "+operator+" "+quoted).want(http.StatusOK); r.body["totalResults"] != hits {
					h.Errorf("%s: userName %s %s finds %v, want %v", name, operator, quoted, r.body["totalResults"], hits)
				}
			}
			r := h.do(http.MethodPost, "/Users", map[string]any{"userName": c.b})
			if c.same != (r.status == http.StatusConflict && r.body["scimType"] == "uniqueness") {
				h.Errorf("%s: %q after %q answers %d, same: %t", name, c.b, c.a, r.status, c.same)
			}
			if !c.same {
				h.do(http.MethodDelete, "/Users/"+r.want(http.StatusCreated).id(), nil).want(http.StatusNoContent)
			}
			h.do(http.MethodPatch, "/Users/"+id, patch(op("replace", "userName", c.b))).want(http.StatusOK) // one's own name is free
			h.do(http.MethodDelete, "/Users/"+id, nil).want(http.StatusNoContent)
		}
	})
}

func TestGroupNamesFoldToo(t *testing.T) {
	onBoth(t, func(h *house) {
		for name, c := range sameName {
			id := h.createGroup(c.a)
			r := h.do(http.MethodPost, "/Groups", map[string]any{"displayName": c.b})
			if c.same != (r.status == http.StatusConflict) {
				h.Errorf("%s: %q after %q answers %d, same: %t", name, c.b, c.a, r.status, c.same)
			}
			if found := h.find("/Groups", "displayName eq "+jsonText(h.T, c.b)); found.body["totalResults"] != 1.0 {
				h.Errorf("%s: displayName eq %q finds %v", name, c.b, found.body["totalResults"])
			}
			if r.status == http.StatusCreated {
				h.do(http.MethodDelete, "/Groups/"+r.id(), nil).want(http.StatusNoContent)
			}
			h.do(http.MethodDelete, "/Groups/"+id, nil).want(http.StatusNoContent)
		}
	})
}

// Ids and external ids are exact where user names fold.
func TestIdsDoNotFold(t *testing.T) {
	onBoth(t, func(h *house) {
		id := h.do(http.MethodPost, "/Users", with(person("ada"), "externalId", "Ext-é")).want(http.StatusCreated).id()
		for filter, hits := range map[string]float64{
			`externalId eq "Ext-é"`: 1, `externalId eq "ext-é"`: 0, `externalId eq "EXT-É"`: 0, "externalId eq \"Ext-e\u0301\"": 0,
			`userName eq "ADA@EXAMPLE.TEST"`: 1, `id eq "` + id + `"`: 1, `id eq "` + strings.ToUpper(id) + `"`: 0,
		} {
			if r := h.find("/Users", filter).want(http.StatusOK); r.body["totalResults"] != hits {
				h.Errorf("%s finds %v, want %v", filter, r.body["totalResults"], hits)
			}
		}
		h.do(http.MethodGet, "/Users/"+strings.ToUpper(id), nil).want(http.StatusNotFound)
		h.do(http.MethodPost, "/Users", with(person("bob"), "externalId", "ext-é")).want(http.StatusCreated)
		h.do(http.MethodPost, "/Users", with(person("cyd"), "externalId", "Ext-é")).want(http.StatusCreated) // Entra's default needn't be unique
	})
}

func jsonText(t *testing.T, s string) string {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
