package access

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

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

// Authorities are the hosts at which Entra signs people in, by national cloud. A
// tenant is in one of them.
var Authorities = []string{"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"}

// personalAccounts is the tenant of Microsoft's personal accounts.
const personalAccounts = "9188040d-6c67-4c5b-b112-36a304b66dad"

var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

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

// Vouch notes that the actor, who may give roles, vouches for a SignOn as it was last
// changed at a time. Errors: fault.NotFound, fault.Forbidden, fault.Conflict on
// updated_at when it was changed since.
func (s *SignOns) Vouch(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, updatedAt time.Time) (*ent.SignOn, error) {
	if who, _ := actor.From(ctx); !who.May(giveRoles) {
		return nil, fault.New(fault.Forbidden, "only an owner may vouch for single sign-on")
	}
	on, err := s.locked(ctx, tx, connectionID)
	switch {
	case err != nil:
		return nil, err
	case !on.UpdatedAt.Equal(updatedAt):
		return nil, fault.New(fault.Conflict, "single sign-on was changed meanwhile; look at it again").On("updated_at")
	case on.Settings.Vouched:
		return on, nil
	}
	settings := on.Settings
	settings.Vouched = true
	tx.Name(on.ID, "vouched_for")
	return tx.SignOn.UpdateOneID(on.ID).SetSettings(settings).Save(ctx)
}

// sameTrust says whether the same people come in, as the same.
func sameTrust(a, b schema.SignOnSettings) bool {
	for _, s := range []*schema.SignOnSettings{&a, &b} {
		s.Vouched, s.Hybrid, s.KeyCredential, s.SignInURL, s.SignOutURL, s.SignOutAnswerURL, s.SignOutPost = false, false, false, "", "", "", false
		s.MetadataURL, s.Create, s.LinkUntil = "", false, nil
	}
	return reflect.DeepEqual(a, b)
}

// ErrSetUpAnew is the cause of Hold's fault.Conflict.
var ErrSetUpAnew = errors.New("single sign-on was set up anew")

// Hold locks the SignOn by which somebody has come until the transaction ends, and
// returns it as it is now: what the answer was checked against may have changed while the
// provider was asked. Errors: fault.Precondition when it is switched off or gone,
// fault.Conflict because of ErrSetUpAnew when the answer would be checked in another way.
func (s *SignOns) Hold(ctx context.Context, tx *store.Tx, checked *ent.SignOn) (*ent.SignOn, error) {
	on, err := tx.SignOn.Query().Where(signon.ID(checked.ID), signon.Enabled(true), store.Lock).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.New(fault.Precondition, "signing in through this connection is switched off").Because(err)
	}
	if err != nil {
		return nil, err
	}
	was, is := checked.Settings, on.Settings
	was.Roles, is.Roles = nil, nil // given as they are now
	if checked.Protocol != on.Protocol || !sameTrust(was, is) {
		return nil, fault.New(fault.Conflict, "single sign-on was set up anew while this sign-in was under way").Because(ErrSetUpAnew)
	}
	return on, nil
}

// markGroups tells those who change members of groups which of them give roles. A
// mark stays when the rule goes: it only means that somebody looks.
func markGroups(ctx context.Context, tx *store.Tx, org uuid.UUID, rules []schema.RoleRule) error {
	var groups []uuid.UUID
	for _, r := range rules {
		if r.Group != uuid.Nil {
			groups = append(groups, r.Group)
		}
	}
	if len(groups) == 0 {
		return nil
	}
	among, list := tx.In("id", groups)
	_, err := tx.Exec(ctx, "UPDATE groups SET gives_role = ? WHERE org_id = ? AND NOT gives_role AND "+among, true, org, list)
	return err
}

// giveRoles is the scope of those who may make somebody more than a learner.
const giveRoles = "roles:write"

// checkSignOn checks and tidies settings.
func checkSignOn(protocol signon.Protocol, s *schema.SignOnSettings) error {
	if len(s.Roles) > maxRoleRules {
		return fault.New(fault.Invalid, "there can be %d rules for roles", maxRoleRules).On("roles")
	}
	for _, r := range s.Roles {
		if r.Role != "ADMIN" && r.Role != "AUDITOR" && r.Role != "LEARNER" {
			return fault.New(fault.Invalid, "a rule can't give the role %q; owners are made by owners alone", r.Role).On("roles")
		}
		if (r.Group == uuid.Nil) == (r.Claim == "") || r.Claim != "" && (r.Value == "" || len(r.Claim) > maxSetting || len(r.Value) > maxSetting) {
			return fault.New(fault.Invalid, "a rule names a group, or a claim with its value").On("roles")
		}
	}
	if s.SubjectClaim = strings.TrimSpace(s.SubjectClaim); len(s.SubjectClaim) > maxSetting {
		return tooLong("subject_claim")
	}
	if protocol == signon.ProtocolSAML {
		return checkSAML(s)
	}
	return checkOIDC(s)
}

const (
	maxSetting      = 500 // bytes
	maxRoleRules    = 50
	maxCertificates = 3
)

