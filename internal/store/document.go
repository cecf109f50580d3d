package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// documentReader decodes what the store itself has written as JSON. Numbers stay
// in the digits in which they came. It is kept for its buffers and for the names
// of members, which are the same again and again.
type documentReader struct {
	in    jsontext.Decoder
	names map[string]string // by how they stand in JSON
}

// Names beyond these are not remembered: anybody can make them up.
const (
	maxNames = 256
	maxName  = 80
)

var documentReaders = sync.Pool{New: func() any { return &documentReader{names: map[string]string{}} }}

// decodeColumn decodes a column of JSON: nil, string, bool, json.Number,
// map[string]any or []any. Sealed, lists in the outermost object stay as they are
// written, as json.RawMessage.
func decodeColumn(column any, sealed bool) (any, error) {
	var text []byte
	switch v := column.(type) {
	case nil:
		return nil, nil
	case []byte:
		text = v
	case string:
		text = []byte(v)
	default:
		return nil, fmt.Errorf("%T is no JSON", column)
	}
	r := documentReaders.Get().(*documentReader)
	defer documentReaders.Put(r)
	// Looking for duplicates and for what is no UTF-8 is the doors' affair.
	r.in.Reset(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if sealed && r.in.PeekKind() == '{' {
		_, _ = r.in.ReadToken() // the brace
		return r.object(r.sealed)
	}
	return r.value()
}

// sealed reads a value, a list in its own letters.
func (r *documentReader) sealed() (any, error) {
	if r.in.PeekKind() != '[' {
		return r.value()
	}
	text, err := r.in.ReadValue()
	return json.RawMessage(bytes.Clone(text)), err
}

func (r *documentReader) value() (any, error) {
	token, err := r.in.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '"':
		return token.String(), nil
	case '0':
		return json.Number(token.String()), nil
	case 't':
		return true, nil
	case 'f':
		return false, nil
	case '{':
		return r.object(r.value)
	case '[':
		return r.array()
	}
	return nil, nil
}

func (r *documentReader) object(member func() (any, error)) (any, error) {
	out := make(map[string]any, 4)
	for r.in.PeekKind() != '}' {
		name, err := r.name()
		if err != nil {
			return nil, err
		}
		if out[name], err = member(); err != nil {
			return nil, err
		}
	}
	_, err := r.in.ReadToken()
	return out, err
}

func (r *documentReader) array() (any, error) {
	out := []any{}
	for r.in.PeekKind() != ']' {
		value, err := r.value()
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	_, err := r.in.ReadToken()
	return out, err
}

func (r *documentReader) name() (string, error) {
	quoted, err := r.in.ReadValue()
	if err != nil {
		return "", err
	}
	if known, ok := r.names[string(quoted)]; ok {
		return known, nil
	}
	text, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return "", err
	}
	if len(r.names) < maxNames && len(quoted) <= maxName {
		r.names[string(quoted)] = string(text)
	}
	return string(text), nil
}
