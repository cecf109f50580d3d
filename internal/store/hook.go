package store

import (
	"context"
	"fmt"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/department"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
)

// mutation is what ent's generated mutations have in common, with the methods
// that the generic ent.Mutation lacks.
type mutation interface {
	ent.Mutation
	ID() (uuid.UUID, bool)
	IDs(context.Context) ([]uuid.UUID, error)
	WhereP(...func(*sql.Selector))
	Tx() (*ent.Tx, error)
}

// hook is the one hook. For each mutation, in this order, it
//
//  1. refuses it outside Write, and refuses an update of many rows at once,
//     of which nobody would know what was there before;
//  2. sets org_id on what is made, narrows every other mutation to the actor's
//     organization, and checks that a department or manager that it names
//     belongs there too;
//  3. sets created_at and updated_at and adds one to version;
//  4. folds names into their key columns and texts into folded;
//  5. notes it in the transaction's change set, which becomes the Event;
//  6. lets what CreateUser, CreateGroup and CreateEmail make wait with the other inserts.
func (s *Store) hook(next ent.Mutator) ent.Mutator {
	return ent.MutateFunc(func(ctx context.Context, em ent.Mutation) (ent.Value, error) {
		tx, ok := ctx.Value(txKey{}).(*Tx)
		if !ok {
			return nil, fault.New(fault.Internal, "%s was to be written outside a transaction", em.Type())
		}
		if em.Type() == ent.TypeMembership {
			return nil, fault.New(fault.Internal, "memberships are written by internal/directory alone")
		}
		m, ok := em.(mutation)
		if !ok {
			return nil, fault.New(fault.Internal, "%s can't be written", em.Type())
		}
		if _, err := m.Tx(); err != nil {
			return nil, fmt.Errorf("write %s: %w", m.Type(), err)
		}
		if _, one := subjectOf(ctx, m); m.Op().Is(ent.OpUpdate) && !one && isAudited(m.Type()) {
			return nil, fault.New(fault.Internal, "%s: load the rows and change one after the other", m.Type())
		}
		if err := s.keepInside(ctx, tx, m); err != nil {
			return nil, err
		}
		if err := stamp(tx, m); err != nil {
			return nil, err
		}
		if err := foldNames(ctx, m); err != nil {
			return nil, err
		}
		if err := tx.changes.note(ctx, m); err != nil {
			return nil, err
		}
		if ctx.Value(waitKey{}) != nil {
			return tx.wait(ctx, m)
		}
		return next.Mutate(ctx, em)
	})
}

// keepInside ties the mutation to the actor's organization.
func (s *Store) keepInside(ctx context.Context, tx *Tx, m mutation) error {
	a, ok := actor.From(ctx)
	if !ok {
		return errNoActor
	}
	if m.Type() == ent.TypeOrganization {
		if a.Org != actor.Installation && !m.Op().Is(ent.OpCreate) {
			m.WhereP(sql.FieldEQ("id", a.Org))
		}
		return nil
	}
	if !m.Op().Is(ent.OpCreate) {
		m.WhereP(sql.FieldEQ("org_id", a.Org))
	} else if org, set := m.Field("org_id"); !set {
		if err := m.SetField("org_id", a.Org); err != nil {
			return err
		}
	} else if org != a.Org && !isAcross(ctx) {
		return fault.New(fault.Internal, "a %s was to be made for another organization", m.Type())
	}
	return checkEdges(ctx, tx, m)
}

// checkEdges makes sure that no edge crosses organizations.
func checkEdges(ctx context.Context, tx *Tx, m mutation) error {
	for _, name := range [...]string{user.FieldDepartmentID, user.FieldManagerID, "user_id"} {
		value, set := m.Field(name)
		id, isID := value.(uuid.UUID)
		if !set || !isID || tx.changes.vouched[id] {
			continue
		}
		var found bool
		var err error
		if name == user.FieldDepartmentID {
			found, err = tx.Department.Query().Where(department.ID(id)).Exist(ctx)
		} else {
			found, err = tx.User.Query().Where(user.ID(id)).Exist(ctx)
		}
		if err != nil {
			return err
		}
		if !found {
			return fault.New(fault.NotFound, "there is no such resource").On(name)
		}
	}
	return nil
}

// stamp sets the times and the version.
func stamp(tx *Tx, m mutation) error {
	if _, set := m.Field("created_at"); m.Op().Is(ent.OpCreate) && !set {
		if err := m.SetField("created_at", tx.now); err != nil {
			return err
		}
	}
	if !isVersioned(m.Type()) || m.Op().Is(ent.OpDelete|ent.OpDeleteOne) {
		return nil
	}
	if err := m.SetField("updated_at", tx.now); err != nil {
		return err
	}
	if m.Op().Is(ent.OpCreate) {
		return nil
	}
	return m.AddField("version", 1)
}

func isVersioned(entity string) bool {
	switch entity {
	case ent.TypeOrganization, ent.TypeConnection, ent.TypeUser, ent.TypeGroup, ent.TypeDepartment, ent.TypeSignOn, ent.TypeScimClient:
		return true
	}
	return false
}
