package simulate

import (
	"bytes"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"
)

// reader reads an answer in one pass and notes on the way each shape that would
// break Entra's deserialiser. What it does not know it passes over.
type reader struct {
	json   *jsontext.Decoder
	err    error
	faults []string
}

func (r *reader) reset(body []byte) {
	r.err, r.faults = nil, r.faults[:0]
	input := bytes.NewBuffer(body)
	if r.json == nil {
		r.json = jsontext.NewDecoder(input)
		return
	}
	r.json.Reset(input)
}

func (r *reader) object(where string, field func(key string)) {
	if !r.open(where, '{', "an object") {
		return
	}
	for r.err == nil && r.json.PeekKind() != '}' {
		if key := r.token(); r.err == nil {
			field(key.String())
		}
	}
	r.token()
}

func (r *reader) array(where string, element func(where string)) {
	if !r.open(where, '[', "a list") {
		return
	}
	for r.err == nil && r.json.PeekKind() != ']' {
		element(where)
	}
	r.token()
}

func (r *reader) open(where string, kind jsontext.Kind, want string) bool {
	if r.json.PeekKind() == kind {
		r.token()
		return r.err == nil
	}
	r.mismatch(where, want)
	return false
}

func (r *reader) text(where string) string {
	if r.json.PeekKind() != '"' {
		r.mismatch(where, "a string")
		return ""
	}
	token := r.token()
	if r.err != nil {
		return ""
	}
	return token.String()
}

func (r *reader) boolean(where string) string {
	switch r.json.PeekKind() {
	case 't':
		r.token()
		return yes
	case 'f':
		r.token()
		return no
	}
	r.mismatch(where, "a JSON boolean")
	return ""
}

func (r *reader) integer(where string) int {
	if r.json.PeekKind() != '0' {
		r.mismatch(where, "an integer")
		return -1
	}
	token := r.token()
	if r.err != nil {
		return -1
	}
	n, err := token.Int()
	if err != nil {
		r.fault("%s must be an integer", where)
		return -1
	}
	return int(n)
}

// mismatch passes over a value of the wrong type and notes it. Null is only a
// way to say absent, except where the client expects a list.
func (r *reader) mismatch(where, want string) {
	found := r.json.PeekKind()
	r.skip()
	if r.err != nil || found == 'n' && where != "Resources" {
		return
	}
	r.fault("%s must be %s, not %s", where, want, kindWords[found])
}

var kindWords = map[jsontext.Kind]string{
	'n': "null", 't': "a boolean", 'f': "a boolean", '"': "a string", '0': "a number", '{': "an object", '[': "a list",
}

func (r *reader) token() jsontext.Token {
	if r.err != nil {
		return jsontext.Null
	}
	token, err := r.json.ReadToken()
	if err != nil {
		r.err = err
		r.fault("the body must be JSON: %v", err)
		return jsontext.Null
	}
	return token
}

func (r *reader) skip() {
	if r.err != nil {
		return
	}
	if err := r.json.SkipValue(); err != nil {
		r.err = err
		r.fault("the body must be JSON: %v", err)
	}
}

func (r *reader) fault(format string, args ...any) {
	r.faults = append(r.faults, fmt.Sprintf(format, args...))
}
