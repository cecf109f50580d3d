package directory

import (
	"context"
	"crypto/rand"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/domain"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// DomainRecord is the name below a domain at which its TXT record is looked for.
const DomainRecord = "_rollcall"

// MaxDomains is how many domains an organization can claim.
const MaxDomains = 100

const (
	domainPrefix = "rollcall-domain="
	hostLetters  = "abcdefghijklmnopqrstuvwxyz0123456789-."
)

// shared are domains in which anybody gets an address: whoever proved one could
// route, and be taken for, strangers.
var shared = map[string]bool{}

func init() {
	for name := range strings.FieldsSeq(`gmail.com googlemail.com outlook.com outlook.de hotmail.com hotmail.co.uk hotmail.fr hotmail.de live.com
		live.co.uk msn.com yahoo.com yahoo.co.uk yahoo.de yahoo.fr ymail.com aol.com icloud.com me.com mac.com gmx.de gmx.net gmx.com gmx.at gmx.ch
		web.de t-online.de freenet.de mail.com mail.ru yandex.ru yandex.com proton.me protonmail.com pm.me tutanota.com tuta.io posteo.de mailbox.org
		fastmail.com zoho.com qq.com 163.com 126.com sina.com naver.com daum.net orange.fr wanadoo.fr free.fr laposte.net sfr.fr libero.it virgilio.it
		tiscali.it bluewin.ch btinternet.com sky.com virginmedia.com comcast.net verizon.net att.net cox.net bigpond.com rediffmail.com
		onmicrosoft.com`) {
		shared[name] = true
	}
}

// ClaimDomain notes that the organization says a domain is its own, and what a TXT
// record has to say to prove it. Errors: fault.Invalid on name, fault.Conflict when
// it is there already.
func (d *Directory) ClaimDomain(ctx context.Context, tx *store.Tx, name string) (*ent.Domain, error) {
	canonical := canonicalDomain(strings.TrimSpace(name))
	switch {
	case canonical == "" || !strings.Contains(canonical, ".") || strings.HasSuffix(canonical, ".") || strings.Trim(canonical, hostLetters) != "":
		return nil, fault.New(fault.Invalid, "%q is no domain; write what stands behind the @ of your e-mail addresses, as in example.com", name).On("name")
	case shared[canonical] || strings.HasSuffix(canonical, ".onmicrosoft.com"):
		return nil, fault.New(fault.Invalid, "anybody can have an address in %s, so it can't belong to one organization", canonical).On("name")
	}
	n, err := tx.Domain.Query().Count(ctx)
	if err != nil {
		return nil, err
	}
	if n >= MaxDomains {
		return nil, fault.New(fault.Conflict, "an organization can have %d domains; remove one first", MaxDomains).On("name")
	}
	c, err := tx.Domain.Create().SetName(canonical).SetChallenge(domainPrefix + strings.ToLower(rand.Text())).Save(ctx)
	if err != nil {
		return nil, err
	}
	tx.Name(c.ID, "claimed")
	return c, nil
}

// ProveDomain notes what the TXT records of a claimed domain said: one of them has
// to be its challenge. Errors: fault.NotFound, fault.Precondition when none is,
// fault.Conflict when another organization has proved the domain.
func (d *Directory) ProveDomain(ctx context.Context, tx *store.Tx, id uuid.UUID, records []string) (*ent.Domain, error) {
	c, err := lockDomain(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if !provedBy(c, records) {
		return nil, fault.New(fault.Precondition, "%s has no TXT record %q yet; a new record can take an hour until it is seen everywhere", DomainRecord+"."+c.Name, c.Challenge).On("name")
	}
	if c.VerifiedAt != nil {
		if err := noteRecord(ctx, tx, c, true); err != nil {
			return nil, err
		}
		return tx.Domain.Get(ctx, c.ID)
	}
	taken, err := tx.Domain.Query().Where(domain.Proved(c.Name)).Exist(store.AcrossOrganizations(ctx))
	if err != nil {
		return nil, err
	}
	if taken {
		return nil, fault.New(fault.Conflict, "another organization of this installation has proved that %s is its own", c.Name).On("name")
	}
	tx.Name(c.ID, "proved")
	return tx.Domain.UpdateOneID(c.ID).SetVerifiedAt(tx.Now()).SetCheckedAt(tx.Now()).SetProved(c.Name).ClearMissingAt().Save(ctx)
}

// RouteDomain sends people with an address in a proved domain to a connection to
// sign in, uuid.Nil for nowhere. Errors: fault.NotFound, fault.Precondition when
// the domain is not proved, fault.Invalid on connection_id when nobody can sign in
// through it.
func (d *Directory) RouteDomain(ctx context.Context, tx *store.Tx, id, connection uuid.UUID) (*ent.Domain, error) {
	c, err := lockDomain(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if connection == uuid.Nil {
		return tx.Domain.UpdateOneID(c.ID).ClearConnectionID().Save(ctx)
	}
	if c.VerifiedAt == nil {
		return nil, fault.New(fault.Precondition, "%s is not proved yet, and sends nobody anywhere until it is", c.Name).On("name")
	}
	there, err := tx.SignOn.Query().Where(signon.ConnectionID(connection)).Exist(ctx)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, fault.New(fault.Invalid, "nobody can sign in through this connection; set single sign-on up first").On("connection_id")
	}
	return tx.Domain.UpdateOneID(c.ID).SetConnectionID(connection).Save(ctx)
}

// RemoveDomain takes a claim back. Errors: fault.NotFound.
func (d *Directory) RemoveDomain(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	c, err := lockDomain(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := tx.Domain.DeleteOneID(c.ID).Exec(ctx); err != nil {
		return err
	}
	tx.Name(c.ID, "removed")
	return nil
}

func lockDomain(ctx context.Context, tx *store.Tx, id uuid.UUID) (*ent.Domain, error) {
	c, err := tx.Domain.Query().Where(domain.ID(id), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such domain").Because(err)
	}
	return c, err
}

// RouteOf is the connection at which people with an address sign in, whatever
// organization it belongs to; uuid.Nil when there is none.
func (d *Directory) RouteOf(ctx context.Context, address string) (connection uuid.UUID, err error) {
	local, name, ok := strings.Cut(strings.TrimSpace(address), "@")
	canonical := canonicalDomain(name)
	if !ok || local == "" || strings.Contains(name, "@") || canonical == "" {
		return uuid.Nil, nil
	}
	c, err := d.store.Read().Domain.Query().Where(domain.Proved(canonical), domain.ConnectionIDNotNil()).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return uuid.Nil, nil
	}
	if err != nil {
		return uuid.Nil, err
	}
	return *c.ConnectionID, nil
}
