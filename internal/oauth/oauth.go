package oauth

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/issuer"
	"github.com/rollcall/rollcall/internal/store"
)

// issuedPerMinute is how many access tokens a client gets: each is a row, and one
// works for an hour at least.
const issuedPerMinute = 60

const tooMany = "More than 60 access tokens a minute were asked for; one works for an hour at least."

var errTooMany = errors.New("too many access tokens were asked for")

// Options are what New needs.
type Options struct {
	Store  *store.Store
	Access *access.Access
	Client *http.Client // reaches the issuers of assertions
	Log    *slog.Logger
}

// door is the handler of New.
type door struct {
	store   *store.Store
	access  *access.Access
	issuers *issuer.Cache
	issued  *access.Limiter
	log     *slog.Logger
}

// New returns the handler of the token endpoints, whose addresses access.TokenURL
// makes.
func New(o Options) http.Handler {
	return &door{store: o.Store, access: o.Access, issuers: issuer.New(o.Client, o.Store.Now),
		issued: access.NewLimiter(issuedPerMinute), log: o.Log}
}

// request is one request and what is known about it.
type request struct {
	id       uuid.UUID
	began    time.Time
	place    access.TokenPlace
	path     string // harmless in a log
	address  string
	client   string // as the program names itself
	presents presented
}

// ServeHTTP answers one request.
func (d *door) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	r := &request{id: schema.NewID(), began: d.store.Now(), address: access.AddressOf(hr.RemoteAddr), client: harmless(hr.UserAgent())}
	a := d.answer(w, hr, r)
	a.write(w)
	d.log.LogAttrs(hr.Context(), slog.LevelInfo, "oauth", slog.String("request", r.id.String()), slog.String("method", hr.Method),
		slog.String("path", r.path), slog.Int("status", a.status), slog.Int64("ms", d.store.Now().Sub(r.began).Milliseconds()))
	if a.cause != nil {
		d.log.Error("token request failed", "request", r.id, "err", a.cause)
	}
}

func (d *door) answer(w http.ResponseWriter, hr *http.Request, r *request) *answer {
	var ok bool
	if r.place, ok = access.TokenPlaceOf(hr.URL.Path); !ok {
		return refuse(http.StatusNotFound, errInvalidRequest, "There is no token endpoint at this address.")
	}
	r.path = hr.URL.Path
	if hr.Method != http.MethodPost {
		a := refuse(http.StatusMethodNotAllowed, errInvalidRequest, "A token is asked for with POST.")
		a.allow = http.MethodPost
		return a
	}
	if a := r.read(w, hr); a != nil {
		if a.status == http.StatusUnauthorized {
			return d.refused(hr.Context(), r, a, &access.Refused{Reason: "no client authentication that is known here"})
		}
		return a
	}
	if !d.issued.Allow(r.presents.client.String() + r.presents.digest()) {
		return slowDown(tooMany)
	}
	issued, err := d.issue(hr.Context(), r)
	if errors.Is(err, errTooMany) {
		return slowDown(tooMany)
	}
	if err != nil {
		return d.turnedDown(hr.Context(), r, err)
	}
	return &answer{status: http.StatusOK, body: granted{AccessToken: issued.Secret, TokenType: "Bearer", Scope: scope,
		ExpiresIn: int(issued.Token.ExpiresAt.Sub(issued.Token.CreatedAt) / time.Second)}}
}

func (d *door) issue(ctx context.Context, r *request) (*access.Issued, error) {
	if r.presents.assertion != "" {
		return d.access.IssueScimTokenFor(ctx, r.place, r.presents.client, r.presents.assertion, func(ctx context.Context, name, assertion string) (*access.Assertion, error) {
			a, err := d.verify(ctx, name, assertion)
			// A client may have a new assertion for each token. Only those that hold count,
			// so that a stranger's use up nothing.
			if err == nil && !d.issued.Allow(r.place.Connection.String()+" "+a.Issuer+" "+a.Subject) {
				return nil, errTooMany
			}
			return a, err
		})
	}
	return d.access.IssueScimToken(ctx, r.place, r.presents.client, r.presents.secret)
}

// refused notes a refusal in the provisioning log, where administrators look, unless
// so many come from an address that they would fill it. The right credential is let
// in from there all the same.
func (d *door) refused(ctx context.Context, r *request, a *answer, why *access.Refused) *answer {
	if !d.access.WorthNoting(r.address) {
		return slowDown("Too many wrong credentials came from this address; wait a minute.")
	}
	row := &ent.ProvisioningLog{ID: r.id, OrgID: why.Organization, Client: r.client, Address: r.address, Method: http.MethodPost,
		Path: r.path, Operation: "Refused a credential", Status: a.status, Detail: why.Reason, CreatedAt: r.began,
		DurationUs: int(d.store.Now().Sub(r.began).Microseconds())}
	if why.Connection != uuid.Nil {
		row.ConnectionID = &why.Connection
	}
	if why.Token != uuid.Nil {
		row.TokenID = &why.Token
	}
	err := d.store.Write(actor.InOrg(context.WithoutCancel(ctx), why.Organization), func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertLog(ctx, row)
	})
	if err != nil { // the answer is right without it
		d.log.Error("log a refused client", "request", r.id, "err", err)
	}
	return a
}

// harmless makes the name of a program fit for a log.
func harmless(text string) string {
	const most = 100
	text = strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return -1
		}
		return c
	}, access.Pattern.ReplaceAllString(text, "[token]"))
	return text[:min(len(text), most)]
}
