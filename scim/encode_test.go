package scim

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// standard is what encoding/json writes.
func standard(t testing.TB, v any) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// pieces are what texts are made of that could be written in more than one way.
var pieces = []string{
	"", "a", "Ünï", "\u2028", "\u2029", "\u2027", "\ufffd", "\xff", "\xe2\x80", "\xed\xa0\x80", "<b>&amp;</b>", `"`, `\`, "/", "\x00", "\x01", "\x1f",
	"\x7f", "\b", "\f", "\n", "\r", "\t", "😀", "\xf0\x9f\x98", " ", "urn:x:y",
}

func anyText(r *rand.Rand) string {
	text := ""
	for range r.IntN(5) {
		text += pieces[r.IntN(len(pieces))]
	}
	return text
}

func anyDocument(r *rand.Rand, depth int) any {
	kinds := 13
	if depth == 0 {
		kinds = 8
	}
	switch r.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return r.IntN(2) == 0
	case 2:
		return r.IntN(2000) - 1000
	case 3:
		return json.Number([]string{"0", "-1.50", "1e400", "12345678901234567890"}[r.IntN(4)])
	case 4, 5, 6, 7:
		return anyText(r)
	case 8:
		return [][]string{nil, {}, {anyText(r), anyText(r)}}[r.IntN(3)]
	case 9:
		list := []any{}
		for range r.IntN(4) {
			list = append(list, anyDocument(r, depth-1))
		}
		return list
	case 10:
		return [][]map[string]any{nil, {}, {{anyText(r): anyDocument(r, depth-1)}, nil}}[r.IntN(3)]
	case 11:
		return map[string]string{anyText(r): anyText(r)} // encoding/json's
	default:
		object := map[string]any{}
		for range r.IntN(6) {
			object[anyText(r)] = anyDocument(r, depth-1)
		}
		return object
	}
}

func TestEncodeIsEncodingJSON(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		v := anyDocument(random, 4)
		if d := cmp.Diff(standard(t, v), string(encode(v))); d != "" {
			t.Fatalf("%#v differs (-encoding/json +encode):\n%s", v, d)
		}
	}
	for _, v := range []any{
		&listBody{}, (*listBody)(nil), (map[string]any)(nil), ([]any)(nil),
		&listBody{Schemas: []string{listURN}, TotalResults: 7, ItemsPerPage: 1, StartIndex: 3, NextCursor: "c\"", Resources: []map[string]any{{"id": "1"}}},
		errorBody{Schemas: []string{errorURN}, Status: "400", ScimType: "invalidValue", Detail: "no <such> \u2028"},
	} {
		if d := cmp.Diff(standard(t, v), string(encode(v))); d != "" {
			t.Errorf("%#v differs (-encoding/json +encode):\n%s", v, d)
		}
	}
}

func TestEncodeAnswersWhatItCantWriteWithAnEmptyObject(t *testing.T) {
	t.Parallel()
	for _, v := range []any{json.Number("x"), map[string]any{"a": func() {}}} {
		if got := string(encode(v)); got != "{}" {
			t.Errorf("%v: %s", v, got)
		}
	}
	if got := string(encode(map[string]any{"a": "b"})); got != `{"a":"b"}` {
		t.Errorf("afterwards: %s", got)
	}
}

func BenchmarkEncode(b *testing.B) {
	email := map[string]any{"value": "ada@example.test", "type": "work", "primary": true}
	body := &listBody{Schemas: []string{listURN}, TotalResults: 1, StartIndex: 1, ItemsPerPage: 1, Resources: []map[string]any{{
		"schemas": []string{coreUser.URN, enterpriseURN}, "id": "0190a5e2-7f00-7000-8000-000000000000", "userName": "ada@example.test",
		"active": true, "displayName": "Ada", "emails": []any{email}, "name": map[string]any{"givenName": "Ada", "familyName": "Lovelace"},
		enterpriseURN: map[string]any{"department": "Yard", "employeeNumber": "77"},
	}}}
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			encode(body)
		}
	})
	b.Run("encoding_json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			standard(b, body)
		}
	})
}
