package scim

import (
	"cmp"
	"encoding/json"
	"strings"
)

// matches reports whether one element of a multi-valued attribute passes the
// filter of a value path.
func matches(e expr, element any) bool {
	switch e := e.(type) {
	case andExpr:
		for _, term := range e.terms {
			if !matches(term, element) {
				return false
			}
		}
		return true
	case orExpr:
		for _, term := range e.terms {
			if matches(term, element) {
				return true
			}
		}
		return false
	case notExpr:
		return !matches(e.term, element)
	case compareExpr:
		return e.holds(pick(element, e.ref))
	}
	return false
}

// pick returns what a filter compares: a sub-attribute, or the element itself
// where elements are plain. An unmarked element is not primary (RFC 7643 §2.4).
func pick(element any, r ref) any {
	object, ok := element.(map[string]any)
	if !ok {
		return element
	}
	value := object[r.subName]
	if value == nil && r.subName == "primary" {
		return false
	}
	return value
}

func (c compareExpr) holds(have any) bool {
	switch c.op {
	case "pr":
		return !blank(have)
	case "eq":
		return c.equal(have)
	case "ne":
		return !c.equal(have)
	}
	text, isText := have.(string)
	want, wantText := c.value.(string)
	if isText && wantText {
		return c.compareText(text, want)
	}
	number, isNumber := have.(json.Number)
	limit, wantNumber := c.value.(json.Number)
	return isNumber && wantNumber && ordered(c.op, compareNumbers(number, limit))
}

func (c compareExpr) equal(have any) bool {
	switch want := c.value.(type) {
	case string:
		text, ok := have.(string)
		if !ok {
			return false
		}
		if a := c.ref.target(); a != nil && a.Type == typeDateTime {
			return c.compareText(text, want)
		}
		return text == want || !c.exact() && strings.EqualFold(text, want)
	case json.Number:
		number, ok := have.(json.Number)
		return ok && compareNumbers(number, want) == 0
	}
	return have == c.value
}

func (c compareExpr) exact() bool {
	a := c.ref.target()
	return a != nil && a.CaseExact
}

func (c compareExpr) compareText(have, want string) bool {
	if a := c.ref.target(); a != nil && a.Type == typeDateTime {
		left, ok := parseTime(have)
		right, valid := parseTime(want)
		if ok && valid {
			return ordered(c.op, left.Compare(right))
		}
	}
	if !c.exact() {
		have, want = strings.ToLower(have), strings.ToLower(want)
	}
	switch c.op {
	case "co":
		return strings.Contains(have, want)
	case "sw":
		return strings.HasPrefix(have, want)
	case "ew":
		return strings.HasSuffix(have, want)
	}
	return ordered(c.op, cmp.Compare(have, want))
}

func ordered(op string, order int) bool {
	switch op {
	case "eq":
		return order == 0
	case "gt":
		return order > 0
	case "ge":
		return order >= 0
	case "lt":
		return order < 0
	case "le":
		return order <= 0
	}
	return false
}

func compareNumbers(a, b json.Number) int {
	if a == b {
		return 0
	}
	left, _ := a.Float64()
	right, _ := b.Float64()
	return cmp.Compare(left, right)
}

// equalities returns what an element must hold to pass a filter made only of
// and-ed "eq", by sub-attribute. It is not ok for any other filter.
func equalities(e expr) (literals map[string]any, ok bool) {
	literals = map[string]any{}
	terms := []expr{e}
	for len(terms) > 0 {
		term := terms[0]
		terms = terms[1:]
		if and, nested := term.(andExpr); nested {
			terms = append(terms, and.terms...)
			continue
		}
		c, simple := term.(compareExpr)
		if !simple || c.op != "eq" || c.value == nil || c.ref.subName == "" {
			return nil, false
		}
		if held, twice := literals[c.ref.subName]; twice && held != c.value {
			return nil, false
		}
		literals[c.ref.subName] = c.value
	}
	return literals, true
}
