package directory

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// compare says of each row that nothing is wrong with whether it makes, changes
// or repeats.
func (p *importing) compare(ctx context.Context) error {
	var owned []int // rows that would change somebody whom a connection owns
	changes := map[int][]changed{}
	for i := range p.rows {
		v, u := &p.verdicts[i], p.people[p.keys[i]]
		switch {
		case v.Action == ImportConflict:
			continue
		case u == nil:
			v.Action = ImportCreate
			continue
		}
		columns, err := p.changesOf(i, u)
		if err != nil {
			return err
		}
		switches := p.rows[i].Active != nil && *p.rows[i].Active != u.Active
		if len(columns) == 0 && !switches {
			v.Action = ImportUnchanged
			continue
		}
		v.Action = ImportUpdate
		if err := mayTouch(ctx, u); err != nil {
			v.refuse(sentenceOf(err))
		}
		if switches {
			p.compareActive(v, u)
		}
		if u.ConnectionID != nil && len(columns) > 0 {
			owned, changes[i] = append(owned, i), columns
		}
	}
	for _, i := range owned {
		err := keepOwned(ctx, p.directory.store.Read(), p.people[p.keys[i]], changes[i])
		if fault.CodeOf(err) == fault.Forbidden {
			p.verdicts[i].refuse(sentenceOf(err))
		} else if err != nil {
			return err
		}
	}
	return nil
}

// compareActive refuses to lock out the last active owner, and to decide for a
// directory who may come in.
func (p *importing) compareActive(v *ImportVerdict, u *ent.User) {
	switch {
	case u.ConnectionID != nil:
		v.refuse(u.UserName + " is provisioned: a connection decides whether this person is active; change it there")
	case p.owners[u.ID] && len(p.owners) == 1:
		v.refuse(u.UserName + " is the last active owner of the organization and can't be deactivated; make someone else an owner first")
	case u.Active:
		delete(p.owners, u.ID)
	}
}

// changesOf are the columns that a row would change.
func (p *importing) changesOf(i int, u *ent.User) ([]changed, error) {
	row := &p.rows[i]
	was := ProfileOf(u)
	was.Emails = p.emails[u.ID]
	next := *was
	if err := (Details{Texts: row.Texts}).apply(&next); err != nil {
		return nil, err
	}
	differing := func(value *string, known map[string]uuid.UUID, has *uuid.UUID) *uuid.NullUUID {
		id := blankID(value)
		if value != nil && *value != "" {
			id.UUID, id.Valid = known[store.Fold(*value)], true // uuid.Nil: it will be made
		}
		if id == nil || *id == nullable(has) {
			return nil
		}
		return id
	}
	return changedColumns(u, was, &next, references{
		department: differing(row.Department, p.departments, u.DepartmentID),
		manager:    differing(row.Manager, p.ids, u.ManagerID),
	}), nil
}

// sentenceOf is what an error says to people.
func sentenceOf(err error) string {
	if f, ok := err.(*fault.Error); ok {
		return f.Message
	}
	return err.Error()
}
