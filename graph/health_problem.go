package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/group"
	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/store"
)

const maxProblems = 20

// problemsOf groups the failures that were not put right since by their reason.
func (r *Resolver) problemsOf(ctx context.Context, k *checkup) ([]*HealthProblem, error) {
	solved, err := r.solved(ctx, k)
	if err != nil {
		return nil, err
	}
	type reason struct{ scimType, detail string }
	known := map[reason]*HealthProblem{}
	held := map[*HealthProblem]map[subject]bool{}
	problems := []*HealthProblem{}
	for _, l := range k.failures {
		if solved(l) {
			continue
		}
		at := reason{l.ScimType, reasonOf(l)}
		p := known[at]
		if p == nil {
			p = &HealthProblem{Detail: at.detail, ScimType: filled(at.scimType), LastSeenAt: l.CreatedAt, ExampleID: l.ID}
			known[at], held[p] = p, map[subject]bool{}
			problems = append(problems, p)
		}
		p.Requests++
		if s := subjectOf(l); s != (subject{}) {
			held[p][s] = true
			p.Targets = len(held[p])
		}
	}
	slices.SortStableFunc(problems, func(a, b *HealthProblem) int { return cmp.Compare(b.Requests, a.Requests) })
	return problems[:min(len(problems), maxProblems)], nil
}

// subject is whom a request was about: by id, or by name where it should have
// been made.
type subject struct {
	id     uuid.UUID
	person string // folded user name
	group  string // folded name
}

const (
	triedPerson = "Tried to create "
	triedGroup  = "Tried to create group "
)

func subjectOf(l *ent.ProvisioningLog) subject {
	if l.TargetID != nil {
		return subject{id: *l.TargetID}
	}
	if name, ok := strings.CutPrefix(l.Operation, triedGroup); ok {
		return subject{group: store.Fold(name)}
	}
	if name, ok := strings.CutPrefix(l.Operation, triedPerson); ok && name != "a person" && name != "a group" {
		return subject{person: store.Fold(name)}
	}
	return subject{}
}

// solved brings what says whether a failure was put right: its person or group
// was written or made after it, or the client was let in again.
func (r *Resolver) solved(ctx context.Context, k *checkup) (func(*ent.ProvisioningLog) bool, error) {
	var ids []uuid.UUID
	var people, groups []string
	seen := map[subject]bool{}
	for _, l := range k.failures {
		s := subjectOf(l)
		switch {
		case seen[s]:
		case s.id != uuid.Nil:
			ids = append(ids, s.id)
		case s.person != "":
			people = append(people, s.person)
		case s.group != "":
			groups = append(groups, s.group)
		}
		seen[s] = true
	}
	written, err := r.writtenSince(ctx, k.failures, ids)
	if err != nil {
		return nil, err
	}
	made, err := r.madeBy(ctx, k.connection, people, groups)
	if err != nil {
		return nil, err
	}
	if err := r.renamed(ctx, k, made); err != nil {
		return nil, err
	}
	return func(l *ent.ProvisioningLog) bool {
		s := subjectOf(l)
		switch {
		case l.Status == http.StatusUnauthorized || l.Status == http.StatusTooManyRequests:
			return k.lastIn.After(l.CreatedAt)
		case l.Status == http.StatusNotFound && (l.Method == http.MethodGet || l.Method == http.MethodHead || l.Method == http.MethodDelete):
			return true // the client asked, or wanted gone what is gone
		case s.id != uuid.Nil:
			id, ok := written[s.id]
			return ok && bytes.Compare(id[:], l.ID[:]) > 0
		}
		return made[s].after(l)
	}, nil
}

