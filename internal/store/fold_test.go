package store_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/rollcall/rollcall/internal/store"
)

func TestFoldMakesEqualWhatPeopleHoldEqual(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b  string
		equal bool
	}{
		{"ADA@Acme.test", "ada@acme.test", true},
		{"Straße", "STRASSE", true},
		{"ſ", "S", true},
		{"K", "k", true}, // the Kelvin sign
		{"Äda", "A\u0308DA", true},
		{"ΣΑΣ", "σας", true},
		{"ﬁ", "FI", true},
		{"ı", "i", false},      // dotless
		{"а", "a", false},      // Cyrillic
		{"Ａｄａ", "ada", false},  // full width
		{"ada ", "ada", false}, // a blank counts
		{"ada\x00", "ada", false},
	} {
		if got := store.Fold(c.a) == store.Fold(c.b); got != c.equal {
			t.Errorf("%q and %q: equal is %v, want %v", c.a, c.b, got, c.equal)
		}
	}
}

func TestFoldValueComparesTimesAsInstants(t *testing.T) {
	t.Parallel()
	const same = "2026-03-01T10:00:00.000000000Z"
	for text, want := range map[string]string{
		"2026-03-01T10:00:00Z": same, "2026-03-01T12:00:00+02:00": same, "2026-03-01T10:00:00": same, "2026-03-01T10:00:00.0Z": same,
		"2026-03-01T02:59:59.5-07:00": "2026-03-01T09:59:59.500000000Z",
		"2026-13-01T10:00:00Z":        "2026-13-01t10:00:00z", // no time
		"2026-03-01":                  "2026-03-01",
	} {
		if got := store.FoldValue(text); got != want {
			t.Errorf("%s folds to %s, want %s", text, got, want)
		}
	}
}

// FuzzFold looks for texts whose fold depends on how their accents are written.
func FuzzFold(f *testing.F) {
	for _, s := range []string{"ADA", "Straße", "A\u0308", "ΐ", "\u0345\u0301", "ǰ", "İ", "\xff", "ﬁ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, d := store.Fold(norm.NFC.String(s)), store.Fold(norm.NFD.String(s)); c != d {
			t.Errorf("%+q folds to %+q composed and %+q taken apart", s, c, d)
		}
	})
}
