package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Spent is a message of an identity provider that counts once and has come: a
// SAML assertion, a logout token, a client assertion.
type Spent struct{ ent.Schema }

// Mixin of Spent.
func (Spent) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Spent.
func (Spent) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Immutable(),
		field.String("purpose").Immutable(),
		field.Bytes("hash").Immutable().Comment("SHA-256 of the message's id"),
		field.Time("expires_at").Immutable().Comment("until when the message would count"),
	}
}

// Indexes of Spent.
func (Spent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "connection_id", "purpose", "hash").Unique(), index.Fields("expires_at")}
}
