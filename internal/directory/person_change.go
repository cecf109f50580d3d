package directory

import (
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// ChangePerson changes a person by hand. Of one whom a connection provisions it
// takes only what that connection has not sent; what the connection sends later
// counts. Nothing different means nothing written. version, where it is given,
// is the one that the person must still have.
//
// Errors: those of Person, fault.Conflict on version and user_name,
// fault.Forbidden on a column that the connection owns, fault.Invalid on the
// column at fault, fault.NotFound on department_id and manager_id.
func (d *Directory) ChangePerson(ctx context.Context, tx *store.Tx, id uuid.UUID, details Details, version *int) error {
	u, err := d.Person(ctx, tx, id)
	if err != nil {
		return err
	}
	if version != nil && *version != u.Version {
		return fault.New(fault.Conflict, "%s has been changed since: this is version %d, not %d; look again and repeat what is still to be done", u.UserName, u.Version, *version).On(user.FieldVersion)
	}
	was, err := profileOf(ctx, tx, u)
	if err != nil {
		return err
	}
	next := *was
	if err := details.apply(&next); err != nil {
		return err
	}
	refs, err := details.references(ctx, tx, u)
	if err != nil {
		return err
	}
	changed := changedColumns(u, was, &next, refs)
	if len(changed) == 0 {
		return nil
	}
	if u.ConnectionID != nil {
		if err := keepOwned(ctx, tx.Client, u, changed); err != nil {
			return err
		}
	}
	return d.rewrite(ctx, tx, u, was, &next, refs)
}

// rewrite brings a person to another profile by hand. Where a department or a
// manager is set, what the directory once said of it counts no more.
func (d *Directory) rewrite(ctx context.Context, tx *store.Tx, u *ent.User, was, next *Profile, refs references) error {
	if refs.department != nil {
		next.Department = nil
	}
	if refs.manager != nil {
		next.Manager = nil
	}
	if err := tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error {
		if err := setDifferences(m, was, next); err != nil {
			return err
		}
		setEmail(m, u, next)
		refs.set(m)
		return nil
	}); err != nil {
		return err
	}
	if !slices.Equal(was.Emails, next.Emails) {
		if err := replaceEmails(ctx, tx, u.ID, next.Emails); err != nil {
			return err
		}
	}
	if !renamed(was, next) {
		return nil
	}
	return adoptReports(ctx, tx, next, u.ID)
}

// changed is a column that is to change, and whether it has a value that
// somebody has set.
type changed struct {
	column string
	owner  string // the column whose value tells
	filled bool
}

func changedColumns(u *ent.User, was, next *Profile, refs references) (out []changed) {
	add := func(column, owner string, filled bool) { out = append(out, changed{column, owner, filled}) }
	if was.UserName != next.UserName {
		add(user.FieldUserName, user.FieldUserName, true)
	}
	old := was.texts()
	for i, t := range next.texts() {
		if !equalText(old[i].value, t.value) {
			add(t.column, t.column, old[i].value != nil)
		}
	}
	if !slices.Equal(was.Emails, next.Emails) {
		add(user.FieldEmail, user.FieldEmail, len(was.Emails) > 0)
	}
	if refs.department != nil {
		add(user.FieldDepartmentID, user.FieldDepartmentName, u.DepartmentName != nil)
	}
	if refs.manager != nil {
		add(user.FieldManagerID, user.FieldManagerValue, u.ManagerValue != nil)
	}
	return out
}

// keepOwned refuses to change what the person's connection has sent.
func keepOwned(ctx context.Context, read *ent.Client, u *ent.User, columns []changed) error {
	told := &teller{read: read, user: u}
	for _, c := range columns {
		if !c.filled {
			continue
		}
		byHand, err := told.byHand(ctx, c.owner)
		switch {
		case err != nil:
			return err
		case byHand:
			continue
		}
		conn, err := read.Connection.Query().Where(connection.ID(*u.ConnectionID)).Only(ctx)
		if err != nil {
			return err
		}
		return fault.New(fault.Forbidden, "the connection %s owns the %s of %s; change it there", conn.Name, wordsOf(c.column), u.UserName).On(c.column)
	}
	return nil
}

// maxTold is how far back a teller looks.
const maxTold = 500

// teller knows who has set the columns of a person. It reads the person's Events
// once, when the first column is asked for.
type teller struct {
	read   *ent.Client
	user   *ent.User
	events []*ent.Event
	sent   map[uuid.UUID]bool // tokens and SCIM clients: whether they are of a connection
}

// byHand says whether a column of a provisioned person has its value from
// somebody here: the Events know who has set it last. When a connection makes or
// takes over a person, all that the person then has is what it sent.
func (t *teller) byHand(ctx context.Context, column string) (bool, error) {
	if t.sent == nil {
		events, err := t.read.Event.Query().Where(event.EntityID(t.user.ID)).Order(event.ByID(sql.OrderDesc())).Limit(maxTold).All(ctx)
		if err != nil {
			return false, err
		}
		t.events, t.sent = events, map[uuid.UUID]bool{}
	}
	for _, e := range t.events {
		if _, set := e.Data.After[column]; !set {
			if _, taken := e.Data.After[user.FieldConnectionID]; taken {
				return false, nil
			}
			continue
		}
		if e.Actor != string(actor.Token) || e.ActorID == nil {
			return true, nil
		}
		sent, err := t.isScim(ctx, *e.ActorID)
		return !sent && err == nil, err
	}
	return false, nil
}

func (t *teller) isScim(ctx context.Context, id uuid.UUID) (bool, error) {
	if sent, known := t.sent[id]; known {
		return sent, nil
	}
	sent, err := t.read.Token.Query().Where(token.ID(id), token.KindEQ(token.KindScim)).Exist(ctx)
	if err == nil && !sent {
		sent, err = t.read.ScimClient.Query().Where(scimclient.ID(id)).Exist(ctx)
	}
	if err == nil {
		t.sent[id] = sent
	}
	return sent, err
}
