package scim

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"
)

// encode writes an answer as JSON, as encoding/json does without escaping for
// HTML, members in the order of their names. What documents hold is written
// without reflection.
func encode(v any) (text []byte) {
	encodeFor(v, func(lent []byte) { text = bytes.Clone(lent) })
	return text
}

// encodeFor lends what encode would return.
func encodeFor(v any, use func([]byte)) {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.out, e.names, e.err = e.out[:0], e.names[:0], nil
	e.value(v)
	if e.err != nil { // documents hold JSON values only
		e.out = append(e.out[:0], "{}"...)
	}
	use(e.out)
	if cap(e.out) > maxEncoder {
		e.out = nil
	}
}

// maxEncoder is the largest buffer that is kept for the next answer.
const maxEncoder = 64 << 10

var encoders = sync.Pool{New: func() any { return new(encoder) }}

type encoder struct {
	out   []byte
	names []string // of the objects that are being written, one after the other
	err   error
}

func (e *encoder) value(v any) {
	switch v := v.(type) {
	case nil:
		e.raw("null")
	case string:
		e.text(v)
	case bool:
		e.out = strconv.AppendBool(e.out, v)
	case int:
		e.out = strconv.AppendInt(e.out, int64(v), 10)
	case map[string]any:
		e.object(v)
	case json.RawMessage:
		e.out = append(e.out, v...)
	case []any:
		series(e, v, v == nil, e.value)
	case []string:
		series(e, v, v == nil, e.text)
	case []map[string]any:
		series(e, v, v == nil, e.object)
	case *listBody:
		e.listBody(v)
	default:
		e.other(v)
	}
}

func (e *encoder) raw(text string) { e.out = append(e.out, text...) }

func (e *encoder) object(object map[string]any) {
	if object == nil {
		e.raw("null")
		return
	}
	from := len(e.names)
	for name := range object {
		e.names = append(e.names, name)
	}
	slices.Sort(e.names[from:])
	e.raw("{")
	for i := from; i < from+len(object); i++ {
		if i > from {
			e.raw(",")
		}
		e.text(e.names[i])
		e.raw(":")
		e.value(object[e.names[i]])
	}
	e.raw("}")
	e.names = e.names[:from]
}

func series[T any](e *encoder, elements []T, none bool, write func(T)) {
	if none {
		e.raw("null")
		return
	}
	e.raw("[")
	for i, element := range elements {
		if i > 0 {
			e.raw(",")
		}
		write(element)
	}
	e.raw("]")
}

// listBody writes the members in the order of the type.
func (e *encoder) listBody(b *listBody) {
	if b == nil {
		e.raw("null")
		return
	}
	e.raw(`{"schemas":`)
	e.value(b.Schemas)
	e.raw(`,"totalResults":`)
	e.value(b.TotalResults)
	if b.StartIndex != 0 {
		e.raw(`,"startIndex":`)
		e.value(b.StartIndex)
	}
	e.raw(`,"itemsPerPage":`)
	e.value(b.ItemsPerPage)
	if b.NextCursor != "" {
		e.raw(`,"nextCursor":`)
		e.text(b.NextCursor)
	}
	e.raw(`,"Resources":`)
	e.value(b.Resources)
	e.raw("}")
}

// other leaves a value to encoding/json.
func (e *encoder) other(v any) {
	var b bytes.Buffer
	std := json.NewEncoder(&b)
	std.SetEscapeHTML(false)
	if err := std.Encode(v); err != nil {
		e.err = err
		return
	}
	e.out = append(e.out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

const hexDigits = "0123456789abcdef"

// text writes a string. U+2028 and U+2029 are escaped because JavaScript once
// took them for line ends; what is no UTF-8 becomes U+FFFD.
func (e *encoder) text(s string) {
	out := append(e.out, '"')
	from := 0 // of what is not written yet
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			switch {
			case r == utf8.RuneError && size == 1:
				out = append(append(out, s[from:i]...), `\ufffd`...)
				from = i + size
			case r == '\u2028' || r == '\u2029':
				out = append(append(append(out, s[from:i]...), `\u202`...), hexDigits[r&0xf])
				from = i + size
			}
			i += size
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		out = append(out, s[from:i]...)
		switch c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\b':
			out = append(out, `\b`...)
		case '\f':
			out = append(out, `\f`...)
		case '\n':
			out = append(out, `\n`...)
		case '\r':
			out = append(out, `\r`...)
		case '\t':
			out = append(out, `\t`...)
		default:
			out = append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
		i++
		from = i
	}
	e.out = append(append(out, s[from:]...), '"')
}
