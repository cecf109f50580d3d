package graph

import (
	"context"
	"time"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// maxConnectionClients is how many clients of a connection one list shows.
const maxConnectionClients = 100

// changeClient answers with a client that a rule has made or changed.
func (r *Resolver) changeClient(ctx context.Context, change func(context.Context, *store.Tx) (*ent.ScimClient, error)) (*ScimClientPayload, error) {
	p := new(ScimClientPayload)
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		p.Client, err = change(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}

// secretLife is a number of days, 0 for what secrets have unless told.
func secretLife(days *int) (time.Duration, error) {
	if days == nil {
		return 0, nil
	}
	if *days < 1 || *days > longest {
		return 0, fault.New(fault.Invalid, "a secret works for 1 day at least, and not for %d days", *days).On("expires_in_days")
	}
	return time.Duration(*days) * 24 * time.Hour, nil
}

// clientsOf are the newest clients of a connection.
func (l *loader) clientsOf(ctx context.Context, id uuid.UUID) ([]*ent.ScimClient, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clients == nil {
		newest := firstOfEach(ctx, scimclient.Table, "id DESC", maxConnectionClients, "TRUE")
		all, err := l.r.store.Read().ScimClient.Query().Where(newest).Order(scimclient.ByID(sql.OrderDesc())).All(ctx)
		if err != nil {
			return nil, err
		}
		l.clients = map[uuid.UUID][]*ent.ScimClient{}
		for _, c := range all {
			l.clients[c.ConnectionID] = append(l.clients[c.ConnectionID], c)
		}
	}
	return append([]*ent.ScimClient{}, l.clients[id]...), nil
}
