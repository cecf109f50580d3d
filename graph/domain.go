package graph

import (
	"context"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/domain"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// domainPayload changes a domain.
func (r *Resolver) domainPayload(ctx context.Context, change func(context.Context, *store.Tx) (*ent.Domain, error)) (*DomainPayload, error) {
	var d *ent.Domain
	err := r.store.Write(ctx, func(ctx context.Context, tx *store.Tx) (err error) {
		d, err = change(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DomainPayload{Domain: d.Unwrap()}, nil
}

// domainRecords asks DNS what stands beside a claimed domain, before the
// transaction. A resolver that fails is an error for people.
func (r *Resolver) domainRecords(ctx context.Context, id uuid.UUID) ([]string, error) {
	d, err := r.store.Read().Domain.Query().Where(domain.ID(id)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such domain").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return directory.RecordsOf(ctx, d.Name, r.lookupTXT)
}
