package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Cycle is one run of a provisioning client: its requests without a long pause
// in between. Its id is that of the first request.
type Cycle struct{ ent.Schema }

// CyclePause is the silence that ends a cycle: clients come with a burst of
// requests, then stay away for a while (Entra about 40 minutes).
const CyclePause = 5 * time.Minute

// Mixin of Cycle.
func (Cycle) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Cycle.
func (Cycle) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Immutable(),
		field.String("client").Optional().Immutable(),
		field.Time("ended_at").Comment("its last request so far"),
		field.Int64("requests").Default(0),
		field.Int64("writes").Default(0).Comment("requests that changed something"),
		field.Int64("failures").Default(0).Comment("requests that were refused or failed"),
	}
}

// Indexes of Cycle.
func (Cycle) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "id"), index.Fields("org_id", "connection_id", "id")}
}
