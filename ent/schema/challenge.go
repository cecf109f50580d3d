package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Challenge is what the server must remember between the two requests of a
// WebAuthn ceremony. The browser holds the secret whose SHA-256 is kept here; the
// row goes with its first use.
type Challenge struct{ ent.Schema }

// Mixin of Challenge.
func (Challenge) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Challenge.
func (Challenge) Fields() []ent.Field {
	return []ent.Field{
		field.String("purpose").Immutable(),
		field.Bytes("hash").Unique().Immutable().Sensitive(),
		field.JSON("data", Document{}).Immutable(),
		field.Time("expires_at").Immutable(),
	}
}

// Indexes of Challenge.
func (Challenge) Indexes() []ent.Index { return []ent.Index{index.Fields("expires_at")} }
