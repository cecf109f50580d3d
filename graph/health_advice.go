package graph

import (
	"context"
	"fmt"
	"slices"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/directory"
)

// mapped is what the people of a connection show of the mapping that sends them.
type mapped struct {
	people, noExternalID, otherExternalID, noEmail, noDepartment, lostManager, nameNoEmail int
	groups                                                                                 int // refused requests for groups; 1 stands for any number
}

// lookAt counts them in one statement. What looks like a GUID is one: LIKE knows
// no more, and no other key has that form.
func (r *Resolver) lookAt(ctx context.Context, c *ent.Connection) (s mapped, err error) {
	a, _ := actor.From(ctx)
	since := r.store.Now().Add(-healthSpan)
	rows, err := r.store.Query(ctx, `SELECT count(*), count(*) - count(external_id),
		count(CASE WHEN external_id NOT LIKE '________-____-____-____-____________' THEN 1 END),
		count(*) - count(email), count(*) - count(department_id),
		count(CASE WHEN manager_id IS NULL AND manager_key IS NOT NULL THEN 1 END),
		count(CASE WHEN email IS NULL AND user_name NOT LIKE '%_@_%' THEN 1 END),
		(SELECT count(*) FROM (SELECT 1 FROM provisioning_logs WHERE org_id = ? AND connection_id = ? AND status >= 400
			AND status = 501 AND path LIKE '/Groups%' AND created_at >= ? LIMIT 1) AS refused)
		FROM users WHERE org_id = ? AND connection_id = ? AND deleted_at IS NULL`, a.Org, c.ID, since, a.Org, c.ID)
	if err != nil {
		return s, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(&s.people, &s.noExternalID, &s.otherExternalID, &s.noEmail, &s.noDepartment, &s.lostManager, &s.nameNoEmail, &s.groups); err != nil {
			return s, err
		}
	}
	return s, rows.Err()
}

// adviceFor says what the mapping at the identity provider should do better.
func (r *Resolver) adviceFor(ctx context.Context, h *ConnectionHealth) ([]*MappingAdvice, error) {
	return h.advice.get(ctx, func(ctx context.Context) ([]*MappingAdvice, error) {
		s, err := r.lookAt(ctx, h.connection)
		return s.advice(h.connection), err
	})
}

// advice is in the order of what it spares.
func (s mapped) advice(c *ent.Connection) []*MappingAdvice {
	all := []*MappingAdvice{}
	give := func(code string, users int, format string, args ...any) {
		all = append(all, &MappingAdvice{Code: code, Users: users, Message: fmt.Sprintf(format, args...)})
	}
	entra := c.Kind == connection.KindENTRA
	byEmail := slices.Contains(c.Settings.Match, directory.MatchEmail)
	if entra && s.otherExternalID > 0 {
		give("EXTERNAL_ID_NOT_OBJECT_ID", s.otherExternalID,
			"%s an externalId that is not the object id of Entra, such as a mail nickname, which can change and be given to somebody else. In Entra, under Provisioning > Mappings > Provision Microsoft Entra ID Users, map objectId to externalId, and restart provisioning. Until then such people can't sign in with Microsoft by themselves: each waits for an administrator's decision.", have(s.otherExternalID))
	}
	if s.noExternalID > 0 {
		give("EXTERNAL_ID_MISSING", s.noExternalID, "%s no externalId, so that a person who is renamed can't be told from a new one. Map %s to externalId%s.",
			have(s.noExternalID), map[bool]string{true: "objectId", false: "the provider's own, lasting key"}[entra], mapAt(entra))
	}
	if s.noEmail > 0 {
		give("NO_EMAIL", s.noEmail, `%s no primary e-mail address and can't be written to. Map %s to emails[type eq "work"].value%s; who has no mailbox stays without.`,
			have(s.noEmail), map[bool]string{true: "mail", false: "the e-mail address"}[entra], mapAt(entra))
	}
	if byEmail && s.nameNoEmail > 0 {
		give("USER_NAME_NOT_EMAIL", s.nameNoEmail,
			"This connection finds people by e-mail address, and %s neither an e-mail address nor a user name that is one. Map an address to emails%s, or take EMAIL out of the connection's matching order.",
			lowered(have(s.nameNoEmail)), mapAt(entra))
	}
	if 2*s.noDepartment > s.people {
		give("NO_DEPARTMENT", s.noDepartment, "%s no department, and so can't be assigned training by department. Map department to urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department%s.",
			have(s.noDepartment), mapAt(entra))
	}
	if s.lostManager > 0 {
		give("MANAGER_UNKNOWN", s.lostManager, "%s a manager who was never provisioned. Put the managers into the scope of provisioning%s.",
			have(s.lostManager), map[bool]string{true: ": in Entra, assign them to the enterprise application under Users and groups", false: ""}[entra])
	}
	if !c.Settings.Groups && s.groups > 0 {
		give("GROUPS_OFF_BUT_SENT", 0, "Groups are sent, and refused, because they are switched off for this connection. Switch them on in its settings, or stop sending them%s.",
			map[bool]string{true: ": in Entra, set Enabled to No under Provisioning > Mappings > Provision Microsoft Entra ID Groups", false: " at the identity provider"}[entra])
	}
	return all
}

func have(n int) string {
	if n == 1 {
		return "One person has"
	}
	return fmt.Sprintf("%d people have", n)
}

func lowered(sentence string) string {
	if sentence[0] == 'O' {
		return "o" + sentence[1:]
	}
	return sentence
}

func mapAt(entra bool) string {
	if entra {
		return " in Entra, under Provisioning > Mappings > Provision Microsoft Entra ID Users"
	}
	return " at the identity provider"
}
