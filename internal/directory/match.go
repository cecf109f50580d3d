package directory

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/store"
)

// The keys by which a new person is looked for, as a connection's settings name
// them.
const (
	MatchExternalID     = "externalId"
	MatchUserName       = "userName"
	MatchEmail          = "email"
	MatchEmployeeNumber = "employeeNumber"
)

// Match is what is known, before the transaction, about a person to be provisioned.
type Match struct {
	person     *candidate // to be linked or revived; nil: a new one
	department uuid.UUID  // of the name that the profile gives, if there is one
	manager    uuid.UUID
	waiting    bool // somebody names this person as the manager
}

// candidate is a person who may be the one that was sent.
type candidate struct {
	hit        string
	id         uuid.UUID
	connection uuid.NullUUID
	active     bool
	role       string
	email      sql.NullString
	askedBy    uuid.NullUUID // the connection that asked to take over this person
	approved   bool
	version    int
}

// Match finds out who the person of a new profile is, by the table in
// docs/matching.md. Errors: fault.Conflict when that person is here and may not
// be taken over, with a sentence that says who and why; fault.Invalid when the
// connection may not provision the profile's domain.
func (d *Directory) Match(ctx context.Context, conn *ent.Connection, p *Profile) (*Match, error) {
	if err := checkDomains(conn.Settings.Domains, p); err != nil {
		return nil, err
	}
	m, found, err := d.find(ctx, conn, p)
	if err != nil {
		return nil, err
	}
	person, err := decide(conn, p, found)
	if err != nil {
		return nil, err
	}
	if person == nil {
		return m, nil
	}
	m.person = person
	if !person.connection.Valid {
		return m, d.mayLink(ctx, conn, p, person)
	}
	return m, nil
}

// decide is the matching table. It returns nil when the person is new.
func decide(conn *ent.Connection, p *Profile, found []candidate) (*candidate, error) {
	var holder *candidate // of the user name, which is unique in the organization
	for i := range found {
		if found[i].hit == MatchUserName {
			holder = &found[i]
		}
	}
	if holder != nil && holder.connection.Valid {
		if holder.connection.UUID != conn.ID {
			return nil, fault.New(fault.Conflict, "the user name %q belongs to a person of another connection of this organization", p.UserName).On(user.FieldUserName)
		}
		if holder.active {
			return nil, fault.New(fault.Conflict, "the user name %q is in use by user %s", p.UserName, holder.id).On(user.FieldUserName)
		}
		if !conn.Settings.Revive || !p.Active {
			return nil, fault.New(fault.Conflict, "the user name %q belongs to the deactivated user %s; set active to true there, or let the connection revive people", p.UserName, holder.id).On(user.FieldUserName)
		}
		return holder, nil
	}
	local, err := pick(conn.Settings.Match, found)
	if err != nil {
		return nil, err
	}
	if local == nil {
		local = holder // the name must be free, whatever the connection matches by
	}
	if local != nil && holder != nil && holder.id != local.id {
		return nil, fault.New(fault.Conflict, "the user name %q belongs to user %s, but the person's %s to user %s; merge the two first", p.UserName, holder.id, local.hit, local.id).On(user.FieldUserName)
	}
	return local, nil
}

// pick takes the local person that the first key in the connection's order finds.
func pick(order []string, found []candidate) (*candidate, error) {
	for _, key := range order {
		var hit *candidate
		for i, c := range found {
			if c.hit != key || c.connection.Valid {
				continue
			}
			if hit != nil && hit.id != c.id {
				return nil, fault.New(fault.Conflict, "two people that are here match by %s: %s and %s; merge them first", key, hit.id, c.id).On(user.FieldUserName)
			}
			hit = &found[i]
		}
		if hit != nil {
			return hit, nil
		}
	}
	return nil, nil
}

// mayLink says whether a connection may take over a local person. Accounts with
// an administrative role never change hands this way, and an e-mail address
// changes, or a deactivated person comes back, only after an administrator has
// approved.
func (d *Directory) mayLink(ctx context.Context, conn *ent.Connection, p *Profile, c *candidate) error {
	switch {
	case c.role != string(user.RoleLEARNER):
		return fault.New(fault.Conflict, "user %s is here with an administrative role; such an account is never taken over by a connection", c.id).On(user.FieldUserName)
	case c.approved && c.askedBy.UUID == conn.ID:
		return nil
	case conn.Settings.Local == schema.LocalRefuse:
		return fault.New(fault.Conflict, "user %s is here as a local person, matched by %s, and the connection does not take over local people", c.id, c.hit).On(user.FieldUserName)
	}
	why := reasonToAsk(conn, p, c)
	if why == "" {
		return nil
	}
	if err := d.askToLink(ctx, conn, c.id); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "user %s is here as a local person, matched by %s, and %s; an administrator can approve it", c.id, c.hit, why).On(user.FieldUserName)
}

