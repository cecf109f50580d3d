package access

import (
	"cmp"
	"context"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/passkey"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// Ceremonies are the two conversations with a browser about a passkey: making
// one, and signing in with it. Each has a beginning, whose options go to the
// browser with a secret for a cookie, and an end with the browser's answer.
type Ceremonies struct {
	access *Access
	party  *webauthn.WebAuthn
}

// Ceremonies returns the ceremonies of a server that browsers know by its public
// URL, or an error that says why browsers refuse passkeys there.
func (a *Access) Ceremonies(publicURL string) (*Ceremonies, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, err
	}
	if net.ParseIP(u.Hostname()) != nil {
		return nil, fault.New(fault.Precondition, "passkeys belong to a name and don't work at the address %s; open Rollcall under a host name, on your own machine under localhost", u.Hostname())
	}
	if u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil, fault.New(fault.Precondition, "browsers offer passkeys over https only")
	}
	limit := webauthn.TimeoutConfig{Timeout: CeremonyLifetime, TimeoutUVD: CeremonyLifetime}
	party, err := webauthn.New(&webauthn.Config{
		RPID: strings.ToLower(u.Hostname()), RPDisplayName: "Rollcall", RPOrigins: []string{OriginOf(u)},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
		Timeouts: webauthn.TimeoutsConfig{Login: limit, Registration: limit},
		// Some password managers answer extensions that nobody asked for.
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore,
	})
	return &Ceremonies{a, party}, err
}

