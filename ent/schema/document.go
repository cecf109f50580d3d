package schema

import (
	"bytes"
	"encoding/json"
)

// Document is a JSON object that is kept as it was sent: numbers stay in the
// digits in which they came.
type Document map[string]any

// UnmarshalJSON implements json.Unmarshaler.
func (d *Document) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return err
	}
	*d = m
	return nil
}
