package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
	"github.com/google/uuid"
)

// Rehearsal is one play of a provisioning client into a copy of a connection, in
// an organization of its own that is thrown away afterwards.
type Rehearsal struct{ ent.Schema }

// RehearsalReport is what a rehearsal found out. Times are in seconds where they
// don't say otherwise.
type RehearsalReport struct {
	Requests     int                `json:"requests"`
	Created      int                `json:"created"`
	Matched      int                `json:"matched"`
	Patched      int                `json:"patched"`
	Deleted      int                `json:"deleted"`
	Members      int                `json:"members"` // added to and removed from groups
	Throttled    int                `json:"throttled"`
	Wrong        int                `json:"wrong"`
	Seconds      float64            `json:"seconds"`
	Cycles       []RehearsalCycle   `json:"cycles"`
	Latency      []RehearsalLatency `json:"latency"`
	WrongAnswers []RehearsalWrong   `json:"wrongAnswers"` // the first ones; Wrong counts them all
}

// RehearsalCycle is one pass of the client over its tenant.
type RehearsalCycle struct {
	Name     string  `json:"name"`
	Requests int     `json:"requests"`
	Wrong    int     `json:"wrong"`
	Seconds  float64 `json:"seconds"`
}

// RehearsalLatency is how long one kind of request took, in milliseconds.
type RehearsalLatency struct {
	Request string  `json:"request"`
	Count   int     `json:"count"`
	P50     float64 `json:"p50"`
	P95     float64 `json:"p95"`
	Max     float64 `json:"max"`
}

// RehearsalWrong is an answer over which the client would stumble.
type RehearsalWrong struct {
	Cycle        string   `json:"cycle"`
	Phase        string   `json:"phase"`
	Method       string   `json:"method"`
	Path         string   `json:"path"` // below the address of the SCIM service
	RequestBody  string   `json:"requestBody,omitempty"`
	Status       int      `json:"status"`                 // 0: nothing came back
	ResponseBody string   `json:"responseBody,omitempty"` // or why nothing came back
	Expected     []string `json:"expected"`               // a sentence for each thing that should have been otherwise
}

// Mixin of Rehearsal.
func (Rehearsal) Mixin() []ent.Mixin { return []ent.Mixin{key{}, tenant{}} }

// Fields of Rehearsal.
func (Rehearsal) Fields() []ent.Field {
	return []ent.Field{
		field.UUID("connection_id", uuid.UUID{}).Immutable(),
		field.UUID("stage", uuid.UUID{}).Immutable().Comment("the organization that is thrown away"),
		field.Int("users").Immutable(),
		field.Int("groups").Immutable(),
		field.Enum("state").Values("RUNNING", "DONE", "FAILED").Default("RUNNING"),
		field.String("cycle").Default(""),
		field.String("phase").Default(""),
		field.Int("done").Default(0),
		field.Int("total").Default(0),
		field.Time("beat_at").Comment("when its server last said that it goes on"),
		field.Time("ended_at").Optional().Nillable(),
		field.String("problem").Optional().Comment("why it failed"),
		field.JSON("report", &RehearsalReport{}).Optional(),
	}
}

// Indexes of Rehearsal.
func (Rehearsal) Indexes() []ent.Index {
	return []ent.Index{index.Fields("org_id", "connection_id", "id")}
}