// OriginOf is how browsers write the origin of a URL: in lower case, and without
// the port that goes without saying.
func OriginOf(u *url.URL) string {
	origin := u.Scheme + "://" + strings.ToLower(u.Host)
	return strings.TrimSuffix(origin, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
}

// BeginRegistration begins to make a passkey for the person of a grant.
func (c *Ceremonies) BeginRegistration(ctx context.Context, g *Grant) (options any, secret string, err error) {
	ctx = actor.With(ctx, g.Actor())
	keys, err := c.access.Passkeys(ctx, g.User.ID)
	if err != nil {
		return nil, "", err
	}
	if err := tooManyPasskeys(len(keys)); err != nil {
		return nil, "", err
	}
	h, err := holderOf(g.User, keys)
	if err != nil {
		return nil, "", err
	}
	known := make([]protocol.CredentialDescriptor, len(h.credentials))
	for i := range h.credentials {
		known[i] = h.credentials[i].Descriptor()
	}
	creation, data, err := c.party.BeginRegistration(h, webauthn.WithExclusions(known))
	if err != nil {
		return nil, "", err
	}
	secret, err = c.access.remember(ctx, toRegister, data)
	return creation, secret, err
}

// FinishRegistration keeps the passkey that the browser has made. Errors:
// fault.Unauthenticated when the session has ended meanwhile; fault.Invalid on name;
// fault.Invalid or fault.Conflict for the credential, and fault.Conflict when the person
// has as many passkeys as one can have.
func (c *Ceremonies) FinishRegistration(ctx context.Context, g *Grant, secret, name string, answer []byte) (*ent.Passkey, error) {
	name, err := passkeyName(name)
	if err != nil {
		return nil, err
	}
	data, err := c.access.recall(ctx, g.User.OrgID, toRegister, secret)
	if err != nil {
		return nil, err
	}
	if data == nil {
		return nil, fault.New(fault.Invalid, "this took longer than %d minutes, or was begun in another browser; begin again", CeremonyLifetime/time.Minute)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return nil, badPasskey(err)
	}
	credential, err := c.party.CreateCredential(&holder{user: g.User}, *data, parsed)
	if err != nil {
		return nil, badPasskey(err)
	}
	document, err := documentOf(credential)
	if err != nil {
		return nil, err
	}
	var k *ent.Passkey
	err = c.access.store.Write(actor.With(ctx, g.Actor()), func(ctx context.Context, tx *store.Tx) error {
		u, _, err := enter(ctx, tx, g.User.ID)
		if err != nil {
			return err
		}
		if u == nil {
			return refuseSession(&Refused{Reason: "passkey of someone who may not come in", Organization: g.User.OrgID})
		}
		// u is locked, as it is for whoever ends the sessions and removes the passkeys.
		goesOn, err := tx.Session.Query().Where(session.ID(g.Session.ID)).Exist(ctx)
		if err != nil {
			return err
		}
		if !goesOn {
			return refuseSession(&Refused{Reason: "passkey of a session that has ended", Organization: g.User.OrgID})
		}
		has, err := tx.Passkey.Query().Where(passkey.UserID(u.ID)).Count(ctx) // u is locked
		if err != nil {
			return err
		}
		if err := tooManyPasskeys(has); err != nil {
			return err
		}
		k, err = tx.Passkey.Create().SetUserID(u.ID).SetName(name).SetCredentialID(credential.ID).SetCredential(document).Save(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return k.Unwrap(), nil
}

func badPasskey(err error) error {
	return fault.New(fault.Invalid, "the browser's answer doesn't fit what it was asked; begin again").Because(err)
}

// BeginSignIn asks the browser for a passkey of whomever it knows.
func (c *Ceremonies) BeginSignIn(ctx context.Context) (options any, secret string, err error) {
	assertion, data, err := c.party.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", err
	}
	secret, err = c.access.remember(actor.InOrg(ctx, actor.Installation), toSignIn, data)
	return assertion, secret, err
}

// FinishSignIn signs in the owner of the passkey with which the browser has
// answered. Errors: fault.Unauthenticated, the same for every reason.
func (c *Ceremonies) FinishSignIn(ctx context.Context, secret string, answer []byte, n NewSession) (sessionSecret string, u *ent.User, err error) {
	n.Method = session.MethodPASSKEY
	data, err := c.access.recall(ctx, actor.Installation, toSignIn, secret)
	if err != nil {
		return "", nil, err
	}
	if data == nil {
		return "", nil, refusePasskey(uuid.Nil, "challenge unknown, used, expired or of another browser")
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return "", nil, refusePasskey(uuid.Nil, "answer can't be read: "+err.Error())
	}
	found, err := c.access.store.Read().Passkey.Query().Where(passkey.CredentialID(parsed.RawID)).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return "", nil, refusePasskey(uuid.Nil, "unknown passkey")
	}
	if err != nil {
		return "", nil, err
	}
	var refused error // by a counter that went back, which leaves an Event
	err = c.access.store.Write(as(ctx, found.OrgID, found.UserID), func(ctx context.Context, tx *store.Tx) (err error) {
		sessionSecret, u, refused, err = c.redeem(ctx, tx, found, data, parsed, n)
		return err
	})
	if err != nil || refused != nil {
		return "", nil, cmp.Or(err, refused)
	}
	return sessionSecret, u.Unwrap(), nil
}

// redeem checks the answer against the passkey, locked, and starts the session.
func (c *Ceremonies) redeem(ctx context.Context, tx *store.Tx, found *ent.Passkey, data *webauthn.SessionData,
	parsed *protocol.ParsedCredentialAssertionData, n NewSession) (secret string, u *ent.User, refused, err error) {
	u, org, err := enter(ctx, tx, found.UserID)
	if err != nil {
		return "", nil, nil, err
	}
	if u == nil {
		return "", nil, nil, refusePasskey(found.OrgID, "passkey of someone who may not come in")
	}
	k, err := passkeyOf(ctx, tx, u.ID, found.ID)
	if err != nil {
		return "", nil, nil, refusePasskey(found.OrgID, "passkey that was removed")
	}
	h, err := holderOf(u, []*ent.Passkey{k})
	if err != nil {
		return "", nil, nil, err
	}
	credential, err := c.party.ValidateDiscoverableLogin(func([]byte, []byte) (webauthn.User, error) { return h, nil }, *data, parsed)
	if err != nil {
		return "", nil, nil, refusePasskey(k.OrgID, "answer doesn't hold: "+err.Error())
	}
	if credential.Authenticator.CloneWarning {
		tx.Note(ent.TypePasskey, k.ID, "refused", map[string]any{"reason": "its counter went back: there may be a copy of it",
			"counter": parsed.Response.AuthenticatorData.Counter, "last": credential.Authenticator.SignCount})
		return "", nil, refusePasskey(k.OrgID, "counter of the passkey went back"), nil
	}
	document, err := documentOf(credential)
	if err != nil {
		return "", nil, nil, err
	}
	if err := tx.Passkey.UpdateOneID(k.ID).SetCredential(document).SetLastUsedAt(tx.Now()).Exec(ctx); err != nil {
		return "", nil, nil, err
	}
	tx.Name(k.ID, "used")
	secret, _, err = startSession(ctx, tx, u, org, n)
	return secret, u, nil, err
}

func refusePasskey(org uuid.UUID, reason string) error {
	return fault.New(fault.Unauthenticated, "this passkey opens nothing here; it may have been removed, or its owner may not sign in at present").
		Because(&Refused{Reason: reason, Organization: org})
}
