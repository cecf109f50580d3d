package graph

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/cycle"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/internal/fault"
)

// logConditions are those of all that a question for log rows says.
func (r *Resolver) logConditions(ctx context.Context, where *ProvisioningLogWhere) ([]predicate.ProvisioningLog, error) {
	if where == nil {
		return nil, nil
	}
	if err := checkLengths("where", len(where.Outcomes), len(where.Methods), len(where.ScimTypes)); err != nil {
		return nil, err
	}
	conditions := r.between(where.From, where.Before)
	add := func(p ...predicate.ProvisioningLog) { conditions = append(conditions, p...) }
	if where.Outcomes != nil {
		add(ofOutcome(where.Outcomes))
	}
	if where.Methods != nil {
		methods := make([]string, len(where.Methods))
		for i, m := range where.Methods {
			methods[i] = strings.ToUpper(m)
		}
		add(provisioninglog.MethodIn(methods...))
	}
	if where.TargetID != nil {
		add(provisioninglog.TargetID(*where.TargetID))
	}
	if where.ConnectionID != nil {
		add(provisioninglog.ConnectionID(*where.ConnectionID))
	}
	if where.ScimTypes != nil {
		add(provisioninglog.ScimTypeIn(where.ScimTypes...))
	}
	if where.Operation != nil {
		words, err := inWords(*where.Operation)
		if err != nil {
			return nil, err
		}
		add(words...)
	}
	if where.CycleID != nil {
		within, err := r.inCycle(ctx, *where.CycleID)
		if err != nil {
			return nil, err
		}
		add(within...)
	}
	if where.Reference != nil {
		referred, err := r.referredTo(ctx, *where.Reference)
		if err != nil {
			return nil, err
		}
		add(referred)
	}
	return conditions, nil
}

// clocksDiffer is by how much the clocks of two replicas may: the time of a row
// and that in its id are of the same clock, those of two rows need not be.
const clocksDiffer = time.Minute

// between keeps rows of a span of time. Rows have an index by id alone, and ids
// begin with the time.
func (r *Resolver) between(from, before *time.Time) (conditions []predicate.ProvisioningLog) {
	if from != nil {
		conditions = append(conditions, provisioninglog.CreatedAtGTE(from.UTC()))
		if id, ok := r.idAt(from.Add(-clocksDiffer)); ok {
			conditions = append(conditions, provisioninglog.IDGTE(id))
		}
	}
	if before != nil {
		conditions = append(conditions, provisioninglog.CreatedAtLT(before.UTC()))
		if id, ok := r.idAt(before.Add(clocksDiffer)); ok {
			conditions = append(conditions, provisioninglog.IDLT(id))
		}
	}
	return conditions
}

// idAt is where the ids made at a time begin (RFC 9562 §5.7). ok is false where
// the store has a clock of its own, for ids are made by the machine's.
func (r *Resolver) idAt(t time.Time) (id uuid.UUID, ok bool) {
	ms := min(max(t.UnixMilli(), 0), 1<<48-1)
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	return id, time.Until(r.store.Now()).Abs() < clocksDiffer
}

// ofOutcome keeps rows of any of the outcomes. The numbers stand in the text, so
// that the databases see that their index of failures fits.
func ofOutcome(outcomes []LogOutcome) predicate.ProvisioningLog {
	return func(s *sql.Selector) {
		changed := "(COALESCE(" + s.C(provisioninglog.FieldEvents) + " <> '[]', false) OR COALESCE(" + s.C(provisioninglog.FieldChanges) + " <> '[]', false))"
		texts := map[LogOutcome]string{
			LogOutcomeChanged:   "(status < 400 AND " + changed + ")",
			LogOutcomeUnchanged: "(status < 400 AND NOT " + changed + ")",
			LogOutcomeRefused:   "(status >= 400 AND status < 500)",
			LogOutcomeFailed:    "status >= 500",
		}
		var any []string
		failures := true
		for _, o := range eachOnce(outcomes) {
			any = append(any, texts[o])
			failures = failures && (o == LogOutcomeRefused || o == LogOutcomeFailed)
		}
		if failures {
			s.Where(sql.ExprP("status >= 400"))
		}
		if len(any) == 0 {
			any = []string{"false"}
		}
		s.Where(sql.ExprP("(" + strings.Join(any, " OR ") + ")"))
	}
}

