package store

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
)

// sqliteTime is how the driver writes a time, and so what texts are compared with.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// document is a cell of JSON.
type document string

// cellOf is a column's value in the form in which the database reads it into its
// own type: nil, string, bool, int64 or document.
func cellOf(value any, postgres bool) (any, error) {
	switch v := value.(type) {
	case nil, bool, int64:
		return v, nil
	case string:
		return strings.ToValidUTF8(v, "\uFFFD"), nil
	case int:
		return int64(v), nil
	case uuid.UUID:
		return v.String(), nil
	case time.Time:
		layout := sqliteTime
		if postgres {
			layout = time.RFC3339Nano
		}
		return v.UTC().Truncate(time.Microsecond).Format(layout), nil
	}
	r := reflect.ValueOf(value)
	switch r.Kind() {
	case reflect.Map, reflect.Slice:
		if r.IsNil() { // a list or document that nobody made
			return nil, nil
		}
	case reflect.String: // of an enum
		return r.String(), nil
	}
	text, err := appendValue(nil, value)
	return document(text), err
}

// json is the rows as a JSON list.
func (t waitingRows) json() string {
	columns := insertTables[t.table]
	b := []byte{'['}
	for i, row := range t.rows {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '{')
		first := true
		for n, cell := range row {
			if cell == nil {
				continue
			}
			if !first {
				b = append(b, ',')
			}
			first = false
			b = append(append(append(b, '"'), columns[n]...), '"', ':')
			b = appendCell(b, cell)
		}
		b = append(b, '}')
	}
	return string(append(b, ']'))
}

func appendCell(b []byte, cell any) []byte {
	switch v := cell.(type) {
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case string:
		return appendText(b, v)
	case document:
		return append(b, v...)
	}
	return append(b, "null"...)
}

// appendValue appends a JSON value: what documents, changes and events are made
// of, which is most of what is written, without reflection.
func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case json.Number:
		return append(b, v...), nil
	case schema.Document:
		return appendObject(b, v)
	case map[string]any:
		return appendObject(b, v)
	case []any:
		return appendList(b, v, appendValue)
	case []schema.Change:
		return appendList(b, v, func(b []byte, c schema.Change) ([]byte, error) {
			object := map[string]any{"attribute": c.Attribute}
			if c.Old != nil {
				object["old"] = c.Old
			}
			if c.New != nil {
				object["new"] = c.New
			}
			return appendObject(b, object)
		})
	case schema.EventData:
		object := map[string]any{}
		if len(v.Before) > 0 {
			object["before"] = v.Before
		}
		if len(v.After) > 0 {
			object["after"] = v.After
		}
		if len(v.Added) > 0 {
			object["added"] = v.Added
		}
		if len(v.Removed) > 0 {
			object["removed"] = v.Removed
		}
		return appendObject(b, object)
	}
	text, err := json.Marshal(value)
	return append(b, text...), err
}

func appendObject(b []byte, object map[string]any) (_ []byte, err error) {
	b = append(b, '{')
	first := true
	for name, value := range object {
		if !first {
			b = append(b, ',')
		}
		first = false
		if b, err = appendValue(append(appendText(b, name), ':'), value); err != nil {
			return b, err
		}
	}
	return append(b, '}'), nil
}

func appendList[T any](b []byte, list []T, one func([]byte, T) ([]byte, error)) (_ []byte, err error) {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = one(b, v); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// appendText appends a string. Most need no escaping.
func appendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			return appendEscaped(b, s)
		}
	}
	if !utf8.ValidString(s) {
		return appendEscaped(b, s)
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendEscaped(b []byte, s string) []byte {
	text, _ := json.Marshal(s) // no string fails
	return append(b, text...)
}
