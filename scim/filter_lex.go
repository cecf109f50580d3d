package scim

import (
	"encoding/json"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// lexer reads words of a filter or path.
type lexer struct {
	text string
	at   int
}

// peek returns the next byte, or 0 at the end.
func (l *lexer) peek() byte {
	if l.at < len(l.text) {
		return l.text[l.at]
	}
	return 0
}

func (l *lexer) skipBlanks() {
	for l.at < len(l.text) && isBlank(l.text[l.at]) {
		l.at++
	}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// word consumes a keyword in any case, if it comes next and ends there.
func (l *lexer) word(keyword string) bool {
	start := l.at
	l.skipBlanks()
	end := l.at + len(keyword)
	if end <= len(l.text) && strings.EqualFold(l.text[l.at:end], keyword) &&
		(end == len(l.text) || isBlank(l.text[end]) || l.text[end] == '(') {
		l.at = end
		return true
	}
	l.at = start
	return false
}

// name reads an attribute name with its URN and sub-attribute.
func (l *lexer) name() string {
	start := l.at
	for l.at < len(l.text) && !endsName(l.text[l.at]) {
		l.at++
	}
	return l.text[start:l.at]
}

func endsName(c byte) bool {
	switch c {
	case '(', ')', '[', ']', '"':
		return true
	}
	return isBlank(c)
}

var operators = [...]string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr"}

// operator reads a comparison operator, or returns "".
func (l *lexer) operator() string {
	start := l.at
	for l.at < len(l.text) && isLetter(l.text[l.at]) {
		l.at++
	}
	word := l.text[start:l.at]
	for _, op := range operators {
		if strings.EqualFold(word, op) {
			return op
		}
	}
	return ""
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// literal is a value as written: in quotes, or bare.
type literal struct {
	text   string
	quoted bool
}

// literal reads a JSON string, or anything up to a blank or closing bracket:
// true, 3, and the unquoted strings of Microsoft's own examples.
func (l *lexer) literal() (literal, error) {
	if l.peek() == '"' {
		return l.quoted()
	}
	start := l.at
	for l.at < len(l.text) && !isBlank(l.text[l.at]) && l.text[l.at] != ')' && l.text[l.at] != ']' {
		l.at++
	}
	if l.at == start {
		return literal{}, l.expected("a value")
	}
	return literal{text: l.text[start:l.at]}, nil
}

func (l *lexer) quoted() (literal, error) {
	start := l.at
	escaped := false
	for i := start + 1; i < len(l.text); i++ {
		switch l.text[i] {
		case '\\':
			escaped = true
			i++
		case '"':
			l.at = i + 1
			if !escaped {
				return literal{text: l.text[start+1 : i], quoted: true}, nil
			}
			return l.unescape(start)
		}
	}
	return literal{}, refuse("invalidFilter", "The string that starts at position %d has no closing quote", start+1)
}

func (l *lexer) unescape(start int) (literal, error) {
	plain, err := jsontext.AppendUnquote(nil, l.text[start:l.at])
	if err != nil || strings.IndexByte(string(plain), 0) >= 0 {
		return literal{}, refuse("invalidFilter", "The string at position %d is not a valid JSON string", start+1)
	}
	return literal{text: string(plain), quoted: true}, nil
}

// expected refuses what stands at the current position.
func (l *lexer) expected(what string) error {
	if l.at >= len(l.text) {
		return refuse("invalidFilter", "The filter ends at position %d where %s was expected", l.at+1, what)
	}
	return refuse("invalidFilter", "%s was expected at position %d of the filter, not %q", what, l.at+1, shown(l.text[l.at:]))
}

func (v literal) isNull() bool { return !v.quoted && strings.EqualFold(v.text, "null") }

// fit gives the literal the type of the attribute that it is compared with.
func (v literal) fit(r ref, op string, at int) (any, error) {
	if v.isNull() {
		if op != "eq" && op != "ne" {
			return nil, refuse("invalidFilter", "null can only be compared with eq and ne, at position %d of the filter", at+1)
		}
		return nil, nil
	}
	a := r.target()
	if a == nil {
		return v.untyped(op), nil
	}
	if !allows(a.Type, op) {
		return nil, refuse("invalidFilter", "%s is of type %s, which %q can't compare, at position %d of the filter", r, a.Type, op, at+1)
	}
	switch a.Type {
	case typeBoolean:
		if value, ok := parseBoolean(v.text); ok {
			return value, nil
		}
	case typeInteger, typeDecimal:
		if isNumber(v.text) {
			return json.Number(v.text), nil
		}
	case typeDateTime:
		if _, ok := parseTime(v.text); ok || op == "co" || op == "sw" || op == "ew" {
			return v.text, nil
		}
	default:
		return v.text, nil
	}
	return nil, refuse("invalidFilter", "%s takes a value of type %s, not %q, at position %d of the filter", r, a.Type, shown(v.text), at+1)
}

// untyped reads a literal for an attribute that nobody declared: as the type
// that it looks like, if the operator can compare it.
func (v literal) untyped(op string) any {
	if v.quoted {
		return v.text
	}
	if value, ok := parseBoolean(v.text); ok && allows(typeBoolean, op) {
		return value
	}
	if isNumber(v.text) && allows(typeDecimal, op) {
		return json.Number(v.text)
	}
	return v.text
}

// allows reports whether an operator makes sense for a type (RFC 7644 §3.4.2.2).
func allows(kind, op string) bool {
	switch op {
	case "gt", "ge", "lt", "le":
		return kind != typeBoolean && kind != typeBinary
	case "co", "sw", "ew":
		return kind != typeBoolean && kind != typeInteger && kind != typeDecimal
	}
	return true
}
