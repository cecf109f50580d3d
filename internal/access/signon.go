package access

import (
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/seal"
	"github.com/rollcall/rollcall/internal/store"
)

// SignOns are the settings and secrets with which people sign in at their identity
// provider. They are set up at one door and used at another.
type SignOns struct {
	store *store.Store
	box   *seal.Box
}

// NewSignOns returns the SignOns of a store, whose secrets the box seals.
func NewSignOns(s *store.Store, box *seal.Box) *SignOns { return &SignOns{s, box} }

// SignOnOf is a SignOn with what it belongs to.
type SignOnOf struct {
	*ent.SignOn
	Connection   *ent.Connection
	Organization *ent.Organization
}

// ByConnection finds how people sign in through a connection, whatever
// organization it belongs to, nil when nobody can. The caller asks Open for
// whether somebody may now.
func (s *SignOns) ByConnection(ctx context.Context, id uuid.UUID) (*SignOnOf, error) {
	on, err := s.store.Read().SignOn.Query().Where(signon.ConnectionID(id)).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	ctx = actor.InOrg(ctx, on.OrgID)
	o := &SignOnOf{SignOn: on}
	if o.Connection, err = s.store.Read().Connection.Query().Where(connection.ID(id)).Only(ctx); err == nil {
		o.Organization, err = s.store.Read().Organization.Query().Where(organization.ID(on.OrgID)).Only(ctx)
	}
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return o, err
}

// Open says whether people may sign in this way now. A connection whose SCIM side
// is paused still signs people in.
func (o *SignOnOf) Open() bool { return o.Enabled && o.Organization.SuspendedAt == nil }

// Offered are the ways of signing in of one organization, by the connection's
// name; of all organizations when there is only one of them. Nobody else is told
// which there are.
func (s *SignOns) Offered(ctx context.Context, slug string) ([]*SignOnOf, error) {
	across := store.AcrossOrganizations(ctx)
	orgs := s.store.Read().Organization.Query().Where(organization.RehearsalOfIsNil(), organization.SuspendedAtIsNil())
	if slug != "" {
		orgs = orgs.Where(organization.Slug(slug))
	}
	found, err := orgs.Limit(2).All(across)
	if err != nil || len(found) != 1 {
		return nil, err
	}
	ctx = actor.InOrg(ctx, found[0].ID)
	all, err := s.store.Read().SignOn.Query().Where(signon.Enabled(true)).All(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	var offered []*SignOnOf
	for _, on := range all {
		c, err := s.store.Read().Connection.Query().Where(connection.ID(on.ConnectionID)).Only(ctx)
		if err != nil {
			return nil, err
		}
		offered = append(offered, &SignOnOf{on, c, found[0]})
	}
	slices.SortFunc(offered, func(a, b *SignOnOf) int { return cmp.Compare(a.Connection.Name, b.Connection.Name) })
	return offered, nil
}

// Secrets opens the secrets of one use, the newest first: their ids and values.
// One that can't be opened is an error, for the operator's eyes.
func (s *SignOns) Secrets(on *ent.SignOn, use string) (ids, values []string, err error) {
	for _, secret := range slices.Backward(on.Secrets) {
		if secret.Use != use {
			continue
		}
		value, err := s.box.Open(secret.Sealed, belongings(on, secret.ID)...)
		if err != nil {
			return nil, nil, err
		}
		ids, values = append(ids, secret.ID.String()), append(values, string(value))
	}
	return ids, values, nil
}

// SealIDToken seals the ID token with which an account signed in, for its session.
func (s *SignOns) SealIDToken(token string, account *ent.Identity) string {
	return s.box.Seal([]byte(token), account.OrgID.String(), "session", account.ID.String(), "id_token")
}

// IDToken opens the ID token of a session; "" when it has none, or when it was sealed
// with a key that is gone: nothing but comfort hangs on it.
func (s *SignOns) IDToken(of *ent.Session) string {
	if of.IDToken == "" || of.IdentityID == nil {
		return ""
	}
	token, err := s.box.Open(of.IDToken, of.OrgID.String(), "session", of.IdentityID.String(), "id_token")
	if err != nil {
		return ""
	}
	return string(token)
}

func belongings(on *ent.SignOn, secret uuid.UUID) []string {
	return []string{on.OrgID.String(), "sign_on", on.ID.String(), secret.String()}
}

// The uses of secrets.
const (
	UseClientSecret = "client_secret"
	UseSigningKey   = "signing_key"
)

// Switch lets people sign in through a connection, or stops that: then the
// sessions that began through it go on until they end, unless end says that they
// end now. Errors: fault.NotFound, fault.Precondition when something is missing.
func (s *SignOns) Switch(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, enabled, end bool) (*ent.SignOn, error) {
	on, err := s.locked(ctx, tx, connectionID)
	if err != nil {
		return nil, err
	}
	if enabled && !provesItself(on, on.Secrets) {
		return nil, fault.New(fault.Precondition, "add the client secret, or the certificate, first").On("secret")
	}
	if !enabled {
		if err := keepAWayIn(ctx, tx, on); err != nil {
			return nil, err
		}
	}
	if end && !enabled {
		if _, err := endAll(ctx, tx, session.ConnectionID(on.ConnectionID)); err != nil {
			return nil, err
		}
	}
	if on.Enabled == enabled {
		return on, nil
	}
	verb := map[bool]string{true: "switched_on", false: "switched_off"}[enabled]
	tx.Name(on.ID, verb)
	return tx.SignOn.UpdateOneID(on.ID).SetEnabled(enabled).Save(ctx)
}

// keepAWayIn refuses to take the last way of signing in from an organization that
// requires single sign-on. The directory, which removes connections, asks the same.
func keepAWayIn(ctx context.Context, tx *store.Tx, on *ent.SignOn) error {
	// Locked: single sign-on could be required at this moment.
	org, err := tx.Organization.Query().Where(organization.ID(on.OrgID), store.Lock).Only(ctx)
	if err != nil || !org.Settings.RequireSSO {
		return err
	}
	others, err := tx.SignOn.Query().Where(signon.Enabled(true), signon.IDNEQ(on.ID)).Exist(ctx)
	if err == nil && !others {
		err = fault.New(fault.Conflict, "the organization requires single sign-on, and this is the only way of it; take the requirement back first")
	}
	return err
}

func (s *SignOns) locked(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) (*ent.SignOn, error) {
	on, err := tx.SignOn.Query().Where(signon.ConnectionID(connectionID), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.NotFound, "nobody can sign in through this connection; set single sign-on up first").Because(err)
	}
	return on, err
}

func isClientSecret(s schema.SignOnSecret) bool { return s.Use == UseClientSecret }

// provesItself says whether secrets are enough for the server to prove to the
// provider who it is.
func provesItself(on *ent.SignOn, secrets []schema.SignOnSecret) bool {
	return slices.ContainsFunc(secrets, func(k schema.SignOnSecret) bool { return k.Use == proofOf(on) })
}

// proofOf is the use of the secrets by which the server proves itself.
func proofOf(on *ent.SignOn) string {
	if on.Protocol == signon.ProtocolSAML || on.Settings.KeyCredential {
		return UseSigningKey
	}
	return UseClientSecret
}
