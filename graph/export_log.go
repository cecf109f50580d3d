package graph

import (
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/ent/provisioninglog"
)

// logColumns are in the order of the file. docs/import-export.md describes them.
var logColumns = []column[*ent.ProvisioningLog]{
	{"id", func(l *ent.ProvisioningLog) any { return l.ID.String() }},
	{"createdAt", func(l *ent.ProvisioningLog) any { return l.CreatedAt.UTC() }},
	{"operation", func(l *ent.ProvisioningLog) any { return l.Operation }},
	{"outcome", func(l *ent.ProvisioningLog) any { return string(outcomeOf(l)) }},
	{"status", func(l *ent.ProvisioningLog) any { return l.Status }},
	{"scimType", func(l *ent.ProvisioningLog) any { return unlessEmpty(l.ScimType) }},
	{"detail", func(l *ent.ProvisioningLog) any { return unlessEmpty(l.Detail) }},
	{"warnings", func(l *ent.ProvisioningLog) any { return textList(l.Warnings) }},
	{"method", func(l *ent.ProvisioningLog) any { return l.Method }},
	{"path", func(l *ent.ProvisioningLog) any { return l.Path }},
	{"durationMs", func(l *ent.ProvisioningLog) any { return float64(l.DurationUs) / 1000 }},
	{"client", func(l *ent.ProvisioningLog) any { return unlessEmpty(l.Client) }},
	{"activity", func(l *ent.ProvisioningLog) any { return unlessEmpty(l.Activity) }},
	{"address", func(l *ent.ProvisioningLog) any { return unlessEmpty(l.Address) }},
	{"connectionId", func(l *ent.ProvisioningLog) any { return idText(l.ConnectionID) }},
	{"tokenId", func(l *ent.ProvisioningLog) any { return idText(l.TokenID) }},
	{"cycleId", func(l *ent.ProvisioningLog) any { return idText(l.CycleID) }},
	{"targetId", func(l *ent.ProvisioningLog) any { return idText(l.TargetID) }},
	{"changes", func(l *ent.ProvisioningLog) any { return listOf(l.Changes) }},
	{"eventIds", func(l *ent.ProvisioningLog) any { return idList(l.Events) }},
}

// exportedLogFields are the columns of the table without the bodies.
var exportedLogFields = slices.DeleteFunc(slices.Clone(provisioninglog.Columns), func(c string) bool {
	return c == provisioninglog.FieldRequestBody || c == provisioninglog.FieldResponseBody
})

// exportLog is the provisioning log of a time, by id.
func (r *Resolver) exportLog(span timeSpan) *source {
	var within []predicate.ProvisioningLog
	if !span.from.IsZero() {
		within = append(within, provisioninglog.CreatedAtGTE(span.from))
	}
	if !span.before.IsZero() {
		within = append(within, provisioninglog.CreatedAtLT(span.before))
	}
	return sourceOf(logColumns, func(ctx context.Context, last **ent.ProvisioningLog) ([]*ent.ProvisioningLog, error) {
		q := r.store.Read().ProvisioningLog.Query().Where(within...).Order(provisioninglog.ByID()).Limit(exportPage)
		if last != nil {
			q.Where(provisioninglog.IDGT((*last).ID))
		}
		return q.Select(exportedLogFields...).All(ctx)
	})
}

// eventColumns are in the order of the file. docs/import-export.md describes them.
var eventColumns = []column[*ent.Event]{
	{"id", func(e *ent.Event) any { return e.ID.String() }},
	{"createdAt", func(e *ent.Event) any { return e.CreatedAt.UTC() }},
	{"type", func(e *ent.Event) any { return e.Kind }},
	{"entity", func(e *ent.Event) any { return e.Entity }},
	{"entityId", func(e *ent.Event) any { return e.EntityID.String() }},
	{"actor", func(e *ent.Event) any { return e.Actor }},
	{"actorId", func(e *ent.Event) any { return idText(e.ActorID) }},
	{"correlationId", func(e *ent.Event) any { return idText(e.CorrelationID) }},
	{"data", func(e *ent.Event) any { return e.Data }},
}

// exportEvents is the Events of a time, in the order of the feed.
func (r *Resolver) exportEvents(span timeSpan) *source {
	var within []predicate.Event
	if !span.from.IsZero() {
		within = append(within, event.CreatedAtGTE(span.from))
	}
	if !span.before.IsZero() {
		within = append(within, event.CreatedAtLT(span.before))
	}
	return sourceOf(eventColumns, func(ctx context.Context, last **ent.Event) ([]*ent.Event, error) {
		q := r.store.Read().Event.Query().Where(within...).Order(event.ByPosition(), event.ByID()).Limit(exportPage)
		if last != nil {
			q.Where(behind(*last))
		}
		return q.All(ctx)
	})
}

// behind keeps what comes after an Event in the feed.
func behind(last *ent.Event) predicate.Event {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString("(").Ident(s.C(event.FieldPosition)).Comma().Ident(s.C(event.FieldID)).WriteString(") > (").
				Args(last.Position, last.ID).WriteString(")")
		}))
	}
}

func unlessEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func idText(id *uuid.UUID) any {
	if id == nil {
		return nil
	}
	return id.String()
}
