package access

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// SessionCookie is the name of the cookie in which a browser holds its session's
// secret.
const SessionCookie = "__Host-session"

// NewSession is what is known of a browser that signs in.
type NewSession struct {
	Method  session.Method
	Address string // network address
	Agent   string // the browser, as it names itself

	// Of a sign-in at an identity provider.
	Connection, Identity uuid.UUID
	ProviderSession      string    // sid (OIDC) or SessionIndex (SAML), "" without one
	LogoutHint           string    // which account the provider signs out
	LogoutFormat         string    // of a NameID in LogoutHint (SAML)
	IDToken              string    // sealed by SignOns, "" where the provider doesn't want it back (OIDC)
	Until                time.Time // when the provider wants it to end, zero when it doesn't say
}

// AuthenticateSession returns what the browser with that secret may do. It asks
// the database each time, so that the end of a session, a deactivation, a change
// of role and a suspension count from the next request on, on every replica.
// Errors: fault.Unauthenticated, with one sentence for every reason.
func (a *Access) AuthenticateSession(ctx context.Context, secret string) (*Grant, error) {
	if secret == "" {
		return nil, refuseSession(&Refused{Reason: "no session"})
	}
	s, err := a.sessionOf(ctx, secret)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, a.turnDown(session.Label, refuseSession(&Refused{Reason: "unknown session"}))
	}
	g := &Grant{Session: s}
	within := actor.InOrg(ctx, s.OrgID)
	g.Organization, err = a.store.Read().Organization.Query().Where(organization.ID(s.OrgID)).Only(within)
	if err == nil {
		g.User, err = a.store.Read().User.Query().Where(user.ID(s.UserID), user.DeletedAtIsNil()).Only(within)
	}
	if ent.IsNotFound(err) {
		return nil, a.turnDown(session.Label, refuseSession(&Refused{Reason: "session of someone who is deleted", Organization: s.OrgID}))
	}
	if err != nil {
		return nil, err
	}
	now := a.store.Now()
	if reason := g.sessionRefusal(a.uses.seenAt(s), now); reason != "" {
		return nil, a.turnDown(session.Label, refuseSession(&Refused{Reason: reason, Organization: s.OrgID}))
	}
	a.uses.see(s.ID, now)
	return g, nil
}

// sessionOf finds a session by its secret, nil when there is none.
func (a *Access) sessionOf(ctx context.Context, secret string) (*ent.Session, error) {
	if !shaped(secret, sessionLetter) {
		return nil, nil
	}
	hash := hashOf(secret)
	s, err := a.store.Read().Session.Query().Where(session.Hash(hash[:])).Only(store.AcrossOrganizations(ctx))
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return s, err
}

// sessionRefusal is why the session doesn't hold, "" when it does. The limits are
// those of today's role and settings, so that shorter ones count at once.
func (g *Grant) sessionRefusal(seen, now time.Time) string {
	idle, age := sessionLimits(g.Organization.Settings, g.User.Role)
	switch s := g.Session; {
	case g.Organization.SuspendedAt != nil:
		return "organization suspended"
	case !g.User.Active:
		return "session of someone who is not active"
	case !now.Before(s.ExpiresAt), !now.Before(s.CreatedAt.Add(age)):
		return "session too old"
	case !now.Before(seen.Add(idle)):
		return "session idle for too long"
	}
	return ""
}

// sessionLimits are how long a session lasts without a request, and at all.
func sessionLimits(s schema.OrganizationSettings, role user.Role) (idle, age time.Duration) {
	d := schema.DefaultOrganizationSettings()
	i, a := cmp.Or(s.SessionIdle, d.SessionIdle), cmp.Or(s.SessionAge, d.SessionAge)
	if role != user.RoleLEARNER {
		i, a = cmp.Or(s.AdminSessionIdle, d.AdminSessionIdle), cmp.Or(s.AdminSessionAge, d.AdminSessionAge)
	}
	return time.Duration(i) * time.Minute, time.Duration(a) * time.Minute
}

