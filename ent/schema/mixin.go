package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"
	"github.com/google/uuid"
)

// NewID returns a UUIDv7 (RFC 9562 §5.7): ids made later sort later, so the
// newest rows are the last of the primary key's index.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// key is the mixin of every entity: its id and the time it was made.
type key struct{ mixin.Schema }

func (key) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("id", uuid.UUID{}).Default(NewID).Immutable(),
		field.Time("created_at").Immutable(),
	}
}

// tenant is the mixin of every row that belongs to one organization. The
// store's hook sets org_id and its interceptor asks for it.
type tenant struct{ mixin.Schema }

func (tenant) Fields() []ent.Field {
	return []ent.Field{field.UUID("org_id", uuid.UUID{}).Immutable()}
}

// versioned is the mixin of entities that clients edit: version grows by one
// with each change and is what an ETag is made of.
type versioned struct{ mixin.Schema }

func (versioned) Fields() []ent.Field {
	return []ent.Field{
		field.Time("updated_at"),
		field.Int("version").Default(1).NonNegative(),
	}
}
