package graph

import (
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/fault"
)

// MarshalID writes an id.
func MarshalID(id uuid.UUID) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(id.String())) })
}

// UnmarshalID reads an id in the one form in which it is given out.
func UnmarshalID(v any) (uuid.UUID, error) {
	text, _ := v.(string)
	id, err := uuid.Parse(text)
	if err != nil || len(text) != idLength {
		return uuid.Nil, fault.New(fault.Invalid, "%.80q is not an id", text)
	}
	return id, nil
}

// MarshalTime writes a time in UTC.
func MarshalTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, strconv.Quote(t.UTC().Format(time.RFC3339Nano))) })
}

// UnmarshalTime reads a time of RFC 3339, in any zone.
func UnmarshalTime(v any) (time.Time, error) {
	text, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.UTC().Year() > 9999 || t.UTC().Year() < 1 { // another zone's 9999 may be beyond
		return time.Time{}, fault.New(fault.Invalid, "%.80q is not a time such as 2026-11-22T09:30:00Z", text)
	}
	return t.UTC(), nil
}
