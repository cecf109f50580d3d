package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Download is a link under which an export can be fetched once. Only the SHA-256
// of its secret is kept.
type Download struct{ ent.Schema }

// Mixin of Download.
func (Download) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Download.
func (Download) Fields() []ent.Field {
	return []ent.Field{
		field.String("what").Immutable().Comment("users, log or events"),
		field.String("format").Immutable().Comment("csv or jsonl"),
		field.JSON("filter", Document{}).Optional().Immutable(),
		field.UUID("made_by", uuid.UUID{}).Optional().Nillable().Immutable().Comment("the user or token that asked for it"),
		field.Bytes("hash").Unique().Immutable().Sensitive(),
		field.Time("expires_at").Immutable(),
		field.Time("used_at").Optional().Nillable(),
	}
}

// Indexes of Download.
func (Download) Indexes() []ent.Index { return []ent.Index{index.Fields("org_id", "id")} }
