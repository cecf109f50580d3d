package directory

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/pendinglink"
	"github.com/rollcall/rollcall/ent/scimclient"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// maxPending is how many accounts of a connection wait for a decision at most:
// anybody at the provider can try to sign in.
const maxPending = 1000

// Admit is Judge with its consequences: the account becomes the person's, a person
// is made, or the account waits for an administrator's decision. A Verdict without
// a user is no error, for what was noted has to stay. Errors: fault.Precondition
// when nobody can sign in through the connection any more.
func (d *Directory) Admit(ctx context.Context, tx *store.Tx, connection uuid.UUID, a Account) (*Verdict, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	// Locked: an account that comes twice at once is linked once.
	on, err := tx.SignOn.Query().Where(signon.ConnectionID(connection), signon.Enabled(true), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.Precondition, "signing in through this connection is switched off").Because(err)
	}
	if err != nil {
		return nil, err
	}
	a = a.cleaned()
	v, err := d.Judge(ctx, tx.Client, on, a)
	if err != nil {
		return nil, err
	}
	if v.stale != nil {
		if err := untie(ctx, tx, v.stale); err != nil {
			return nil, err
		}
	}
	if v.How == LinkedByCreation {
		if v.User, err = d.createFor(ctx, tx, a); err != nil {
			return nil, err
		}
		if v.User == nil {
			v = &Verdict{Reason: AccountUnknown, Why: "The user name is in use here."}
		}
	}
	switch {
	case v.User != nil && v.How != "":
		v.Identity, err = d.link(ctx, tx, on.ConnectionID, v.User, a, v.How)
	case v.User != nil:
		_, err = tx.Exec(ctx, "UPDATE identities SET last_used_at = ?, name = ?, email = ? WHERE id = ?", tx.Now(), shown(a.Name), shown(a.Email), v.Identity.ID)
	case v.Reason == AccountCandidate || v.Reason == AccountUnknown:
		err = d.await(ctx, tx, on, a, v)
	}
	return v, err
}

// link makes an account somebody's.
func (d *Directory) link(ctx context.Context, tx *store.Tx, connection uuid.UUID, u *ent.User, a Account, how string) (*ent.Identity, error) {
	// Locked, as whoever deletes the person does: the account would be a dead one's.
	now, err := tx.User.Query().Where(user.ID(u.ID), user.DeletedAtIsNil(), store.Lock).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.Conflict, "%s was deleted at this moment", u.UserName).Because(err)
	case err != nil:
		return nil, err
	case how == LinkedByExternalID && !equalText(now.ExternalID, &a.ExternalID):
		return nil, fault.New(fault.Conflict, "%s got another externalId at this moment", u.UserName)
	case isMore(now.Role, u.Role):
		return nil, fault.New(fault.Conflict, "%s got another role at this moment", u.UserName)
	}
	tx.Vouch(u.ID)
	i, err := tx.Identity.Create().SetConnectionID(connection).SetUserID(u.ID).SetIssuer(a.Issuer).SetTenant(a.Tenant).SetSubject(a.Subject).
		SetHow(how).SetName(shown(a.Name)).SetEmail(shown(a.Email)).SetLastUsedAt(tx.Now()).Save(ctx)
	if err != nil {
		return nil, err
	}
	tx.Name(i.ID, "linked")
	_, err = tx.Exec(ctx, "DELETE FROM pending_links WHERE org_id = ? AND connection_id = ? AND issuer = ? AND tenant = ? AND subject = ?",
		u.OrgID, connection, a.Issuer, a.Tenant, a.Subject)
	return i, err
}

// createFor makes a person of an account whose address is proved; nil when somebody
// has it for a user name.
func (d *Directory) createFor(ctx context.Context, tx *store.Tx, a Account) (*ent.User, error) {
	held, err := tx.User.Query().Where(user.UserNameKey(store.Fold(a.Email)), user.DeletedAtIsNil()).Exist(ctx)
	if err != nil {
		return nil, err
	}
	if held {
		return nil, nil
	}
	return d.CreateLocal(ctx, tx, Local{UserName: a.Email, DisplayName: shown(a.Name), Email: a.Email})
}

// await notes that an account wants in. An administrator sees it once, however
// often it comes.
func (d *Directory) await(ctx context.Context, tx *store.Tx, on *ent.SignOn, a Account, v *Verdict) error {
	n, err := tx.Exec(ctx, `UPDATE pending_links SET attempts = attempts + 1, last_at = ?, name = ?, email = ?, reason = ?, candidate_id = ?
		WHERE org_id = ? AND connection_id = ? AND issuer = ? AND tenant = ? AND subject = ?`,
		tx.Now(), shown(a.Name), shown(a.Email), v.Why, candidateID(v), on.OrgID, on.ConnectionID, a.Issuer, a.Tenant, a.Subject)
	if err != nil || n > 0 {
		return err
	}
	if err := makeRoom(ctx, tx, on.ConnectionID); err != nil {
		return err
	}
	create := tx.PendingLink.Create().SetConnectionID(on.ConnectionID).SetIssuer(a.Issuer).SetTenant(a.Tenant).SetSubject(a.Subject).
		SetName(shown(a.Name)).SetEmail(shown(a.Email)).SetReason(v.Why).SetLastAt(tx.Now())
	if v.Candidate != nil {
		create.SetCandidateID(v.Candidate.ID)
	}
	p, err := create.Save(ctx)
	if err != nil {
		return err
	}
	tx.Name(p.ID, "refused_sign_in")
	return nil
}

