package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/connection"
)

// ending is what templates say of a connection of which something ends.
type ending struct {
	Name, When, Link string
	Entra            bool
	days             int
}

// ending looks the connection up; tab is the part of its page on which there is
// something to do. Errors: errGone.
func (n *Notifier) ending(ctx context.Context, id uuid.UUID, ends time.Time, days int, tab string) (ending, error) {
	conn, err := n.Store.Read().Connection.Query().Where(connection.ID(id)).Only(ctx)
	if err != nil {
		return ending{}, gone(err)
	}
	return ending{Name: harmless(conn.Name), When: ends.UTC().Format("2 January 2006"),
		Link: "/connections/" + conn.ID.String() + "?tab=" + tab, Entra: conn.Kind == connection.KindENTRA, days: days}, nil
}

// In says in how many days.
func (e ending) In() string {
	if e.days == 1 {
		return "within a day"
	}
	return fmt.Sprintf("in %d days", e.days)
}
