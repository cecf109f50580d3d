package directory

import (
	"strings"

	"github.com/rollcall/rollcall/internal/store"
)

// LooksLike says whether a text is to be taken for a name although it is written
// with other letters: Cyrillic or Greek ones in place of Latin ones. Such names are
// never matched, so this is for people's eyes alone.
func LooksLike(text, name string) bool {
	if text == "" || store.Fold(text) == store.Fold(name) {
		return false
	}
	return skeleton(text) == skeleton(name)
}

// skeleton is what the eye sees of a name.
func skeleton(name string) string { return store.Fold(lookalikes.Replace(name)) }

// lookalikes are the letters of modern Cyrillic and Greek with the Latin ones that
// they look like, by Unicode's table of confusables (UTS #39), each case for itself.
var lookalikes = func() *strings.Replacer {
	var pairs []string
	for _, alphabet := range []struct{ theirs, latin string }{
		{"АВЕЅІЈКМНОРСТУХԌԚԜҮѴ", "ABESIJKMHOPCTYXGQWYV"}, // Cyrillic
		{"аеѕіјорсухһԁԛԝӏүѵг", "aesijopcyxhdqwlyvr"},
		{"ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿ", "ABEZHIKMNOPTYXCJ"}, // Greek
		{"αγινορσυϲϳ", "ayivopoucj"},
	} {
		latin := []rune(alphabet.latin)
		for i, r := range []rune(alphabet.theirs) {
			pairs = append(pairs, string(r), string(latin[i]))
		}
	}
	return strings.NewReplacer(pairs...)
}()
