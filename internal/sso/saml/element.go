package saml

import (
	"slices"
	"strconv"
	"strings"
)

// element is an XML element with its names resolved. Namespace declarations are
// gone, and so are prefixes: nothing below looks at either.
type element struct {
	space, local string
	attrs        []attribute
	parent       *element
	content      []any // string or *element
}

type attribute struct{ space, local, value string }

// attr is the value of an attribute without a namespace, "" without one.
func (e *element) attr(name string) string {
	for _, a := range e.attrs {
		if a.space == "" && a.local == name {
			return a.value
		}
	}
	return ""
}

func (e *element) is(space, local string) bool {
	return e != nil && e.space == space && e.local == local
}

// children are the child elements in order.
func (e *element) children() (list []*element) {
	for _, c := range e.content {
		if child, ok := c.(*element); ok {
			list = append(list, child)
		}
	}
	return list
}

// all are the children of one name.
func (e *element) all(space, local string) (list []*element) {
	for _, c := range e.children() {
		if c.is(space, local) {
			list = append(list, c)
		}
	}
	return list
}

// one is the only child of a name; nil when there is none, or more than one.
func (e *element) one(space, local string) *element {
	if list := e.all(space, local); len(list) == 1 {
		return list[0]
	}
	return nil
}

// text is everything that stands in an element without child elements; false with
// children: then there is no text that all readers agree on.
func (e *element) text() (string, bool) {
	var b strings.Builder
	for _, c := range e.content {
		s, ok := c.(string)
		if !ok {
			return "", false
		}
		b.WriteString(s)
	}
	return b.String(), true
}

// walk visits an element and everything below it.
func (e *element) walk(visit func(*element)) {
	visit(e)
	for _, c := range e.children() {
		c.walk(visit)
	}
}

// print writes what an element says, without one child: two elements that print
// alike say the same, whatever their prefixes.
func (e *element) print(b *strings.Builder, without *element) {
	b.WriteString("<" + strconv.Quote(e.space) + e.local)
	attrs := make([]string, 0, len(e.attrs))
	for _, a := range e.attrs {
		attrs = append(attrs, " "+strconv.Quote(a.space)+a.local+"="+strconv.Quote(a.value))
	}
	slices.Sort(attrs)
	b.WriteString(strings.Join(attrs, "") + ">")
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			b.WriteString(strconv.Quote(text.String()))
			text.Reset()
		}
	}
	for _, c := range e.content {
		switch c := c.(type) {
		case string:
			text.WriteString(c)
		case *element:
			if c != without {
				flush()
				c.print(b, without)
			}
		}
	}
	flush()
	b.WriteString("</>")
}