// writtenSince brings the newest successful request about each person or group
// that is newer than the oldest failure. Reading somebody puts nothing right.
func (r *Resolver) writtenSince(ctx context.Context, failures []*ent.ProvisioningLog, ids []uuid.UUID) (map[uuid.UUID]uuid.UUID, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	a, _ := actor.From(ctx)
	in, list := r.store.In("target_id", ids)
	rows, err := r.store.Query(ctx, `SELECT target_id, MAX(CAST(id AS text)) FROM provisioning_logs
		WHERE org_id = ? AND `+in+` AND id > ? AND status < 400 AND method NOT IN ('GET', 'HEAD') GROUP BY target_id`,
		a.Org, list, failures[len(failures)-1].ID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[uuid.UUID]uuid.UUID{}
	for rows.Next() {
		var target, newest uuid.UUID
		if err := rows.Scan(&target, &newest); err != nil {
			return nil, err
		}
		out[target] = newest
	}
	return out, rows.Err()
}

// made is a person or group that is here after all.
type made struct {
	id      uuid.UUID
	updated int64 // microseconds
}

// after says whether it was made or changed after a request that failed.
func (m made) after(l *ent.ProvisioningLog) bool {
	return m.id != uuid.Nil && (bytes.Compare(m.id[:], l.ID[:]) > 0 || m.updated > l.CreatedAt.UnixMicro())
}

func (r *Resolver) madeBy(ctx context.Context, c *ent.Connection, people, groups []string) (map[subject]made, error) {
	out := map[subject]made{}
	if len(people) > 0 {
		q := r.store.Read().User.Query().Where(user.ConnectionID(c.ID), user.DeletedAtIsNil(), user.UserNameKeyIn(people...))
		q.Select(user.FieldID, user.FieldUserNameKey, user.FieldUpdatedAt)
		found, err := q.All(ctx)
		if err != nil {
			return nil, err
		}
		for _, u := range found {
			out[subject{person: u.UserNameKey}] = made{u.ID, u.UpdatedAt.UnixMicro()}
		}
	}
	if len(groups) > 0 {
		q := r.store.Read().Group.Query().Where(group.ConnectionID(c.ID), group.DeletedAtIsNil(), group.DisplayNameKeyIn(groups...))
		q.Select(group.FieldID, group.FieldDisplayNameKey, group.FieldUpdatedAt)
		found, err := q.All(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range found {
			out[subject{group: g.DisplayNameKey}] = made{g.ID, g.UpdatedAt.UnixMicro()}
		}
	}
	return out, nil
}

// bodiesRead is for how many people who were not made their request is read.
const bodiesRead = 200

// renamed adds to made who came under another user name after all: whoever mends a
// name at the provider sends the same externalId with the new one.
func (r *Resolver) renamed(ctx context.Context, k *checkup, known map[subject]made) error {
	failed := map[uuid.UUID]subject{} // the newest of each
	seen := map[subject]bool{}
	for _, l := range k.failures {
		s := subjectOf(l)
		if s.person == "" || seen[s] || known[s] != (made{}) {
			continue
		}
		seen[s] = true
		if failed[l.ID] = s; len(failed) == bodiesRead {
			break
		}
	}
	if len(failed) == 0 {
		return nil
	}
	rows, err := r.store.Read().ProvisioningLog.Query().Where(provisioninglog.IDIn(slices.Collect(maps.Keys(failed))...)).
		Select(provisioninglog.FieldID, provisioninglog.FieldRequestBody).All(ctx)
	if err != nil {
		return err
	}
	of := map[string][]subject{} // by externalId: a name can be mended more than once
	for _, l := range rows {
		var sent struct {
			ExternalID string `json:"externalId"`
		}
		if json.Unmarshal([]byte(l.RequestBody), &sent) == nil && sent.ExternalID != "" {
			of[sent.ExternalID] = append(of[sent.ExternalID], failed[l.ID])
		}
	}
	if len(of) == 0 {
		return nil
	}
	here, err := r.store.Read().User.Query().Where(user.ConnectionID(k.connection.ID), user.DeletedAtIsNil(), user.ExternalIDIn(slices.Collect(maps.Keys(of))...)).
		Select(user.FieldID, user.FieldExternalID).All(ctx)
	for _, u := range here {
		for _, s := range of[*u.ExternalID] {
			// Only who was made since: a name can also fail because its externalId was here.
			known[s] = made{id: u.ID}
		}
	}
	return err
}

// differing finds what differs from one person to the next: quoted texts, ids, e-mail
// addresses and numbers. Numbers of RFCs and limits stay.
var differing = regexp.MustCompile(`"(?:[^"\\]|\\.)*"` +
	`|` + idForm.String() +
	`|[^\s"(),;:<>]+@[^\s"(),;:<>]+[^\s"(),;:<>.]` +
	`|(?:RFC |§|at most |more than |longer than )\d[\d.]*\d?` +
	`|\b\d+(?:\.\d+)*(?:-bit)?\b`)

// spoken are the quoted words of SCIM that details are about, not values.
var spoken = []string{"Operations", "op", "path", "value", "add", "remove", "replace", "members", "attributes", "excludedAttributes"}

// reasonOf is why a request failed without what is only so of its person: the
// same for everybody who fails for the same reason.
func reasonOf(l *ent.ProvisioningLog) string {
	text, _, _ := strings.Cut(l.Detail, " (reference ")
	if l.Status == http.StatusUnauthorized {
		text = "The credential was refused: " + text
	}
	text = differing.ReplaceAllStringFunc(text, func(found string) string {
		switch first, _ := utf8.DecodeRuneInString(found); {
		case first == '"' && slices.Contains(spoken, strings.Trim(found, `"`)):
			return found
		case first == '"':
			return `"…"`
		case strings.HasPrefix(found, "RFC"), first == '§', strings.Contains(found, " "), strings.HasSuffix(found, "-bit"):
			return found
		}
		return "…"
	})
	if text == "" {
		return http.StatusText(l.Status)
	}
	return sentence(text)
}

// sentence writes the first letter of a text large.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
