package store

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
)

// FeedState is how far the feed of Events has come, over all organizations. The
// times are zero while there are no Events.
type FeedState struct {
	Position int64     // of the newest Event that readers can see
	Shown    time.Time // when that one happened
	Written  time.Time // when the newest of all happened
}

// FeedState asks how far the feed has come.
func (s *Store) FeedState(ctx context.Context) (FeedState, error) {
	ctx = AcrossOrganizations(ctx)
	newest := func() *ent.EventQuery { return s.client.Event.Query().Order(event.ByID(sql.OrderDesc())) }
	shown, err := newest().Where(s.Settled).First(ctx)
	if ent.IsNotFound(err) {
		return FeedState{}, nil
	}
	if err != nil {
		return FeedState{}, translate(err)
	}
	last, err := newest().First(ctx)
	if err != nil {
		return FeedState{}, translate(err)
	}
	return FeedState{Position: shown.Position, Shown: shown.CreatedAt, Written: last.CreatedAt}, nil
}