// reasonToAsk is why an administrator must approve the link; "" when it may be
// made at once.
func reasonToAsk(conn *ent.Connection, p *Profile, c *candidate) string {
	email := p.PrimaryEmail()
	switch {
	case c.email.Valid && (email == nil || store.Fold(*email) != store.Fold(c.email.String)):
		return "its e-mail address would change"
	case !c.active && p.Active:
		return "it was deactivated here and would be active again"
	case conn.Settings.Local != schema.LocalLink:
		return "the connection asks before it takes over local people"
	}
	return ""
}

// find reads everything that a new profile touches in one query.
func (d *Directory) find(ctx context.Context, conn *ent.Connection, p *Profile) (*Match, []candidate, error) {
	org, err := organizationOf(ctx)
	if err != nil {
		return nil, nil, err
	}
	query, args := matchQuery(org, conn.Settings.Match, p)
	rows, err := d.store.Query(ctx, query, args...)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }()
	m := new(Match)
	var found []candidate
	for rows.Next() {
		var c candidate
		if err := rows.Scan(&c.hit, &c.id, &c.connection, &c.active, &c.role, &c.email, &c.askedBy, &c.approved, &c.version); err != nil {
			return nil, nil, err
		}
		switch c.hit {
		case "department":
			m.department = c.id
		case "manager":
			m.manager = c.id
		case "waiting":
			m.waiting = true
		default:
			found = append(found, c)
		}
	}
	return m, found, rows.Err()
}

const (
	candidateColumns = "u.id, u.connection_id, u.active, u.role, u.email, u.link_asked_by, u.link_approved, u.version FROM users u "
	noCandidate      = ", CAST(NULL AS uuid), true, '', '', CAST(NULL AS uuid), false, 0 FROM "
)

// matchQuery looks for people by user name always, for local ones by the keys of
// the connection's order, and for the department, the manager and those who wait
// for this person as their manager.
func matchQuery(org uuid.UUID, order []string, p *Profile) (string, []any) {
	var q strings.Builder
	var args []any
	add := func(part string, values ...any) {
		if q.Len() > 0 {
			q.WriteString(" UNION ALL ")
		}
		q.WriteString(part)
		args = append(args, values...)
	}
	const live = "u.org_id = ? AND u.deleted_at IS NULL AND "
	add("SELECT 'userName', "+candidateColumns+"WHERE "+live+"u.user_name_key = ?", org, store.Fold(p.UserName))
	if p.ExternalID != nil && slices.Contains(order, MatchExternalID) {
		add("SELECT 'externalId', "+candidateColumns+"WHERE "+live+"u.external_id = ? AND u.connection_id IS NULL", org, *p.ExternalID)
	}
	if p.EmployeeNumber != nil && slices.Contains(order, MatchEmployeeNumber) {
		add("SELECT 'employeeNumber', "+candidateColumns+"WHERE "+live+"u.employee_number = ? AND u.connection_id IS NULL", org, *p.EmployeeNumber)
	}
	if e := p.PrimaryEmail(); e != nil && slices.Contains(order, MatchEmail) {
		add("SELECT 'email', "+candidateColumns+"JOIN emails e ON e.user_id = u.id WHERE "+live+
			"e.org_id = u.org_id AND e.value_key = ? AND u.connection_id IS NULL", org, store.Fold(*e))
	}
	if p.Department != nil {
		add("SELECT 'department', d.id"+noCandidate+"departments d WHERE d.org_id = ? AND d.name_key = ?", org, store.Fold(*p.Department))
	}
	if p.Manager != nil {
		part, values := managerQuery(org, *p.Manager)
		add("SELECT 'manager', m.id"+noCandidate+"("+part+") m", values...)
	}
	names := namesOf(p)
	add("SELECT 'waiting', w.id"+noCandidate+"(SELECT id FROM users WHERE org_id = ? AND manager_id IS NULL AND manager_key IN (?, ?, ?, ?) LIMIT 1) w",
		append([]any{org}, names...)...)
	return q.String(), args
}
