package directory

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/domain"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

const (
	// DomainGrace is how long a proved domain counts as proved without its record.
	DomainGrace = 7 * 24 * time.Hour

	recheckEvery = 24 * time.Hour
	lookupLimit  = 10 * time.Second
)

// LookupTXT asks DNS for TXT records, as net.Resolver does.
type LookupTXT func(ctx context.Context, name string) ([]string, error)

// RecordsOf asks DNS what stands beside a domain: nothing, where DNS says that there is
// nothing. Errors: fault.Precondition when DNS can't be asked.
func RecordsOf(ctx context.Context, name string, lookup LookupTXT) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	at := DomainRecord + "." + name
	records, err := lookup(ctx, at)
	if missing, ok := errors.AsType[*net.DNSError](err); ok && missing.IsNotFound && !missing.IsTimeout && !missing.IsTemporary {
		return nil, nil
	}
	if err != nil {
		return nil, fault.New(fault.Precondition, "DNS could not be asked for %s; try again in a minute", at).Because(err)
	}
	return records, nil
}

func provedBy(c *ent.Domain, records []string) bool {
	return slices.ContainsFunc(records, func(r string) bool { return strings.TrimSpace(r) == c.Challenge })
}

// WatchDomains looks again, once a day, for the records of the proved domains of the
// actor's organization. One whose record is gone counts for a week yet, then no more;
// each leaves an Event. It returns how many changed for the worse. DNS that can't be
// asked changes nothing, and is asked again the next time.
func (d *Directory) WatchDomains(ctx context.Context, lookup LookupTXT) (worse int, failed error) {
	now := d.store.Now()
	due, err := d.store.Read().Domain.Query().Where(domain.VerifiedAtNotNil(),
		domain.Or(domain.CheckedAtIsNil(), domain.CheckedAtLTE(now.Add(-recheckEvery)))).Order(domain.ByID()).All(ctx)
	if err != nil {
		return 0, err
	}
	for _, c := range due {
		records, err := RecordsOf(ctx, c.Name, lookup)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", c.Name, err))
			continue
		}
		there, changed := provedBy(c, records), false
		err = d.store.Write(ctx, func(ctx context.Context, tx *store.Tx) error {
			changed = false
			current, err := lockDomain(ctx, tx, c.ID)
			if fault.CodeOf(err) == fault.NotFound {
				return nil
			}
			// Another replica, or somebody by hand, may have looked meanwhile.
			if err != nil || current.VerifiedAt == nil || !sameTime(current.CheckedAt, c.CheckedAt) {
				return err
			}
			changed = !there && (current.MissingAt == nil || hasLapsed(current, tx.Now()))
			return noteRecord(ctx, tx, current, there)
		})
		if err != nil {
			return worse, errors.Join(failed, err)
		}
		if changed {
			worse++
		}
	}
	return worse, failed
}

// noteRecord keeps what DNS has said of a proved, locked domain.
func noteRecord(ctx context.Context, tx *store.Tx, c *ent.Domain, there bool) error {
	update := tx.Domain.UpdateOneID(c.ID).SetCheckedAt(tx.Now())
	switch {
	case there && c.MissingAt != nil:
		tx.Name(c.ID, "record_found")
		update.ClearMissingAt()
	case there, c.MissingAt != nil && !hasLapsed(c, tx.Now()):
		_, err := tx.Exec(ctx, "UPDATE domains SET checked_at = ? WHERE id = ?", tx.Now(), c.ID)
		return err
	case c.MissingAt == nil:
		tx.Name(c.ID, "record_missing")
		update.SetMissingAt(tx.Now())
	default:
		tx.Name(c.ID, "lapsed")
		update.ClearVerifiedAt().ClearProved().ClearMissingAt()
	}
	tx.NoteUpdate(ent.TypeDomain, c.ID, nil, map[string]any{"name": c.Name})
	return update.Exec(ctx)
}

func hasLapsed(c *ent.Domain, now time.Time) bool { return !now.Before(LapseOf(c)) }

// LapseOf is when a proved domain without its record counts as unproved.
func LapseOf(c *ent.Domain) time.Time { return c.MissingAt.Add(DomainGrace) }

func sameTime(a, b *time.Time) bool {
	return a == b || a != nil && b != nil && a.Equal(*b)
}
