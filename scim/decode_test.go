package scim

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecodeReadsEveryKindOfValue(t *testing.T) {
	t.Parallel()
	got, err := decode([]byte(` {"s":"zo\u00eb \ud83d\ude00","n":-1.50,"b":true,"f":false,"z":null,"l":[1,[]],"o":{"":{}}} `))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"s": "zoë 😀", "n": json.Number("-1.50"), "b": true, "f": false, "z": nil,
		"l": []any{json.Number("1"), []any{}}, "o": map[string]any{"": map[string]any{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got): %s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, detail string }{
		"nothing":              {"", "empty"},
		"blanks only":          {" \n", "empty"},
		"broken off":           {`{"schemas":["urn:ietf`, "ends too early, at byte"},
		"broken off in object": {`{"a":1`, "ends too early"},
		"no JSON":              {`userName=x`, "not valid JSON"},
		"trailing comma":       {`{"a":1,}`, "not valid JSON"},
		"list":                 {`[{}]`, "must be a JSON object, not a list"},
		"string":               {`"x"`, "must be a JSON object, not a string"},
		"two objects":          {`{} {}`, "goes on after its end, at byte 4"},
		"trailing text":        {`{}x`, "goes on after its end"},
		"duplicate name":       {`{"name":{"a":1,"b":2,"a":3}}`, `duplicate`},
		"duplicate by escape":  {`{"a":1,"\u0061":2}`, `duplicate`},
		"invalid UTF-8":        {"{\"a\":\"\xff\"}", "UTF-8"},
		"lone surrogate":       {`{"a":"\ud800"}`, "surrogate"},
		"swapped surrogates":   {`{"a":"\ude00\ud83d"}`, "surrogate"},
		"zero in a string":     {`{"a":["\u0000"]}`, `Text at "/a/0" holds U+0000`},
		"zero in a name":       {`{"a\u0000b":1}`, "U+0000"},
		"number too large":     {`{"a":1e400}`, `number at "/a" is outside the range`},
		"number too long":      {`{"a":` + strings.Repeat("9", 309) + `}`, "longer than 308"},
		"objects too deep":     {strings.Repeat(`{"a":`, 33) + "1" + strings.Repeat("}", 33), "more than 32 deep"},
		"lists too deep":       {`{"a":` + strings.Repeat("[", 100000), "more than 32 deep"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decode([]byte(test.body))
			wantRefusal(t, err, "invalidSyntax", test.detail)
		})
	}
}

func TestDecodeAllowsTheDeepestNesting(t *testing.T) {
	t.Parallel()
	if _, err := decode([]byte(strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32))); err != nil {
		t.Error(err)
	}
}

func TestDecodeToleratesNamesThatDifferInCase(t *testing.T) {
	t.Parallel()
	if _, err := decode([]byte(`{"a":1,"A":2}`)); err != nil {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, body := range []string{entraUser, `{"a":[1e5,null,{"b":"\ud83d\ude00"}]}`, `{"a":1,"a":2}`, `{"a":"\u0000"}`, `[`, "{\"\xff\":0}"} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		doc, err := decode(body)
		if err != nil {
			wantAnyRefusal(t, err)
			return
		}
		if _, err := json.Marshal(doc); err != nil {
			t.Errorf("can't be written again: %v", err)
		}
		user := userType(training())
		normal, _, err := user.normalize(doc)
		if err != nil {
			wantAnyRefusal(t, err)
			return
		}
		checkCanonical(t, user, normal)
		again, _, err := user.normalize(normal)
		if diff := cmp.Diff(normal, again); err != nil || diff != "" {
			t.Errorf("normalising is not stable (%v): %s", err, diff)
		}
	})
}

func BenchmarkDecodeUser(b *testing.B) {
	body := []byte(entraUser)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

// entraUser is a person as Entra creates one, with every default mapping.
var entraUser = fmt.Sprintf(`{"schemas":["%s","%s"],"externalId":"ada.l","userName":"ada@example.test","active":true,
"displayName":"Ada Lindqvist","emails":[{"primary":true,"type":"work","value":"ada@example.test"}],
"meta":{"resourceType":"User"},"name":{"formatted":"Ada Lindqvist","familyName":"Lindqvist","givenName":"Ada"},
"title":"Fitter","preferredLanguage":"sv-SE","department":null,"manager":null,"roles":[{"primary":"True","display":"Learner","value":"learner","type":"AppRole"}],
"addresses":[{"type":"work","formatted":"Hall 4, Quay Street 2","streetAddress":"Quay Street 2","locality":"Malmö","region":"Skåne","postalCode":"211 20","country":"Sweden"}],
"phoneNumbers":[{"type":"work","value":"+46 40 555 0100"},{"type":"mobile","value":"+46 70 555 0101"},{"type":"fax","value":"+46 40 555 0102"}],
"%s":{"department":"Yard","employeeNumber":"77","costCenter":"C-12","division":"North"},
"%s":{"site":"North","seats":"3","certified":"False"}}`, userURN, enterpriseURN, enterpriseURN, trainingURN)
