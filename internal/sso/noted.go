package sso

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/sso/oidc"
	"github.com/rollcall/rollcall/internal/store"
)

// A refusal leaves a line in the log and, where there is a connection, an Event of its
// organization. Anybody can cause refusals without end, so the same one leaves nothing
// more within noteEvery, and those of one kind no more than so many: the next that is
// noted says how many were not.
const (
	noteEvery   = 15 * time.Minute
	mostUnknown = 10  // of one code at one connection, from so many networks
	mostProved  = 100 // of one code at one connection, by so many accounts of the provider
	maxKinds    = 10_000
)

// kind is what refusals have in common that are counted together.
type kind struct {
	connection uuid.UUID
	what       string
	code       string
	test       bool // strangers fill no room of these
}

// refusals remembers what was noted lately. Each replica has its own.
type refusals struct {
	now func() time.Time

	mu    sync.Mutex
	kinds map[kind]*tally
}

type tally struct {
	at   time.Time // of the last refusal
	by   map[string]*noted
	last string // the newest reference
	more int    // not noted, because there were too many others
}

// noted is a refusal that was noted.
type noted struct {
	at        time.Time
	reference string
	since     int // the same, not noted
}

func newRefusals(now func() time.Time) *refusals {
	return &refusals{now: now, kinds: map[kind]*tally{}}
}

// count says whether a refusal is to be noted, and how many of the same (repeats)
// and of others of its kind were not noted before it. The reference is that of the
// note which tells of it, whether or not it is a new one.
func (s *refusals) count(k kind, by string, most int) (reference string, repeats, others int, note bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.kinds[k] == nil {
		s.makeRoom()
		s.kinds[k] = &tally{by: map[string]*noted{}}
	}
	t := s.kinds[k]
	t.at = now
	n := t.by[by]
	if n != nil && now.Sub(n.at) < noteEvery {
		n.since++
		return n.reference, 0, 0, false
	}
	if n == nil {
		t.forget(now)
		if len(t.by) >= most {
			t.more++
			return t.last, 0, 0, false
		}
		n = &noted{}
		t.by[by] = n
	}
	repeats, others = n.since, t.more
	t.last, t.more = access.NewReference(), 0
	*n = noted{at: now, reference: t.last}
	return n.reference, repeats, others, true
}

// makeRoom forgets the kind that has not occurred for longest, when there are too many.
func (s *refusals) makeRoom() {
	if len(s.kinds) < maxKinds {
		return
	}
	var oldest kind
	var at time.Time
	for k, t := range s.kinds {
		if at.IsZero() || t.at.Before(at) {
			oldest, at = k, t.at
		}
	}
	delete(s.kinds, oldest)
}

// forget makes room: what was noted long ago counts among the others from now on.
func (t *tally) forget(now time.Time) {
	maps.DeleteFunc(t.by, func(_ string, n *noted) bool {
		old := now.Sub(n.at) >= noteEvery
		if old {
			t.more += n.since
		}
		return old
	})
}

// errorCode is the form of what OAuth calls an error (RFC 6749 §4.1.2.1).
var errorCode = regexp.MustCompile(`^[a-z0-9_.-]{1,60}$`)

// note writes down what was refused, for the administrator and the operator, unless it
// was noted lately, and returns a reference for the person. It leads both to the note
// that tells of it, but for a connection that isn't there or is switched off: there are
// Events of the one and none of the other, which nobody is to tell by the reference.
// Nor does it tell why an account stays out. on is nil where there is no connection.
func (d *door) note(r *http.Request, on *access.SignOnOf, t trouble) (reference string) {
	address := addressOf(r)
	k, by, most := kindOf(on, t), "from "+access.NetworkOf(address), mostUnknown
	if a := t.account; a != nil {
		by, most = "by "+a.Issuer+"\x00"+a.Tenant+"\x00"+a.Subject, mostProved
	}
	if t.isTest() {
		by += " for " + t.flow.Tester.String()
	}
	reference, repeats, others, worth := d.refusals.count(k, by, most)
	if !worth && t.Code == codeOff {
		return access.NewReference()
	}
	if !worth {
		return reference
	}
	record := []any{"code", k.code, "reference", reference, "client", address, "repeats", repeats, "others", others}
	if t.account != nil {
		record = append(record, "reason", t.reason) // the detail names people
	} else {
		record = append(record, "detail", oidc.Plain(t.Detail), "provider_trace", t.Provider.Trace)
	}
	if t.Err != nil {
		record = append(record, "err", oidc.Plain(t.Err.Error()))
	}
	if on == nil {
		d.log.Info(k.what, record...)
		return reference
	}
	d.log.Info(k.what, append(record, "organization", on.OrgID, "connection", on.ConnectionID)...)
	said := t.said()
	said["reference"], said["address"], said["connection_id"], said["name"] = reference, address, on.ConnectionID, on.Connection.Name
	if repeats+others > 0 {
		said["repeats"], said["others"] = repeats, others
	}
	ctx := context.WithoutCancel(actor.With(r.Context(), // whoever hangs up leaves one too
		actor.Actor{Kind: actor.System, Org: on.OrgID, Connection: on.ConnectionID, Request: access.RequestOf(reference)}))
	err := d.store.Write(ctx, func(_ context.Context, tx *store.Tx) error {
		if t.person != uuid.Nil {
			tx.Note(ent.TypeUser, t.person, "sign_in_refused", map[string]any{"reason": t.reason, "reference": reference, "connection_id": on.ConnectionID, "subject": t.account.Subject})
		}
		tx.Note(ent.TypeSignOn, on.ID, strings.NewReplacer(" ", "_", "-", "_").Replace(k.what), said)
		return nil
	})
	if err != nil {
		d.log.Error("note what was refused", "err", err)
	}
	return reference
}

// kindOf counts what the provider has said by the pages that there are for it: what
// strangers write has no end.
func kindOf(on *access.SignOnOf, t trouble) kind {
	k := kind{what: "sign-in refused", code: t.Code, test: t.isTest()}
	if t.SigningOut {
		k.what = "sign-out refused"
	}
	if on != nil {
		k.connection = on.ConnectionID
	}
	if _, known := entraHelp[t.Provider.Number]; known {
		k.code += " AADSTS" + t.Provider.Number
	} else if _, known := providerHelp[t.Provider.Error]; known {
		k.code += " " + t.Provider.Error
	}
	return k
}

// said is what the Event says of it. Sentences of strangers are in the log alone: the
// Detail quotes what a signature covers, and of what a provider's error says there are
// its code and Entra's numbers.
func (t trouble) said() map[string]any {
	said := map[string]any{"code": t.Code}
	for name, text := range map[string]string{"detail": oidc.Plain(t.Detail), "provider_number": t.Provider.Number, "provider_trace": t.Provider.Trace, "reason": t.reason} {
		if text != "" {
			said[name] = text
		}
	}
	if errorCode.MatchString(t.Provider.Error) {
		said["provider_error"] = t.Provider.Error
	}
	if t.isTest() {
		said["test"] = true
	}
	if t.account != nil {
		said["issuer"], said["subject"] = t.account.Issuer, t.account.Subject
	}
	return said
}

// isTest says whether an administrator wanted to see what comes.
func (t trouble) isTest() bool { return t.flow != nil && t.flow.Tester != uuid.Nil }