func refuseSession(r *Refused) error {
	return fault.New(fault.Unauthenticated, "nobody is signed in here any more; sign in again").Because(r)
}

// StartSession signs a person of the actor's organization in and returns the
// secret for the browser, which nobody can see again. Errors:
// fault.Unauthenticated when the person or the organization may not come in now.
func (a *Access) StartSession(ctx context.Context, tx *store.Tx, u *ent.User, n NewSession) (secret string, s *ent.Session, err error) {
	person, org, err := enter(ctx, tx, u.ID)
	if err != nil {
		return "", nil, err
	}
	if person == nil {
		return "", nil, refuseSession(&Refused{Reason: "sign-in of someone who may not come in", Organization: u.OrgID})
	}
	return startSession(ctx, tx, person, org, n)
}

// enter locks a person for a sign-in, so that none is under way when a
// deactivation commits. It returns nil when the person or the organization may
// not come in.
func enter(ctx context.Context, tx *store.Tx, id uuid.UUID) (*ent.User, *ent.Organization, error) {
	u, err := tx.User.Query().Where(user.ID(id), user.DeletedAtIsNil(), store.Lock).Only(ctx)
	if ent.IsNotFound(err) || err == nil && !u.Active {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	tx.Vouch(u.ID)
	org, err := tx.Organization.Query().Where(organization.ID(u.OrgID)).Only(ctx)
	if err != nil || org.SuspendedAt != nil {
		return nil, nil, err
	}
	return u, org, nil
}

// maxProviderText is how long what a provider calls a session or an account may be,
// in bytes. Half of it would be another's.
const maxProviderText = 2000

func whole(text string) string {
	if len(text) > maxProviderText {
		return ""
	}
	return text
}

func startSession(ctx context.Context, tx *store.Tx, u *ent.User, org *ent.Organization, n NewSession) (string, *ent.Session, error) {
	if n.Connection == uuid.Nil && org.Settings.RequireSSO && (u.Role != user.RoleOWNER || !slices.Contains(org.Settings.BreakGlass, u.ID)) {
		return "", nil, fault.New(fault.Unauthenticated, "%s lets people in with their work account only", org.Name).
			Because(&Refused{Reason: "sign-in by " + string(n.Method) + " where single sign-on is required", Organization: org.ID})
	}
	if n.Connection != uuid.Nil && u.Role != user.RoleLEARNER {
		// Judged before, when the person may have been a learner.
		on, err := tx.SignOn.Query().Where(signon.ConnectionID(n.Connection)).Only(ctx)
		if err != nil && !ent.IsNotFound(err) {
			return "", nil, err
		}
		if on == nil || !on.Settings.Vouched {
			return "", nil, refuseSession(&Refused{Reason: "sign-in of somebody with a role by a connection that no owner vouches for", Organization: org.ID})
		}
	}
	secret := draw(sessionLetter)
	hash := hashOf(secret)
	_, age := sessionLimits(org.Settings, u.Role)
	end := tx.Now().Add(age)
	if !n.Until.IsZero() && n.Until.Before(end) {
		end = n.Until
	}
	create := tx.Session.Create().SetUserID(u.ID).SetHash(hash[:]).SetMethod(n.Method).
		SetAddress(cut(n.Address)).SetAgent(cut(n.Agent)).SetSeenAt(tx.Now()).SetExpiresAt(end)
	if n.Connection != uuid.Nil {
		create.SetConnectionID(n.Connection).SetIdentityID(n.Identity).SetProviderSession(whole(n.ProviderSession)).SetLogoutHint(whole(n.LogoutHint)).
			SetLogoutFormat(whole(n.LogoutFormat)).SetIDToken(n.IDToken)
	}
	s, err := create.Save(ctx)
	if err != nil {
		return "", nil, err
	}
	tx.Name(s.ID, "started")
	return secret, s, nil
}
