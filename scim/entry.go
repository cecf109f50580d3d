package scim

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	entschema "github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// entry is what the log row of a request will say.
type entry struct {
	slug                      string // as written in the address
	org                       uuid.UUID
	connection, token         *uuid.UUID
	cycle                     uuid.UUID
	client, activity, address string
	endpoint, target          string
	operation                 string
	reason                    string // why a credential was refused; not for the client
	subject                   uuid.UUID
	warnings                  []string
	changes                   []entschema.Change
}

// about notes the person or group that the request is about.
func (e *entry) about(id uuid.UUID) { e.subject = id }

// refusedBy notes why access turned a credential down. Of one that nobody knows it
// keeps the end, by which people tell what they have pasted where.
func (e *entry) refusedBy(err error, secret string) {
	refused, ok := errors.AsType[*access.Refused](err)
	if !ok {
		return
	}
	e.reason = refused.Reason
	if refused.Organization != uuid.Nil {
		e.org, e.token = refused.Organization, &refused.Token
		if refused.Connection != uuid.Nil {
			e.connection = &refused.Connection
		}
	} else if end := secret[max(0, len(secret)-4):]; len(secret) >= shortestHinted && isPlain(end) {
		e.reason += "; it ends in …" + end
	}
}

// shortestHinted is how long a secret is of which four characters say nothing.
const shortestHinted = 32

// forBulk keeps of the bulk request's entry what is true of its operations.
func (e *entry) forBulk(r *request) {
	*e = entry{
		slug: r.entry.slug, org: r.entry.org, connection: r.entry.connection, token: r.entry.token, cycle: r.entry.cycle,
		client: r.entry.client, activity: r.entry.activity, address: r.entry.address,
	}
}

// row is the ProvisioningLog row of an answered request.
func (r *request) row(a *answer) *ent.ProvisioningLog {
	e := &r.entry
	row := &ent.ProvisioningLog{
		ID: r.id, OrgID: e.org, ConnectionID: e.connection, TokenID: e.token, Client: e.client, Activity: e.activity,
		Address: e.address, Method: clean(r.method, 16), Path: clean(r.pathText(), 1024), Operation: clean(e.operation, 300),
		Status: a.status, ScimType: a.scimType, Detail: clean(a.detail, 2000), Warnings: e.warnings, Changes: e.changes,
		RequestBody: redacted(r.raw, r.body), CreatedAt: r.start,
	}
	if e.cycle != uuid.Nil {
		row.CycleID = &e.cycle
	}
	if e.subject != uuid.Nil {
		row.TargetID = &e.subject
	} else if id, err := uuid.Parse(e.target); err == nil { // refused before it was looked up
		row.TargetID = &id
	}
	if e.reason != "" {
		row.Operation, row.Detail = "Refused a credential", e.reason
	}
	if row.Operation == "" {
		row.Operation = "Asked for something that is not here"
	}
	if a.status >= http.StatusBadRequest && a.body != nil {
		row.ResponseBody = cut(string(encode(a.body)))
	}
	return row
}

// pathText is the path below the organization, with the query.
func (r *request) pathText() string {
	path := "/" + strings.Join(r.segments, "/")
	query := r.http.URL.RawQuery
	if decoded, err := url.QueryUnescape(query); err != nil || comparesPassword(decoded) {
		query = hidden
	}
	if query != "" && r.newID == uuid.Nil {
		path += "?" + query
	}
	return path
}

// logIn writes the request's row into the transaction of its change, with the
// Events that the transaction makes. It comes last.
func (r *request) logIn(ctx context.Context, tx *store.Tx, status int) error {
	row := r.row(&answer{status: status})
	row.DurationUs = int(tx.Now().Sub(r.start).Microseconds())
	row.Events = tx.Events()
	r.changed = len(row.Events) > 0 || len(row.Changes) > 0
	return tx.InsertLog(ctx, row)
}

// clean makes a client's text fit for a log: one line, at most so many bytes,
// no secret, nothing that moves a terminal's cursor or turns its writing round.
func clean(text string, most int) string {
	if len(text) <= most && isPlain(text) {
		return withoutSecrets(text)
	}
	harmless := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			return '\uFFFD'
		}
		return r
	}, withoutSecrets(text))
	if len(harmless) <= most {
		return harmless
	}
	for most > 0 && !utf8.RuneStart(harmless[most]) {
		most--
	}
	return harmless[:most] + "…"
}

// isPlain says whether text is printable ASCII throughout, as nearly all is.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}
