package store

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
)

// sqliteTime is how the driver writes a time, and so what texts are compared with.
const sqliteTime = "2006-01-02 15:04:05.999999999-07:00"

// appendColumn appends a column's value as JSON, in the form in which the
// database reads it into its own type.
func appendColumn(b []byte, value any, postgres bool) ([]byte, error) {
	switch v := value.(type) {
	case string:
		return appendText(b, v)
	case bool:
		return strconv.AppendBool(b, v), nil
	case int:
		return strconv.AppendInt(b, int64(v), 10), nil
	case uuid.UUID:
		return append(append(append(b, '"'), v.String()...), '"'), nil
	case time.Time:
		layout := sqliteTime
		if postgres {
			layout = time.RFC3339Nano
		}
		return append(v.UTC().Truncate(time.Microsecond).AppendFormat(append(b, '"'), layout), '"'), nil
	}
	return appendValue(b, value)
}

// appendValue appends a JSON value: what documents, changes and events are made
// of, which is most of what is written, without reflection.
func appendValue(b []byte, value any) ([]byte, error) {
	switch v := value.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendText(b, v)
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
		if b, err = appendText(b, name); err != nil {
			return b, err
		}
		if b, err = appendValue(append(b, ':'), value); err != nil {
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
func appendText(b []byte, s string) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' {
			text, err := json.Marshal(s)
			return append(b, text...), err
		}
	}
	if !utf8.ValidString(s) {
		text, err := json.Marshal(s)
		return append(b, text...), err
	}
	return append(append(append(b, '"'), s...), '"'), nil
}
