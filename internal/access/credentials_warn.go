package access

import (
	"context"
	"encoding/json"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/predicate"
	"github.com/rollcall/rollcall/internal/store"
)

// LastEnding is a connection whose last SCIM credential ends: of what its directory
// comes with, the one that lasts longest.
type LastEnding struct {
	*ent.Connection
	Ends  time.Time
	Days  int  // until then, rounded up; 0: it has ended
	Spare bool // as of CredentialsEnd

	stage int // how many warnings are due
}

// Warn leaves an Event for each connection of the actor's organization that is
// provisioned and whose last SCIM credential ends within 60, 30, 14, 7 days or one, or has
// ended: one for each of these, however often and on however many replicas it runs.
// Paused connections, suspended organizations and rehearsals are left alone. tell,
// unless it is nil, passes each on within the same transaction. It returns how many that
// were.
func (a *Access) Warn(ctx context.Context, tell func(context.Context, *store.Tx, LastEnding) error) (warned int, err error) {
	due, err := dueCredentials(ctx, a.store.Read(), a.store.Now())
	if err != nil {
		return 0, err
	}
	for _, d := range due {
		n := 0
		err := a.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			n = 0
			if _, err := tx.LockConnection(ctx, d.ID); ent.IsNotFound(err) {
				return nil
			} else if err != nil {
				return err
			}
			current, err := dueCredentials(ctx, tx.Client, tx.Now(), connection.ID(d.ID))
			if err != nil || len(current) == 0 { // another replica was faster
				return err
			}
			n = 1
			if err := warnOfLast(ctx, tx, current[0]); err != nil || tell == nil {
				return err
			}
			return tell(ctx, tx, current[0])
		})
		if err != nil {
			return warned, err
		}
		warned += n
	}
	return warned, nil
}

// dueCredentials are the connections of which it is time to warn.
func dueCredentials(ctx context.Context, read *ent.Client, now time.Time, which ...predicate.Connection) (due []LastEnding, err error) {
	if counts, err := read.Organization.Query().Where(warnedOrganization...).Exist(ctx); err != nil || !counts {
		return nil, err
	}
	conns, err := read.Connection.Query().Where(connection.Enabled(true)).Where(which...).Order(connection.ByID()).All(ctx)
	if err != nil {
		return nil, err
	}
	ends, err := credentialEnds(ctx, read, now)
	if err != nil {
		return nil, err
	}
	for _, conn := range conns {
		e, known := ends[conn.ID]
		if !known {
			continue
		}
		if stage, days := stageOf(e.At, now); stage > conn.Warned[markOf(e.At)] {
			due = append(due, LastEnding{conn, e.At, days, e.Spare, stage})
		}
	}
	return due, nil
}

// markOf is under what a connection keeps how many warnings of an end were given:
// another end is warned of anew.
func markOf(end time.Time) string { return end.UTC().Format(time.RFC3339Nano) }

// warnOfLast notes what is due now. The marks of earlier ends go.
func warnOfLast(ctx context.Context, tx *store.Tx, e LastEnding) error {
	verb := "credentials_expire"
	if e.Days == 0 {
		verb = "credentials_expired"
	}
	tx.Note(ent.TypeConnection, e.ID, verb, map[string]any{"days": e.Days, "expires_at": e.Ends, "unused_spare": e.Spare})
	marks, err := json.Marshal(map[string]int{markOf(e.Ends): e.stage})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, "UPDATE connections SET warned = ? WHERE id = ?", string(marks), e.ID)
	return err
}
