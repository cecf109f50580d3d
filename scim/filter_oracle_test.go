package scim_test

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// The oracle decides in memory, over resources as a client reads them, what a
// filter finds. It shares nothing with the code that it judges.

// described is an attribute as /Schemas describes it.
type described struct {
	Name, Type, Returned, Mutability string
	MultiValued, CaseExact           bool
	SubAttributes                    []described
}

// facet is something that a filter can name: an attribute or sub-attribute.
type facet struct {
	urn, name, sub   string
	kind             string
	multi, caseExact bool
}

func (f facet) String() string {
	text := f.name
	if f.urn != "" {
		text = f.urn + ":" + text
	}
	if f.sub != "" {
		text += "." + f.sub
	}
	return text
}

// condition is a filter that the oracle understands.
type condition interface {
	text() string
	holds(resource map[string]any) bool
}

// atom compares one facet.
type atom struct {
	facet facet
	op    string
	want  any // nil: null, or "pr"
}

func (a atom) text() string { return a.facet.String() + a.tail() }

// tail is what follows the name.
func (a atom) tail() string {
	if a.op == "pr" {
		return " pr"
	}
	literal, _ := json.Marshal(a.want)
	return " " + a.op + " " + string(literal)
}

func (a atom) holds(resource map[string]any) bool {
	if a.want == nil && a.op == "eq" {
		return !atom{a.facet, "pr", nil}.holds(resource)
	}
	if !a.facet.multi {
		return a.passes(pick(a.facet.within(resource)[a.facet.name], a.facet.sub))
	}
	list, _ := a.facet.within(resource)[a.facet.name].([]any)
	return slices.ContainsFunc(list, func(e any) bool { return a.passes(pick(e, a.facet.sub)) })
}

// within is the object that holds the attribute.
func (f facet) within(resource map[string]any) map[string]any {
	if f.urn == "" {
		return resource
	}
	object, _ := resource[f.urn].(map[string]any)
	return object
}

func pick(value any, sub string) any {
	if sub == "" {
		return value
	}
	object, _ := value.(map[string]any)
	return object[sub]
}

// passes compares one value, nil where there is none.
func (a atom) passes(have any) bool {
	switch {
	case a.op == "pr", a.op == "ne" && a.want == nil:
		return have != nil
	case have == nil && a.facet.multi && a.facet.sub == "primary":
		have = false // RFC 7643 §2.4
	case have == nil:
		return a.op == "ne"
	}
	if text, ok := have.(string); ok {
		return a.passesText(text, a.want.(string))
	}
	order := 0
	switch have := have.(type) {
	case bool:
		if have != a.want.(bool) {
			order = 1
		}
	case json.Number:
		order = compareDecimals(have, a.want.(json.Number))
	}
	return inOrder(a.op, order)
}

func (a atom) passesText(have, want string) bool {
	if a.facet.kind == "dateTime" && a.op != "co" && a.op != "sw" && a.op != "ew" {
		return inOrder(a.op, instant(have).Compare(instant(want)))
	}
	if a.facet.name == "externalId" && a.op == "eq" && len(want) == 36 {
		return strings.EqualFold(have, want) // object ids come in either case
	}
	if !a.facet.caseExact && a.facet.kind != "dateTime" {
		have, want = foldedText(have), foldedText(want)
	}
	switch a.op {
	case "co":
		return strings.Contains(have, want)
	case "sw":
		return strings.HasPrefix(have, want)
	case "ew":
		return strings.HasSuffix(have, want)
	}
	return inOrder(a.op, strings.Compare(have, want))
}

func inOrder(op string, order int) bool {
	switch op {
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "gt":
		return order > 0
	case "ge":
		return order >= 0
	case "lt":
		return order < 0
	}
	return order <= 0
}

func foldedText(s string) string { return norm.NFC.String(cases.Fold().String(norm.NFC.String(s))) }

func instant(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return at
}

// compareDecimals compares numbers of the population exactly.
func compareDecimals(a, b json.Number) int {
	left, err := a.Int64()
	right, err2 := b.Int64()
	if err == nil && err2 == nil {
		return int(max(-1, min(1, left-right)))
	}
	x, _ := a.Float64()
	y, _ := b.Float64()
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// Conditions made of others.
type (
	negation struct{ of condition }
	junction struct {
		word  string
		terms []condition
	}
	// selection holds when one element passes all of, or none of, its atoms.
	selection struct {
		atoms []atom
		none  bool
	}
)

func (n negation) text() string                { return "not (" + n.of.text() + ")" }
func (n negation) holds(r map[string]any) bool { return !n.of.holds(r) }

func (j junction) text() string {
	var parts []string
	for _, t := range j.terms {
		if inner, ok := t.(junction); ok && inner.word == "or" {
			parts = append(parts, "("+t.text()+")")
		} else {
			parts = append(parts, t.text())
		}
	}
	return strings.Join(parts, " "+j.word+" ")
}

func (j junction) holds(r map[string]any) bool {
	fails := func(c condition) bool { return c.holds(r) == (j.word == "or") }
	return slices.ContainsFunc(j.terms, fails) == (j.word == "or")
}

func (s selection) text() string {
	var parts []string
	for _, a := range s.atoms {
		parts = append(parts, a.facet.sub+a.tail())
	}
	inner := strings.Join(parts, " and ")
	if s.none {
		inner = "not (" + strings.Join(parts, " or ") + ")"
	}
	whole := s.atoms[0].facet
	whole.sub = ""
	return whole.String() + "[" + inner + "]"
}

func (s selection) holds(r map[string]any) bool {
	f := s.atoms[0].facet
	list, _ := f.within(r)[f.name].([]any)
	return slices.ContainsFunc(list, func(e any) bool {
		return !slices.ContainsFunc(s.atoms, func(a atom) bool {
			value := pick(e, a.facet.sub)
			if a.op == "eq" && a.want == nil {
				return (value == nil) == s.none
			}
			return a.passes(value) == s.none
		})
	})
}