// makeRoom forgets the account that has waited longest, when there are too many:
// anybody at a large provider can add one. One that may be somebody's is kept longest.
func makeRoom(ctx context.Context, tx *store.Tx, connection uuid.UUID) error {
	waiting, err := tx.PendingLink.Query().Where(pendinglink.ConnectionID(connection)).Count(ctx)
	if err != nil || waiting < maxPending {
		return err
	}
	_, err = tx.Exec(ctx, `DELETE FROM pending_links WHERE id = (SELECT id FROM pending_links WHERE connection_id = ?
		ORDER BY CASE WHEN candidate_id IS NULL AND status = 'WAITING' THEN 0 WHEN status = 'WAITING' THEN 1 ELSE 2 END, last_at LIMIT 1)`, connection)
	return err
}

func candidateID(v *Verdict) any {
	if v.Candidate == nil {
		return nil
	}
	return v.Candidate.ID
}

// shown is a text of the provider that is kept to be shown.
func shown(text string) string {
	runes := []rune(text)
	return string(runes[:min(len(runes), maxText)])
}

// scimIsOn says whether a directory can provision through a connection now: it has
// a token or a client that works.
func scimIsOn(ctx context.Context, read *ent.Client, connection uuid.UUID, now time.Time) (bool, error) {
	tokens, err := read.Token.Query().Where(token.ConnectionID(connection), token.KindEQ(token.KindScim), token.RevokedAtIsNil(),
		token.Or(token.ExpiresAtIsNil(), token.ExpiresAtGT(now))).Exist(ctx)
	if err != nil || tokens {
		return tokens, err
	}
	return read.ScimClient.Query().Where(scimclient.ConnectionID(connection), scimclient.RevokedAtIsNil()).Exist(ctx)
}

// ApproveAccount lets a person sign in with an account that waits for a decision.
// Errors: fault.NotFound, those of Person, and fault.Conflict when the account has
// become somebody's.
func (d *Directory) ApproveAccount(ctx context.Context, tx *store.Tx, pending, person uuid.UUID) (*ent.Identity, error) {
	p, err := tx.PendingLink.Query().Where(pendinglink.ID(pending), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "there is no such account waiting; somebody may have decided about it").Because(err)
	}
	if err != nil {
		return nil, err
	}
	if _, err := tx.SignOn.Query().Where(signon.ConnectionID(p.ConnectionID), store.Lock).Only(ctx); ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "nobody can sign in through this connection any more").Because(err)
	} else if err != nil {
		return nil, err
	}
	u, err := d.Person(ctx, tx, person)
	if err != nil {
		return nil, err
	}
	how, err := mayGiveAccount(ctx, tx.Client, u)
	if err != nil {
		return nil, err
	}
	return d.link(ctx, tx, p.ConnectionID, u, Account{Issuer: p.Issuer, Tenant: p.Tenant, Subject: p.Subject, Name: p.Name, Email: p.Email}, how)
}

// RefuseAccount decides that an account is nobody's: it is not asked about again.
// Errors: fault.NotFound.
func (d *Directory) RefuseAccount(ctx context.Context, tx *store.Tx, pending uuid.UUID) error {
	p, err := tx.PendingLink.Query().Where(pendinglink.ID(pending), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return fault.New(fault.NotFound, "there is no such account waiting; somebody may have decided about it").Because(err)
	}
	if err != nil || p.Status == pendinglink.StatusREFUSED {
		return err
	}
	tx.Name(p.ID, "refused")
	return tx.PendingLink.UpdateOneID(p.ID).SetStatus(pendinglink.StatusREFUSED).Exec(ctx)
}

// Unlink takes an account away from its person, with the role that rules gave for it,
// and ends the sessions that began with it. Errors: fault.NotFound, those of Person.
func (d *Directory) Unlink(ctx context.Context, tx *store.Tx, id uuid.UUID) error {
	i, err := tx.Identity.Get(ctx, id)
	if ent.IsNotFound(err) {
		return fault.New(fault.NotFound, "there is no such account").Because(err)
	}
	if err != nil {
		return err
	}
	if _, err := d.Person(ctx, tx, i.UserID); err != nil {
		return err
	}
	return untie(ctx, tx, i)
}
