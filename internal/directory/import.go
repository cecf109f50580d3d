package directory

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// ImportRow is what a list that somebody has sent says of one person, whom it
// finds by user name, case aside.
type ImportRow struct {
	Line     int // where it stands in the list, for the sentences of problems
	UserName string
	// Texts are those of Details, without the user name.
	Texts map[string]*string
	// Department and Manager are the name of a department and the user name of a
	// person, also of one in the list. They stay when they are nil, and go when
	// they are blank.
	Department, Manager *string
	Active              *bool // nil: stays, and a new person is active
	// Problems are what was wrong with the row before anybody knew what it means.
	Problems []string
}

// ImportAction is what becomes of a row.
type ImportAction string

// The actions.
const (
	ImportCreate    ImportAction = "CREATE"
	ImportUpdate    ImportAction = "UPDATE"
	ImportUnchanged ImportAction = "UNCHANGED"
	ImportConflict  ImportAction = "CONFLICT"
)

// ImportVerdict says what becomes of a row, and of a conflict all that is wrong.
type ImportVerdict struct {
	Action   ImportAction
	Problems []string
	User     uuid.UUID // the person; uuid.Nil while there is none
}

func (v *ImportVerdict) refuse(problems ...string) {
	v.Action, v.Problems = ImportConflict, append(v.Problems, problems...)
}

// importBatch is how many rows share a transaction.
const importBatch = 50

// Import makes and changes local people as a list says and returns a verdict for
// each row. Rows that something is wrong with are left out, whatever becomes of
// the others; a trial only says what would be done. When the time is up, or ctx
// ends, the rows that were not reached become conflicts that say so: the same list
// can be sent again.
func (d *Directory) Import(ctx context.Context, rows []ImportRow, trial bool, until time.Time) ([]ImportVerdict, error) {
	p, err := d.planImport(ctx, rows)
	if err != nil || trial {
		return p.verdicts, err
	}
	p.until = until
	var todo, waiting []int
	for i, v := range p.verdicts {
		if v.Action == ImportCreate || v.Action == ImportUpdate {
			todo = append(todo, i)
		}
	}
	if err := p.each(ctx, todo, "there was no time left for this row; send the file again", p.apply); err != nil {
		return p.verdicts, err
	}
	for _, i := range todo {
		if p.late[i] && p.verdicts[i].Action != ImportConflict {
			waiting = append(waiting, i)
		}
	}
	return p.verdicts, p.each(ctx, waiting, "there was no time left for the manager of this person; send the file again", p.applyManager)
}

// rowRule is what is done to a row in a transaction; made are the people whom the
// transaction has made before, by user name.
type rowRule func(ctx context.Context, tx *store.Tx, i int, made map[string]uuid.UUID) error

// each does something to rows, batch by batch. Those for whom no time is left are
// refused with a sentence.
func (p *importing) each(ctx context.Context, rows []int, late string, do rowRule) error {
	for batch := range slices.Chunk(rows, importBatch) {
		var err error
		inTime := p.directory.store.Now().Before(p.until)
		if inTime {
			err = p.write(ctx, batch, do)
		}
		switch {
		case !inTime || err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
			for _, i := range batch {
				if !p.written[i] && p.verdicts[i].Action != ImportConflict {
					p.verdicts[i].refuse(late)
				}
			}
		case err != nil:
			return err
		}
		clear(p.written)
	}
	return nil
}

// write does something to each row of a batch in one transaction, and where a
// row is in the way of the others, in one for each.
func (p *importing) write(ctx context.Context, batch []int, do rowRule) error {
	var made map[string]uuid.UUID // the people of this transaction, by user name
	err := p.directory.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		made = map[string]uuid.UUID{}
		for _, i := range batch {
			if err := do(ctx, tx, i, made); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		for key, id := range made {
			p.verdicts[p.first[key]].User, p.ids[key] = id, id
		}
		for _, i := range batch {
			p.written[i] = true
		}
		return nil
	}
	why, explained := errors.AsType[*fault.Error](err)
	switch {
	case !explained || why.Code == fault.Internal:
		return err
	case len(batch) == 1:
		p.verdicts[batch[0]].refuse(why.Message)
		return nil
	}
	for _, i := range batch {
		if err := p.write(ctx, []int{i}, do); err != nil {
			return err
		}
	}
	return nil
}

// apply makes or changes the person of a row. A manager who is not there yet
// comes when everybody is.
func (p *importing) apply(ctx context.Context, tx *store.Tx, i int, made map[string]uuid.UUID) error {
	row, u := &p.rows[i], p.people[p.keys[i]]
	details := Details{Texts: row.Texts}
	var err error
	if details.Department, err = p.departmentOf(ctx, tx, row); err != nil {
		return err
	}
	p.late[i] = false
	if details.Manager, err = p.managerOf(i, made); err != nil {
		p.late[i] = true
	}
	if u == nil {
		person, err := p.directory.CreateLocal(ctx, tx, Local{
			UserName: row.UserName, DisplayName: row.text(user.FieldDisplayName), Email: row.text(user.FieldEmail),
			Inactive: row.Active != nil && !*row.Active, Details: details,
		})
		if err == nil {
			made[p.keys[i]] = person.ID
		}
		return err
	}
	if err := p.directory.ChangePerson(ctx, tx, u.ID, details, nil); err != nil || row.Active == nil {
		return err
	}
	return p.directory.setActive(ctx, tx, u.ID, *row.Active)
}

// applyManager gives the person of a row the manager who has been made meanwhile.
func (p *importing) applyManager(ctx context.Context, tx *store.Tx, i int, _ map[string]uuid.UUID) error {
	manager, err := p.managerOf(i, nil)
	if err != nil {
		return err
	}
	return p.directory.ChangePerson(ctx, tx, p.verdicts[i].User, Details{Manager: manager}, nil)
}

// text is a text of a row, "" without.
func (r *ImportRow) text(column string) string {
	if value := r.Texts[column]; value != nil {
		return *value
	}
	return ""
}

// departmentOf is the department of a row, made where there is none of that name.
func (p *importing) departmentOf(ctx context.Context, tx *store.Tx, row *ImportRow) (*uuid.NullUUID, error) {
	if row.Department == nil || *row.Department == "" {
		return blankID(row.Department), nil
	}
	org, err := organizationOf(ctx)
	if err != nil {
		return nil, err
	}
	id, err := departmentNamed(ctx, tx, org, *row.Department)
	return &uuid.NullUUID{UUID: id, Valid: true}, err
}

// managerOf is the manager of a row, who may have been made in this transaction.
// Errors: fault.NotFound when there is no such person yet.
func (p *importing) managerOf(i int, made map[string]uuid.UUID) (*uuid.NullUUID, error) {
	value := p.rows[i].Manager
	if value == nil || *value == "" {
		return blankID(value), nil
	}
	key := store.Fold(*value)
	for _, known := range []map[string]uuid.UUID{p.ids, made} {
		if id, here := known[key]; here {
			return &uuid.NullUUID{UUID: id, Valid: true}, nil
		}
	}
	return nil, fault.New(fault.NotFound, "the manager %s could not be made", *value)
}

// blankID is a reference that stays, when nothing was said, or goes.
func blankID(value *string) *uuid.NullUUID {
	if value == nil {
		return nil
	}
	return &uuid.NullUUID{}
}
