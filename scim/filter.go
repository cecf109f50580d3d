package scim

import (
	"strings"
	"unicode/utf8"
)

const (
	maxFilter        = 8 << 10 // bytes
	maxFilterNesting = 16
	maxFilterTerms   = 100
)

// expr is a parsed filter (RFC 7644 §3.4.2.2): an andExpr, orExpr, notExpr,
// compareExpr, valueExpr or absentExpr.
type expr interface{ isExpr() }

type (
	andExpr struct{ terms []expr }
	orExpr  struct{ terms []expr }
	notExpr struct{ term expr }

	// compareExpr compares one attribute. Where the attribute is complex, ref
	// names a sub-attribute; only "pr" may ask for the whole of it.
	compareExpr struct {
		ref   ref
		op    string // eq ne co sw ew gt ge lt le pr
		value any    // string, bool, json.Number, nil
	}

	// valueExpr holds when one element of a multi-valued attribute passes the
	// filter, whose refs all name sub-attributes of it (the attribute itself
	// where its elements are plain values).
	valueExpr struct {
		ref    ref
		filter expr
	}

	// absentExpr stands for a comparison with what the type can't have.
	absentExpr struct{}
)

func (andExpr) isExpr()     {}
func (orExpr) isExpr()      {}
func (notExpr) isExpr()     {}
func (compareExpr) isExpr() {}
func (valueExpr) isExpr()   {}
func (absentExpr) isExpr()  {}

// parseFilter reads a filter, already percent-decoded. A query on several types
// names the others too: what only they have is absent here.
func (t *resourceType) parseFilter(text string, others ...*resourceType) (expr, error) {
	if err := checkFilter(text); err != nil {
		return nil, err
	}
	p := parser{lexer: lexer{text: text}, t: t, others: others}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if p.skipBlanks(); p.at < len(p.text) {
		return nil, p.expected(`"and", "or" or the end`)
	}
	return e, nil
}

func checkFilter(text string) error {
	if len(text) > maxFilter {
		return refuse("invalidFilter", "The filter has %d bytes; at most %d are allowed", len(text), maxFilter)
	}
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		return refuse("invalidFilter", "The filter is not valid UTF-8 text")
	}
	return nil
}

// parser descends through the grammar. Inside brackets, within is the
// multi-valued attribute that names belong to.
type parser struct {
	lexer
	t      *resourceType
	others []*resourceType
	within *ref
	depth  int
	terms  int
}

func (p *parser) or() (expr, error) {
	first, err := p.and()
	if err != nil || !p.word("or") {
		return first, err
	}
	terms := []expr{first}
	for {
		next, err := p.and()
		if err != nil {
			return nil, err
		}
		terms = append(terms, next)
		if !p.word("or") {
			return orExpr{terms}, nil
		}
	}
}

func (p *parser) and() (expr, error) {
	first, err := p.unary()
	if err != nil || !p.word("and") {
		return first, err
	}
	terms := []expr{first}
	for {
		next, err := p.unary()
		if err != nil {
			return nil, err
		}
		terms = append(terms, next)
		if !p.word("and") {
			return andExpr{terms}, nil
		}
	}
}

func (p *parser) unary() (expr, error) {
	if p.skipBlanks(); p.peek() == '(' {
		return p.group()
	}
	start := p.at
	if p.word("not") {
		if p.skipBlanks(); p.peek() != '(' {
			return nil, p.expected(`"(" after "not"`)
		}
		term, err := p.group()
		if err != nil {
			return nil, err
		}
		return notExpr{term}, nil
	}
	p.at = start
	return p.attribute()
}

func (p *parser) group() (expr, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	p.at++
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	if err := p.leave(')'); err != nil {
		return nil, err
	}
	return e, nil
}

func (p *parser) enter() error {
	if p.depth++; p.depth > maxFilterNesting {
		return refuse("invalidFilter", "The filter is nested more than %d deep at position %d", maxFilterNesting, p.at+1)
	}
	return nil
}

func (p *parser) leave(closing byte) error {
	if p.skipBlanks(); p.peek() != closing {
		return p.expected(`"and", "or" or "` + string(closing) + `"`)
	}
	p.at++
	p.depth--
	return nil
}

// attribute reads a comparison, or a value filter in brackets.
func (p *parser) attribute() (expr, error) {
	start := p.at
	name := p.name()
	if name == "" {
		return nil, p.expected("an attribute name")
	}
	r, err := p.resolve(name, start)
	if err != nil {
		return p.elsewhere(name, start, err)
	}
	if p.peek() != '[' {
		return p.compare(r, start)
	}
	filter, err := p.brackets(r, start)
	if err != nil || p.peek() != '.' {
		return valueExpr{r, filter}, err
	}
	return p.afterBrackets(r, filter)
}

