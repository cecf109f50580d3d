package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// ScimClient is an OAuth 2.0 client of one connection, which gets short-lived SCIM
// tokens for a secret (RFC 6749 §4.4) or for an assertion that its identity
// provider has signed (RFC 7523 §2.2).
type ScimClient struct{ ent.Schema }

// ScimSecret is a secret of a ScimClient. Only its SHA-256 is kept.
type ScimSecret struct {
	ID        uuid.UUID  `json:"id"`
	Hash      []byte     `json:"hash"`
	Hint      string     `json:"hint"`
	AddedAt   time.Time  `json:"added_at"`
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	UsedAt    *time.Time `json:"used_at,omitempty"` // to the minute
}

// Mixin of ScimClient.
func (ScimClient) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}, versioned{}} }

// Fields of ScimClient. The id is the client id.
func (ScimClient) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Immutable(),
		field.String("name"),
		field.UUID("made_by", uuid.UUID{}).Optional().Nillable().Immutable().Comment("the user or token that made it"),
		field.Int("token_minutes").Default(60).Comment("how long its access tokens work: 60 to 360"),
		field.JSON("secrets", []ScimSecret{}).Optional().Sensitive(),
		field.String("issuer").Optional().Comment("of assertions that are taken instead of a secret"),
		field.String("subject").Optional(),
		field.String("audience").Optional(),
		field.Time("revoked_at").Optional().Nillable(),
		field.Time("last_used_at").Optional().Nillable(),
	}
}

// Indexes of ScimClient.
func (ScimClient) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "connection_id", "id")}
}
