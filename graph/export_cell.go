package graph

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
)

// rowWriter adds a row of an export to text.
type rowWriter func(text []byte, columns []string, row []any) ([]byte, error)

// byteOrderMark tells spreadsheets that a CSV file is UTF-8.
const byteOrderMark = "\uFEFF"

// csvHeader is the first line of a CSV file.
func csvHeader(columns []string) []byte {
	return []byte(byteOrderMark + strings.Join(columns, ",") + "\r\n")
}

// appendCSV adds a line of RFC 4180 in which every text is quoted. The writer of
// encoding/csv quotes only where it must, and drops a carriage return that stands
// alone.
func appendCSV(text []byte, _ []string, row []any) ([]byte, error) {
	for i, v := range row {
		if i > 0 {
			text = append(text, ',')
		}
		switch v := v.(type) {
		case int:
			text = strconv.AppendInt(text, int64(v), 10)
		case float64:
			text = strconv.AppendFloat(text, v, 'f', -1, 64)
		case bool:
			text = strconv.AppendBool(text, v)
		default:
			cell, err := cellText(v)
			if err != nil {
				return nil, err
			}
			if cell != "" {
				text = append(text, '"')
				text = append(text, strings.ReplaceAll(harmless(cell), `"`, `""`)...)
				text = append(text, '"')
			}
		}
	}
	return append(text, '\r', '\n'), nil
}

// cellText is a value as the text of one cell.
func cellText(v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case *string:
		return deref(v), nil
	case time.Time:
		return v.Format(time.RFC3339Nano), nil
	case interface{ cell() string }:
		return v.cell(), nil
	}
	text, err := appendJSON(nil, v)
	return string(text), err
}

// formulaSigns are what spreadsheets take for the beginning of a formula, with
// the full-width and small forms that some of them read as the same.
const formulaSigns = "=+-@＝＋－＠﹦﹢﹣﹫−"

// isFormula says whether a spreadsheet might calculate a cell: blanks in front
// don't keep it from that. An apostrophe in front does; a cell that has one of its
// own before a formula counts too, so that exactly one is to be taken away again.
func isFormula(cell string) bool {
	if cell != "" && strings.IndexByte("\t\r\n", cell[0]) >= 0 {
		return true
	}
	rest := strings.TrimLeftFunc(cell, func(c rune) bool {
		return c == '\'' || unicode.IsSpace(c) || unicode.Is(unicode.Cf, c) || unicode.IsControl(c)
	})
	sign, _ := utf8.DecodeRuneInString(rest)
	return rest != "" && strings.ContainsRune(formulaSigns, sign)
}

// harmless puts an apostrophe before what a spreadsheet might calculate.
func harmless(cell string) string {
	if isFormula(cell) {
		return "'" + cell
	}
	return cell
}

// unharmed takes the apostrophe of harmless away again.
func unharmed(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && isFormula(rest) {
		return rest
	}
	return cell
}

// appendJSONLine adds a JSON object with the columns as members.
func appendJSONLine(text []byte, columns []string, row []any) ([]byte, error) {
	text = append(text, '{')
	for i, v := range row {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(strconv.AppendQuote(text, columns[i]), ':')
		var err error
		if text, err = appendJSON(text, v); err != nil {
			return nil, err
		}
	}
	return append(text, '}', '\n'), nil
}

// appendJSON adds a value without escaping what only web pages need escaped.
func appendJSON(text []byte, v any) ([]byte, error) {
	b := bytes.NewBuffer(text)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// textList is texts that share a cell.
type textList []string

func (l textList) cell() string {
	parts := make([]string, len(l))
	for i, text := range l {
		parts[i] = harmless(text)
	}
	return strings.Join(parts, "; ")
}

// MarshalJSON writes no list as an empty one.
func (l textList) MarshalJSON() ([]byte, error) { return json.Marshal(append([]string{}, l...)) }

// idList is the ids of a list in one cell.
type idList []uuid.UUID

func (l idList) cell() string {
	parts := make([]string, len(l))
	for i, id := range l {
		parts[i] = id.String()
	}
	return strings.Join(parts, "; ")
}

// MarshalJSON writes no list as an empty one.
func (l idList) MarshalJSON() ([]byte, error) { return json.Marshal(append([]uuid.UUID{}, l...)) }

// emailList is the addresses of a person; in a cell without their kinds.
type emailList []*ent.Email

func (l emailList) cell() string {
	parts := make(textList, len(l))
	for i, e := range l {
		parts[i] = e.Value
	}
	return parts.cell()
}

// MarshalJSON writes the addresses as the API does.
func (l emailList) MarshalJSON() ([]byte, error) {
	type address struct {
		Value   string  `json:"value"`
		Kind    *string `json:"kind"`
		Primary bool    `json:"primary"`
	}
	out := make([]address, len(l))
	for i, e := range l {
		out[i] = address{e.Value, e.Kind, e.Primary}
	}
	return json.Marshal(out)
}

// objectOf writes no document as an empty one.
func objectOf(d schema.Document) map[string]any {
	if d == nil {
		return map[string]any{}
	}
	return d
}

// listOf writes no list as an empty one.
func listOf[T any](list []T) []T { return append([]T{}, list...) }