func tooLong(field string) error {
	return fault.New(fault.Invalid, "this is longer than %d characters", maxSetting).On(field)
}

// CheckOIDC tidies settings for OpenID Connect, as Configure does. Errors:
// fault.Invalid with the field at fault.
func CheckOIDC(s schema.SignOnSettings) (schema.SignOnSettings, error) {
	err := checkOIDC(&s)
	return s, err
}

func checkOIDC(s *schema.SignOnSettings) error {
	s.Tenant, s.ClientID, s.Issuer = strings.ToLower(strings.TrimSpace(s.Tenant)), strings.TrimSpace(s.ClientID), strings.TrimSpace(s.Issuer)
	switch {
	case s.ClientID == "" || len(s.ClientID) > maxSetting || !utf8.ValidString(s.ClientID):
		return fault.New(fault.Invalid, "enter the client id that the provider shows for this application").On("client_id")
	case s.Tenant == "" && s.Issuer == "":
		return fault.New(fault.Invalid, "enter the provider's issuer").On("issuer")
	case s.Tenant == "" && ofMicrosoft(s.Issuer):
		return fault.New(fault.Invalid, "for Microsoft, enter the directory (tenant) id instead").On("issuer")
	case s.Tenant == "":
		s.Authority = ""
		if strings.Contains(s.Issuer, "?") {
			return fault.New(fault.Invalid, "an issuer has no question mark in it").On("issuer")
		}
		return checkAddress("issuer", s.Issuer)
	}
	if s.Authority = strings.ToLower(cmp.Or(s.Authority, Authorities[0])); !slices.Contains(Authorities, s.Authority) {
		return fault.New(fault.Invalid, "Entra's sign-in service is at %s", strings.Join(Authorities, ", ")).On("authority")
	}
	switch {
	case slices.Contains([]string{"common", "organizations", "consumers", personalAccounts}, s.Tenant):
		return fault.New(fault.Invalid, "%s lets accounts of every organization in; enter the directory (tenant) id of yours", s.Tenant).On("tenant")
	case !guid.MatchString(s.Tenant):
		return fault.New(fault.Invalid, "the directory (tenant) id is a GUID, as in 72f988bf-86f1-41af-91ab-2d7cd011db47; you find it on the application's overview page").On("tenant")
	case !guid.MatchString(strings.ToLower(s.ClientID)):
		return fault.New(fault.Invalid, "the application (client) id is a GUID; you find it on the application's overview page").On("client_id")
	case s.Tenant == strings.ToLower(s.ClientID):
		return fault.New(fault.Invalid, "tenant id and client id are the same; on the overview page they are two different ids").On("client_id")
	}
	s.ClientID = strings.ToLower(s.ClientID)
	s.Issuer = "https://" + s.Authority + "/" + s.Tenant + "/v2.0"
	return nil
}

// ofMicrosoft says whether an issuer is one of Entra's, which is known by its tenant.
func ofMicrosoft(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && (slices.Contains(Authorities, strings.ToLower(u.Hostname())) || strings.EqualFold(u.Hostname(), "sts.windows.net"))
}

func checkSAML(s *schema.SignOnSettings) error {
	s.EntityID, s.SignInURL, s.SignOutURL = strings.TrimSpace(s.EntityID), strings.TrimSpace(s.SignInURL), strings.TrimSpace(s.SignOutURL)
	switch {
	case s.EntityID == "" || len(s.EntityID) > maxSetting:
		return fault.New(fault.Invalid, "enter the provider's identifier (entity id), or import its metadata").On("entity_id")
	case len(s.Certificates) == 0:
		return fault.New(fault.Invalid, "enter the certificate with which the provider signs, or import its metadata").On("certificates")
	case len(s.Certificates) > maxCertificates:
		return fault.New(fault.Invalid, "at most %d certificates count at a time; remove the oldest", maxCertificates).On("certificates")
	}
	for _, address := range []string{s.SignOutURL, s.SignOutAnswerURL} {
		if address == "" {
			continue
		}
		if err := checkAddress("sign_out_url", address); err != nil {
			return err
		}
	}
	return checkAddress("sign_in_url", s.SignInURL)
}

func checkAddress(field, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" || len(text) > maxSetting {
		return fault.New(fault.Invalid, "this is no address that begins with https://").On(field)
	}
	return nil
}

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
		if err := s.keepAWayIn(ctx, tx, on); err != nil {
			return nil, err
		}
	}
	if end && !enabled {
		if err := endSessionsOf(ctx, tx, on.ConnectionID); err != nil {
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
// requires single sign-on.
func (s *SignOns) keepAWayIn(ctx context.Context, tx *store.Tx, on *ent.SignOn) error {
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
	use := UseClientSecret
	if on.Protocol == signon.ProtocolSAML || on.Settings.KeyCredential {
		use = UseSigningKey
	}
	return slices.ContainsFunc(secrets, func(k schema.SignOnSecret) bool { return k.Use == use })
}

// endSessionsOf ends the sessions that began through a connection.
func endSessionsOf(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) error {
	return endAll(ctx, tx, session.ConnectionID(connectionID))
}
