package main

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// visible replaces what a terminal would obey or a reader could not see by
// marks: control characters, line and paragraph separators, and the characters
// that turn the direction of writing. What clients send is shown through it.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ':
			return '␀' + r // the picture of the control character
		case r == 0x7f:
			return '␡'
		case r == '\u2028' || r == '\u2029':
			return '␤'
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// columns is how many columns of a terminal a text takes.
func columns(text string) int {
	n := 0
	for _, r := range text {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// fit cuts a text to a number of columns, with … where something is missing.
func fit(text string, max int) string {
	if columns(text) <= max {
		return text
	}
	n := 0
	for i, r := range text {
		if n += runeColumns(r); n > max-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// pad fills a text with blanks to a number of columns.
func pad(text string, to int) string {
	return text + strings.Repeat(" ", max(0, to-columns(text)))
}