// elsewhere reads a comparison on an attribute that this type doesn't have and
// another does: it is false (RFC 7644 §3.4.2.1).
func (p *parser) elsewhere(name string, start int, unknown error) (expr, error) {
	if p.within != nil {
		return nil, unknown
	}
	for _, t := range p.others {
		there := parser{lexer: lexer{text: p.text, at: start}, t: t, depth: p.depth, terms: p.terms}
		if _, err := there.resolve(name, start); err != nil {
			continue
		}
		_, err := there.attribute()
		p.at, p.terms = there.at, there.terms
		return absentExpr{}, err
	}
	return nil, unknown
}

// resolve finds a name in the resource, or among the sub-attributes of the
// attribute whose brackets are open.
func (p *parser) resolve(name string, start int) (ref, error) {
	if p.within == nil {
		r, err := p.t.resolve(name)
		if err != nil {
			return ref{}, refuse("invalidFilter", "%s, at position %d of the filter", err, start+1)
		}
		if r.whole {
			return ref{}, refuse("invalidFilter", "%q names a schema; an attribute was expected, at position %d of the filter", shown(name), start+1)
		}
		if r.attr != nil && r.attr.Returned == "never" {
			return ref{}, refuse("invalidFilter", "%s can't be filtered by, at position %d of the filter", r, start+1)
		}
		return r, nil
	}
	r := *p.within
	if r.attr.Type != typeComplex && strings.EqualFold(name, "value") {
		return r, nil
	}
	if r.sub = r.attr.find(name); r.sub == nil {
		return ref{}, refuse("invalidFilter", "%s has no sub-attribute %q, at position %d of the filter", r.name, shown(name), start+1)
	}
	r.subName = r.sub.Name
	return r, nil
}

// brackets reads "[…]" behind a multi-valued attribute.
func (p *parser) brackets(r ref, start int) (expr, error) {
	if p.within != nil {
		return nil, refuse("invalidFilter", "Brackets inside brackets at position %d of the filter", p.at+1)
	}
	if r.attr == nil || !r.attr.Multi || r.subName != "" {
		return nil, refuse("invalidFilter", "%s has no elements to select with brackets, at position %d of the filter", r, start+1)
	}
	if err := p.enter(); err != nil {
		return nil, err
	}
	p.at++
	p.within = &r
	filter, err := p.or()
	if err != nil {
		return nil, err
	}
	p.within = nil
	if err := p.leave(']'); err != nil {
		return nil, err
	}
	return filter, nil
}

// afterBrackets reads the form outside the grammar with which Entra matches
// people: emails[type eq "work"].value eq "x" asks for one element that passes
// both.
func (p *parser) afterBrackets(r ref, filter expr) (expr, error) {
	p.at++
	start := p.at
	p.within = &r
	sub, err := p.resolve(p.name(), start)
	if err != nil {
		return nil, err
	}
	last, err := p.compare(sub, start)
	if err != nil {
		return nil, err
	}
	p.within = nil
	if and, ok := filter.(andExpr); ok {
		return valueExpr{r, andExpr{append(and.terms, last)}}, nil
	}
	return valueExpr{r, andExpr{[]expr{filter, last}}}, nil
}

func (p *parser) compare(r ref, start int) (expr, error) {
	if p.terms++; p.terms > maxFilterTerms {
		return nil, refuse("invalidFilter", "The filter has more than %d comparisons", maxFilterTerms)
	}
	p.skipBlanks()
	at := p.at
	op := p.operator()
	if op == "" {
		p.at = at
		return nil, p.expected("an operator (eq ne co sw ew gt ge lt le pr)")
	}
	if op == "pr" {
		return compareExpr{ref: r, op: op}, nil
	}
	p.skipBlanks()
	at = p.at
	value, err := p.literal()
	if err != nil {
		return nil, err
	}
	if r.attr != nil && r.attr.Type == typeComplex && r.sub == nil {
		r.sub = r.attr.find("value")
		switch {
		case r.sub != nil:
			r.subName = r.sub.Name
		case value.isNull():
		default:
			return nil, refuse("invalidFilter", "%s is complex; compare one of its sub-attributes, at position %d of the filter", r, start+1)
		}
	}
	c := compareExpr{ref: r, op: op}
	if c.value, err = value.fit(r, op, at); err != nil {
		return nil, err
	}
	return c, nil
}
