package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Passkey is a WebAuthn credential with which a person signs in.
type Passkey struct{ ent.Schema }

// Mixin of Passkey.
func (Passkey) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Passkey.
func (Passkey) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("user_id", uuid.UUID{}).Immutable(),
		field.String("name").Comment("what its owner calls it"),
		field.Bytes("credential_id").Unique().Immutable(),
		field.JSON("credential", Document{}).Comment("public key, counter and flags, as the WebAuthn library keeps them"),
		field.Time("last_used_at").Optional().Nillable(),
	}
}

// Indexes of Passkey.
func (Passkey) Indexes() []ent.Index { return []ent.Index{index.Fields("org_id", "user_id")} }
