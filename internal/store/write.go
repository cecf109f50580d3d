package store

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
)

// Tx is one transaction of Write. Its client must not outlive it.
type Tx struct {
	store *Store
	*ent.Client
	now     time.Time
	changes *changeSet
	pending *inserts
	lazy    *lazyTx // what the client's statements go through
}

// Now is the time of the transaction: everything that it writes bears the same.
func (tx *Tx) Now() time.Time { return tx.now }

// maxTries is how often a transaction runs that PostgreSQL refuses for a
// deadlock, a serialization failure or a statement that outlived its tables.
const maxTries = 5

type txKey struct{}

// Write runs fn in a transaction and commits it together with one Event for
// each entity that fn touched. When fn or the commit fails nothing has happened.
// On a deadlock and the like fn runs again, so it must not keep state from an earlier run.
//
// Errors come out as *fault.Error where they can be explained to a person:
// not_found, conflict (with the field) and those that fn returns.
func (s *Store) Write(ctx context.Context, fn func(context.Context, *Tx) error) error {
	if err := around(ctx); err != nil {
		return err
	}
	if !s.Postgres() {
		s.writer.Lock()
		defer s.writer.Unlock()
	}
	for try := 1; ; try++ {
		err := s.writeOnce(ctx, fn)
		if err == nil {
			s.noteWrite()
			s.wake.committed()
			return nil
		}
		if try == maxTries || !retryable(err) {
			return translate(err)
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(context.Context, *Tx) error) error {
	tx := &Tx{store: s, now: s.Now(), changes: newChangeSet(), pending: new(inserts)}
	entTx, err := s.client.Tx(context.WithValue(ctx, beginningKey{}, tx))
	if err != nil {
		return err
	}
	tx.Client = entTx.Client()
	inTx := context.WithValue(ctx, txKey{}, tx)
	if err := fn(inTx, tx); err != nil {
		return errors.Join(err, entTx.Rollback())
	}
	if err := tx.insertEvents(inTx); err != nil {
		return errors.Join(err, entTx.Rollback())
	}
	return entTx.Commit()
}

// subject is the loaded row that an update is about: its old values are known
// without asking the database.
type subject struct {
	id     uuid.UUID
	entity string
	row    any // *ent.User or *ent.Group
}

type subjectKey struct{}

func subjectOf(ctx context.Context, m mutation) (subject, bool) {
	s, ok := ctx.Value(subjectKey{}).(subject)
	return s, ok && s.entity == m.Type()
}

var errOvertaken = fault.New(fault.Conflict, "it was changed by someone else at the same time; try again")

// UpdateUser changes a person that the transaction has loaded, in one
// statement. The loaded row tells the Event what was there before; it is stale
// afterwards.
func (tx *Tx) UpdateUser(ctx context.Context, u *ent.User, set func(*ent.UserMutation) error) error {
	update := tx.User.Update().Where(user.ID(u.ID), user.Version(u.Version))
	if err := set(update.Mutation()); err != nil {
		return err
	}
	n, err := update.Save(context.WithValue(ctx, subjectKey{}, subject{u.ID, ent.TypeUser, u}))
	if err == nil && n == 0 {
		return errOvertaken
	}
	return err
}

// UpdateGroup is UpdateUser for groups. Without a field to set it only adds one
// to the version, as a change of members does.
func (tx *Tx) UpdateGroup(ctx context.Context, g *ent.Group, set func(*ent.GroupMutation) error) error {
	update := tx.Group.Update().Where(group.ID(g.ID), group.Version(g.Version))
	if err := set(update.Mutation()); err != nil {
		return err
	}
	n, err := update.Save(context.WithValue(ctx, subjectKey{}, subject{g.ID, ent.TypeGroup, g}))
	if err == nil && n == 0 {
		return errOvertaken
	}
	return err
}

// Name gives the Event of an entity a verb that says more than created or
// updated: deactivated, linked …
func (tx *Tx) Name(id uuid.UUID, verb string) { tx.changes.of(id).verb = verb }

// NoteMembers adds to a group's Event who came and who went. Memberships are
// written as plain SQL, which the hook doesn't see.
func (tx *Tx) NoteMembers(group uuid.UUID, added, removed []uuid.UUID) {
	c := tx.changes.of(group)
	c.entity = ent.TypeGroup
	c.added, c.removed = append(c.added, added...), append(c.removed, removed...)
}

// Events are the ids of the Events that the transaction will have written.
func (tx *Tx) Events() []uuid.UUID { return tx.changes.events() }

// Note adds to the change set an entity that plain SQL has made, which the hook
// doesn't see.
func (tx *Tx) Note(entity string, id uuid.UUID, verb string, after map[string]any) {
	c := tx.changes.of(id)
	c.entity, c.verb, c.after = entity, verb, after
	tx.changes.vouched[id] = true
}

// NoteUpdate adds to an entity's Event what plain SQL has changed, which the hook
// doesn't see: columns with their values before and after.
func (tx *Tx) NoteUpdate(entity string, id uuid.UUID, before, after map[string]any) {
	c := tx.changes.of(id)
	c.entity = entity
	for column, value := range before {
		if _, known := c.before[column]; !known {
			c.before[column] = value
		}
	}
	maps.Copy(c.after, after)
}

// Vouch says that ids were read under the actor's organization, so that the
// hook needn't look them up again when a mutation refers to them.
func (tx *Tx) Vouch(ids ...uuid.UUID) {
	for _, id := range ids {
		tx.changes.vouched[id] = true
	}
}
