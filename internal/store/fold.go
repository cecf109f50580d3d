package store

import (
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Fold returns the form of a text by which names are compared: Unicode case
// folding, then NFC. Both databases compare what it returns byte by byte, so
// that neither decides anything about case. Look-alikes of other scripts and
// full-width forms stay different.
func Fold(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return norm.NFC.String(cases.Fold().String(norm.NFC.String(s)))
		}
	}
	return strings.ToLower(s)
}

// foldedTime is how a point in time is written where texts are compared: fixed
// width, so that its order is the order of time.
const foldedTime = "2006-01-02T15:04:05.000000000Z"

// FoldValue is Fold for the values that filters compare: a text that is a
// dateTime (RFC 7643 §2.3.5) folds to its instant in UTC, so that different
// zones compare as time.
func FoldValue(s string) string {
	if len(s) >= 19 && len(s) <= 35 && s[4] == '-' && s[10] == 'T' {
		for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999"} {
			if t, err := time.Parse(layout, s); err == nil {
				return t.UTC().Format(foldedTime)
			}
		}
	}
	return Fold(s)
}

// foldDocument folds every key and text of a JSON value.
func foldDocument(v any) any {
	switch v := v.(type) {
	case string:
		return FoldValue(v)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = foldDocument(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[Fold(k)] = foldDocument(e)
		}
		return out
	}
	return v
}
