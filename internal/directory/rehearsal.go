package directory

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/attribute"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/rehearsal"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	// MaxRehearsed is how many people a rehearsal can have.
	MaxRehearsed = 500

	// StageTime is after how long a stage is thrown away whose server has died.
	StageTime = time.Hour

	// rehearsalSilence is how long a rehearsal goes on without a word of its
	// server; then that has died.
	rehearsalSilence = time.Minute

	keptRehearsals = 20 // of each connection
)

// StartRehearsal notes that a connection is rehearsed with so many people; who
// called it then sets the stage. Errors: fault.NotFound, fault.Invalid (users),
// fault.Conflict while another rehearsal of the organization goes on.
func (d *Directory) StartRehearsal(ctx context.Context, tx *store.Tx, connection uuid.UUID, users int) (*ent.Rehearsal, error) {
	if users < 1 || users > MaxRehearsed {
		return nil, fault.New(fault.Invalid, "a rehearsal has 1 to %d people, not %d", MaxRehearsed, users).On("users")
	}
	org, err := lockOrganization(ctx, tx)
	if err != nil {
		return nil, err
	}
	conn, err := lockConnection(ctx, tx, connection)
	if err != nil {
		return nil, err
	}
	goesOn, err := tx.Rehearsal.Query().Where(rehearsal.StateEQ(rehearsal.StateRUNNING),
		rehearsal.BeatAtGT(tx.Now().Add(-rehearsalSilence))).Exist(ctx)
	if err == nil && goesOn {
		err = fault.New(fault.Conflict, "a rehearsal of %s goes on already: wait until it has ended, which takes a minute or so", org.Name)
	}
	if err != nil {
		return nil, err
	}
	if err := forgetRehearsals(ctx, tx, conn, keptRehearsals-1); err != nil {
		return nil, err
	}
	groups := 0
	if conn.Settings.Groups {
		groups = 2 + users/10
	}
	r, err := tx.Rehearsal.Create().SetConnectionID(conn.ID).SetStage(schema.NewID()).
		SetUsers(users).SetGroups(groups).SetBeatAt(tx.Now()).Save(ctx)
	if err == nil {
		tx.Note(ent.TypeRehearsal, r.ID, "started", map[string]any{"connection_id": conn.ID, "users": users})
	}
	return r, err
}

// forgetRehearsals deletes all but the newest rehearsals of a connection.
func forgetRehearsals(ctx context.Context, tx *store.Tx, conn *ent.Connection, keep int) error {
	_, err := tx.Exec(ctx, `DELETE FROM rehearsals WHERE org_id = ? AND connection_id = ? AND id NOT IN
		(SELECT id FROM rehearsals WHERE org_id = ? AND connection_id = ? ORDER BY id DESC LIMIT ?)`,
		conn.OrgID, conn.ID, conn.OrgID, conn.ID, keep)
	return err
}

// SetStage makes the organization into which a rehearsal is played: named after
// the actor's, with one connection of the same kind, settings and declared
// attributes. Nobody sees it in a list, and it is purged after StageTime at the
// latest. furnish does in its transaction what else it needs.
func (d *Directory) SetStage(ctx context.Context, r *ent.Rehearsal, furnish func(context.Context, *store.Tx, *ent.Connection) error) (*ent.Organization, error) {
	read := d.store.Read()
	of, err := read.Organization.Query().Only(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := read.Connection.Get(ctx, r.ConnectionID)
	if err != nil {
		return nil, err
	}
	declared, err := read.Attribute.Query().Where(attribute.ConnectionID(conn.ID), attribute.Declared(true)).Order(attribute.ByID()).All(ctx)
	if err != nil {
		return nil, err
	}
	var stage *ent.Organization
	err = d.store.Write(actor.InOrg(ctx, r.Stage), func(ctx context.Context, tx *store.Tx) error {
		var err error
		stage, err = tx.Organization.Create().SetID(r.Stage).SetSlug("rehearsal-" + strings.ReplaceAll(r.Stage.String(), "-", "")).
			SetName(of.Name).SetRehearsalOf(of.ID).SetPurgeAt(tx.Now().Add(StageTime)).Save(ctx)
		if err != nil {
			return err
		}
		copied, err := d.CreateConnection(ctx, tx, conn.Name, string(conn.Kind), conn.Settings)
		if err != nil {
			return err
		}
		for _, a := range declared {
			if _, err := d.DeclareAttribute(ctx, tx, copied, a.Resource, a.Urn+":"+a.Name, string(a.Kind), a.Multi); err != nil {
				return err
			}
		}
		return furnish(ctx, tx, copied)
	})
	return stage, err
}

// StrikeStage purges the stage of a rehearsal with everything on it, at once. The
// empty organization stays hidden until the next look for those that are due
// finds that no late row has come in.
func (d *Directory) StrikeStage(ctx context.Context, r *ent.Rehearsal) error {
	ctx = actor.InOrg(ctx, r.Stage)
	err := d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		org, err := tx.Organization.Query().Where(organization.RehearsalOfNotNil(), store.Lock).Only(ctx)
		if err != nil {
			return err
		}
		return tx.Organization.UpdateOne(org).SetSuspendedAt(tx.Now()).SetPurgeAt(tx.Now()).Exec(ctx)
	})
	if ent.IsNotFound(err) {
		return nil // it was never set
	}
	if err == nil {
		_, err = d.purgeRows(ctx, r.Stage)
	}
	return err
}

// RehearsalProgress is how far a rehearsal has come: in a phase of a cycle, with
// so many things done of a total.
type RehearsalProgress struct {
	Cycle, Phase string
	Done, Total  int
}

// NoteRehearsal says that a rehearsal of the actor's organization goes on.
func (d *Directory) NoteRehearsal(ctx context.Context, id uuid.UUID, p RehearsalProgress) error {
	return d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		return tx.Rehearsal.Update().Where(rehearsal.ID(id), rehearsal.StateEQ(rehearsal.StateRUNNING)).
			SetBeatAt(tx.Now()).SetCycle(p.Cycle).SetPhase(p.Phase).SetDone(p.Done).SetTotal(p.Total).Exec(ctx)
	})
}

// EndRehearsal notes what a rehearsal has found out, or with a problem why it has
// not come to its end.
func (d *Directory) EndRehearsal(ctx context.Context, id uuid.UUID, report *schema.RehearsalReport, problem string) error {
	return d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
		update := tx.Rehearsal.Update().Where(rehearsal.ID(id)).SetEndedAt(tx.Now()).SetState(rehearsal.StateDONE)
		if report != nil {
			update.SetReport(report)
		}
		if problem != "" {
			update.SetState(rehearsal.StateFAILED).SetProblem(problem)
		}
		return update.Exec(ctx)
	})
}

// RehearsalNow is a rehearsal as it stands: one of which nothing was heard for a
// minute has ended with its server.
func (d *Directory) RehearsalNow(r *ent.Rehearsal) *ent.Rehearsal {
	if r == nil || r.State != rehearsal.StateRUNNING || r.BeatAt.After(d.store.Now().Add(-rehearsalSilence)) {
		return r
	}
	broken := *r
	broken.State, broken.EndedAt = rehearsal.StateFAILED, &r.BeatAt
	broken.Problem = "The server that played it has stopped. Nothing of yours was touched; start another one."
	return &broken
}
