package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

// fillNames asks once for the names of all who did something, and of all that it
// happened to.
func (l *loader) fillNames(ctx context.Context, s selection, events ...*ent.Event) error {
	var people, groups, departments, tokens []uuid.UUID
	for _, e := range events {
		if s.has("actorName") {
			switch actor.Kind(e.Actor) {
			case actor.User:
				people = appendID(people, e.ActorID)
			case actor.Token:
				tokens = appendID(tokens, e.ActorID)
			}
		}
		if s.has("entityName") {
			switch entity, id := bearer(e); entity {
			case ent.TypeUser:
				people = append(people, id)
			case ent.TypeGroup:
				groups = append(groups, id)
			case ent.TypeDepartment:
				departments = append(departments, id)
			case ent.TypeToken, ent.TypeScimClient:
				tokens = append(tokens, id)
			}
		}
	}
	_, err := l.peopleBy(ctx, people...)
	if err == nil {
		_, err = l.groupNamesBy(ctx, groups...)
	}
	if err == nil {
		_, err = l.departmentsBy(ctx, departments...)
	}
	if err == nil {
		_, err = l.tokensBy(ctx, tokens...)
	}
	return err
}

// bearer is whose name an event goes by: that of its entity or, for sessions,
// sign-in links and passkeys, which have none, that of their person.
func bearer(e *ent.Event) (entity string, id uuid.UUID) {
	if person := idIn(e.Data.After, "user_id"); person != nil && e.Entity != ent.TypeToken {
		return ent.TypeUser, *person
	}
	return e.Entity, e.EntityID
}

// entityName is the name of what an event happened to, as it is now or was last;
// nil when it has none, or nobody knows it any more.
func (l *loader) entityName(ctx context.Context, e *ent.Event) (*string, error) {
	entity, id := bearer(e)
	name, err := l.nameOf(ctx, entity, id)
	if name != nil || err != nil {
		return name, err
	}
	for _, column := range []string{"name", "display_name", "user_name"} {
		for _, values := range []map[string]any{e.Data.After, e.Data.Before} {
			if told, _ := values[column].(string); told != "" {
				return &told, nil
			}
		}
	}
	return nil, nil
}

// nameOf is the name of a thing that is still there.
func (l *loader) nameOf(ctx context.Context, entity string, id uuid.UUID) (*string, error) {
	switch entity {
	case ent.TypeUser:
		u, err := one(l.peopleBy(ctx, id))(id)
		if u == nil {
			return nil, err
		}
		return new(access.NameOf(u)), err
	case ent.TypeGroup:
		return one(l.groupNamesBy(ctx, id))(id)
	case ent.TypeDepartment:
		d, err := one(l.departmentsBy(ctx, id))(id)
		if d == nil {
			return nil, err
		}
		return &d.Name, err
	case ent.TypeToken, ent.TypeScimClient:
		t, err := one(l.tokensBy(ctx, id))(id)
		if t == nil {
			return nil, err
		}
		return &t.Name, err
	case ent.TypeConnection:
		c, err := l.connectionBy(ctx, &id)
		if c == nil {
			return nil, err
		}
		return &c.Name, err
	}
	return nil, nil
}

// groupNamesBy brings the names of groups, deleted ones included; of one that is
// not there nil.
func (l *loader) groupNamesBy(ctx context.Context, ids ...uuid.UUID) (map[uuid.UUID]*string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if lacking := missing(l.groupNames, ids); len(lacking) > 0 {
		found, err := l.r.store.Read().Group.Query().Where(group.IDIn(lacking...)).All(store.ByID(ctx))
		if err != nil {
			return nil, err
		}
		for _, id := range lacking {
			l.groupNames[id] = nil
		}
		for _, g := range found {
			l.groupNames[g.ID] = &g.DisplayName
		}
	}
	return picked(l.groupNames, ids), nil
}
