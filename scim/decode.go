package scim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxNesting = 32
	maxNumber  = 308 // characters
)

// decoders are kept for their buffers.
var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

// usualKeys are member names as they stand in JSON, in quotes.
var usualKeys = quotedNames(coreUser, enterpriseUser, coreGroup)

func quotedNames(schemas ...*schema) map[string]string {
	quoted := map[string]string{}
	for _, word := range []string{"Operations", "op", "path"} {
		quoted[strconv.Quote(word)] = word
	}
	var add func(names)
	add = func(index names) {
		for _, a := range index {
			quoted[strconv.Quote(a.Name)] = a.Name
			add(a.index)
		}
	}
	for _, s := range schemas {
		quoted[strconv.Quote(s.URN)] = s.URN
		add(s.index)
	}
	return quoted
}

// decode reads the JSON object of a request. Values are string, bool,
// json.Number, nil, map[string]any and []any. What two JSON readers could take
// in two ways (duplicate names, lone surrogates) or a database can't keep
// (U+0000) is refused here, so that everything behind can trust its input.
func decode(body []byte) (map[string]any, error) {
	in := decoders.Get().(*jsontext.Decoder)
	defer decoders.Put(in)
	in.Reset(bytes.NewBuffer(body))
	r := reader{in: in}
	value, err := r.value(0)
	if err != nil {
		return nil, r.explain(err)
	}
	if _, err := in.ReadToken(); err != io.EOF {
		return nil, refuse("invalidSyntax", "The body goes on after its end, at byte %d; send one JSON object", in.InputOffset())
	}
	doc, ok := value.(map[string]any)
	if !ok {
		return nil, refuse("invalidSyntax", "The body must be a JSON object, not %s", kindOf(value))
	}
	return doc, nil
}

type reader struct{ in *jsontext.Decoder }

func (r reader) value(depth int) (any, error) {
	token, err := r.in.ReadToken()
	if err != nil {
		return nil, err
	}
	switch token.Kind() {
	case '"':
		return r.storable(token.String())
	case '0':
		return r.number(token.String())
	case '{':
		return r.object(depth + 1)
	case '[':
		return r.array(depth + 1)
	case 't':
		return true, nil
	case 'f':
		return false, nil
	default:
		return nil, nil
	}
}

func (r reader) object(depth int) (any, error) {
	if depth > maxNesting {
		return nil, r.tooDeep()
	}
	out := make(map[string]any, 8)
	for {
		if r.in.PeekKind() == '}' {
			_, err := r.in.ReadToken()
			return out, err
		}
		key, err := r.key()
		if err != nil {
			return nil, err
		}
		if out[key], err = r.value(depth); err != nil {
			return nil, err
		}
	}
}

// key reads the name of a member. The names that everybody sends are not
// allocated anew.
func (r reader) key() (string, error) {
	quoted, err := r.in.ReadValue()
	if err != nil {
		return "", err
	}
	if known, ok := usualKeys[string(quoted)]; ok {
		return known, nil
	}
	name, err := jsontext.AppendUnquote(nil, quoted)
	if err != nil {
		return "", err
	}
	return r.storable(string(name))
}

func (r reader) array(depth int) (any, error) {
	if depth > maxNesting {
		return nil, r.tooDeep()
	}
	out := []any{}
	for r.in.PeekKind() != ']' {
		value, err := r.value(depth)
		if err != nil {
			return nil, err
		}
		out = append(out, value)
	}
	_, err := r.in.ReadToken()
	return out, err
}

// storable refuses the one character that PostgreSQL can't keep.
func (r reader) storable(text string) (string, error) {
	if strings.IndexByte(text, 0) >= 0 {
		return "", refuse("invalidSyntax", "Text at %s holds U+0000, which can't be stored", r.place())
	}
	return text, nil
}

func (r reader) number(text string) (any, error) {
	if len(text) > maxNumber {
		return nil, refuse("invalidSyntax", "The number at %s is longer than %d characters", r.place(), maxNumber)
	}
	if strings.ContainsAny(text, "eE") {
		if _, err := strconv.ParseFloat(text, 64); err != nil {
			return nil, refuse("invalidSyntax", "The number at %s is outside the range of a 64-bit float", r.place())
		}
	}
	return json.Number(text), nil
}

func (r reader) tooDeep() error {
	return refuse("invalidSyntax", "JSON is nested more than %d deep at byte %d", maxNesting, r.in.InputOffset())
}

func (r reader) place() string {
	return strconv.Quote(shown(string(r.in.StackPointer())))
}

// explain turns an error of the JSON reader into a sentence for the client.
func (r reader) explain(err error) error {
	if _, ok := errors.AsType[*refusal](err); ok {
		return err
	}
	if errors.Is(err, io.EOF) {
		return refuse("invalidSyntax", "The body is empty; a JSON object was expected")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return refuse("invalidSyntax", "The JSON ends too early, at byte %d", r.in.InputOffset())
	}
	syntax, ok := errors.AsType[*jsontext.SyntacticError](err)
	if !ok {
		return refuse("invalidSyntax", "The body is not valid JSON: %s", shown(err.Error()))
	}
	where := ""
	if syntax.JSONPointer != "" {
		where = fmt.Sprintf(", in %q", shown(string(syntax.JSONPointer)))
	}
	return refuse("invalidSyntax", "The body is not valid JSON: %s at byte %d%s", shown(syntax.Err.Error()), syntax.ByteOffset, where)
}
