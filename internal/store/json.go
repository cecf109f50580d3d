package store

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
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
	text, err := json.Marshal(value)
	return append(b, text...), err
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