// eachOnce are the outcomes, each once, in the schema's order.
func eachOnce(asked []LogOutcome) (out []LogOutcome) {
	for _, o := range AllLogOutcome {
		if slices.Contains(asked, o) {
			out = append(out, o)
		}
	}
	return out
}

// inWords keeps rows whose operation has all the words in it, in any case. The
// databases know too little of case, so each letter becomes a set of its forms.
func inWords(words string) (conditions []predicate.ProvisioningLog, err error) {
	if len(words) > maxSearch {
		return nil, fault.New(fault.Invalid, "the words are longer than %d bytes", maxSearch).On("operation")
	}
	for word := range strings.FieldsSeq(norm.NFC.String(strings.ReplaceAll(words, "\x00", " "))) {
		conditions = append(conditions, func(s *sql.Selector) {
			s.Where(sql.P(func(b *sql.Builder) {
				b.Ident(s.C(provisioninglog.FieldOperation))
				if s.Dialect() == dialect.Postgres {
					b.WriteString(" ~ ").Arg(inAnyCase(word, regexp.QuoteMeta))
				} else {
					b.WriteString(" GLOB ").Arg("*" + inAnyCase(word, quoteGlob) + "*")
				}
			}))
		})
	}
	return conditions, nil
}

func inAnyCase(word string, quote func(string) string) string {
	var b strings.Builder
	for _, c := range word {
		other := unicode.SimpleFold(c)
		if other == c {
			b.WriteString(quote(string(c)))
			continue
		}
		b.WriteString("[" + string(c))
		for ; other != c; other = unicode.SimpleFold(other) {
			b.WriteRune(other)
		}
		b.WriteString("]")
	}
	return b.String()
}

func quoteGlob(c string) string {
	if strings.Contains("*?[", c) {
		return "[" + c + "]"
	}
	return c
}

// inCycle keeps rows of a cycle. They stand between its first request, which its
// id is, and its last.
func (r *Resolver) inCycle(ctx context.Context, id uuid.UUID) ([]predicate.ProvisioningLog, error) {
	conditions := []predicate.ProvisioningLog{provisioninglog.CycleID(id), provisioninglog.IDGTE(id)}
	c, err := r.store.Read().Cycle.Query().Where(cycle.ID(id)).Only(ctx)
	if ent.IsNotFound(err) { // from a time before cycles had rows
		return conditions, nil
	}
	if err != nil {
		return nil, err
	}
	if end, ok := r.idAt(c.EndedAt.Add(clocksDiffer)); ok {
		conditions = append(conditions, provisioninglog.IDLT(end))
	}
	return conditions, nil
}

var idForm = regexp.MustCompile(`(?i)\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)

// referredTo keeps the row that a reference of ours names, also within a text
// that was pasted whole, and otherwise those with the client's correlation id.
func (r *Resolver) referredTo(ctx context.Context, reference string) (predicate.ProvisioningLog, error) {
	text := strings.TrimSpace(reference)
	if text == "" || len(text) > maxReference {
		return nil, fault.New(fault.Invalid, "a reference has 1 to %d bytes", maxReference).On("reference")
	}
	named := idForm.FindAllString(text, -1)
	if n := len(named); n > 0 { // ours comes last in a sentence
		id := uuid.MustParse(named[n-1])
		found, err := r.store.Read().ProvisioningLog.Query().Where(provisioninglog.ID(id)).Exist(ctx)
		if found || err != nil {
			return provisioninglog.ID(id), err
		}
		text = named[n-1]
	}
	return provisioninglog.ActivityIn(text, strings.ToLower(text), strings.ToUpper(text)), nil
}

const maxReference = 4096 // bytes
