package scim

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// parseBoolean reads "True" and its like: Entra sends booleans as strings.
func parseBoolean(text string) (value, ok bool) {
	switch {
	case strings.EqualFold(text, "true"):
		return true, true
	case strings.EqualFold(text, "false"):
		return false, true
	}
	return false, false
}

// isNumber reports whether text is a JSON number that a float can hold.
func isNumber(text string) bool {
	if text == "" || len(text) > maxNumber || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return false
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return false
	}
	return json.Valid([]byte(text))
}

var timeLayouts = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateOnly}

// parseTime reads an xsd:dateTime, with or without a zone, or a date alone;
// without a zone it is UTC.
func parseTime(text string) (time.Time, bool) {
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// blank reports whether a value means absent: null, "", [] and {}
// (RFC 7643 §2.5).
func blank(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// kindOf names the JSON kind of a value in a sentence.
func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	}
	return "an object"
}

// spot is where in a document a value stands. It is spelled out only when a
// sentence needs it.
type spot struct {
	name  string
	index int // of an element, from 1; 0 for none
	sub   string
}

func (s spot) String() string {
	text := s.name
	if s.index > 0 {
		text += "[" + strconv.Itoa(s.index-1) + "]"
	}
	if s.sub != "" {
		text += "." + s.sub
	}
	return text
}

// coerce gives a simple value the type of the attribute. The text of a string
// is never touched, so that a client reads back what it sent.
func (a *attribute) coerce(at spot, value any) (any, error) {
	switch a.Type {
	case typeBoolean:
		switch v := value.(type) {
		case bool:
			return v, nil
		case string:
			if b, ok := parseBoolean(v); ok {
				return b, nil
			}
		}
		return nil, a.unfit(at, `true or false`, value)
	case typeInteger:
		if text, ok := textOf(value); ok {
			if _, err := strconv.ParseInt(text, 10, 64); err == nil && isNumber(text) {
				return json.Number(text), nil
			}
		}
		return nil, a.unfit(at, "an integer", value)
	case typeDecimal:
		if text, ok := textOf(value); ok && isNumber(text) {
			return json.Number(text), nil
		}
		return nil, a.unfit(at, "a number", value)
	case typeDateTime:
		if text, ok := value.(string); ok {
			if _, ok := parseTime(text); ok {
				return text, nil
			}
		}
		return nil, a.unfit(at, "a date and time such as 2026-01-31T08:00:00Z", value)
	}
	text, ok := textOf(value)
	if !ok {
		return nil, a.unfit(at, "a string", value)
	}
	return text, checkLength(at, text, a.limit)
}

func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	}
	return "", false
}

func (a *attribute) unfit(at spot, expected string, value any) error {
	got := kindOf(value)
	if text, ok := textOf(value); ok {
		got = strconv.Quote(shown(text))
	}
	return refuse("invalidValue", "%s must be %s, not %s", at, expected, got)
}

func checkLength(at spot, text string, limit int) error {
	if len(text) <= limit {
		return nil
	}
	if n := utf8.RuneCountInString(text); n > limit {
		return refuse("invalidValue", "%s has %d characters; at most %d are allowed", at, n, limit)
	}
	return nil
}
