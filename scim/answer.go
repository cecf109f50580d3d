package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	entuser "github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/fault"
)

const errorURN = "urn:ietf:params:scim:api:messages:2.0:Error"

// answer is what a client gets.
type answer struct {
	status         int
	body           any // nil: none
	location, etag string
	retryAfter     time.Duration
	scimType       string
	detail         string // of a refusal, without the reference
	allow          string // methods, on 405
	cause          error  // for the log; clients don't see it
}

func (r *request) reply(status int, body any) *answer { return &answer{status: status, body: body} }

// errorBody is RFC 7644 §3.12. The status is a text, as Entra insists.
type errorBody struct {
	Schemas  []string `json:"schemas"`
	Status   string   `json:"status"`
	ScimType string   `json:"scimType,omitempty"`
	Detail   string   `json:"detail"`
}

// refusal turns an error into the answer that says it. The detail ends with the
// reference under which rollcall log show finds the request.
func (r *request) refusal(err error) *answer {
	a := answerOf(err)
	a.body = errorBody{
		Schemas: []string{errorURN}, Status: strconv.Itoa(a.status), ScimType: a.scimType,
		Detail: fmt.Sprintf("%s (reference %s)", a.detail, r.id),
	}
	return a
}

// statusGone is what the log says of a request whose client hung up. Nobody gets it.
const statusGone = 499

func answerOf(err error) *answer {
	if e, ok := errors.AsType[*slowDown](err); ok {
		return &answer{status: http.StatusTooManyRequests, detail: e.Error(), retryAfter: e.wait}
	}
	if e, ok := errors.AsType[*unclear](err); ok && !errors.Is(err, context.Canceled) {
		return &answer{status: http.StatusServiceUnavailable, retryAfter: 5 * time.Second, cause: e.cause,
			detail: "The server can't look up the token at the moment; try again"}
	}
	if e, ok := errors.AsType[*refusal](err); ok {
		return &answer{status: e.status, scimType: e.scimType, detail: e.detail, allow: e.allow}
	}
	if errors.Is(err, context.Canceled) {
		return &answer{status: statusGone, detail: "The client hung up before the answer; nothing was changed"}
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Code == fault.Internal {
		return &answer{status: http.StatusInternalServerError, cause: err,
			detail: "The server could not do this; nothing was changed. Try again, and tell the operator the reference if it stays"}
	}
	a := &answer{detail: e.Message}
	switch e.Code {
	case fault.Invalid:
		a.status, a.scimType = http.StatusBadRequest, "invalidValue"
	case fault.NotFound:
		a.status = http.StatusNotFound
	case fault.Conflict:
		a.status = http.StatusConflict
		if e.Field != entuser.FieldActive && e.Field != "" {
			a.scimType = "uniqueness"
		}
	case fault.Forbidden:
		a.status = http.StatusForbidden
	case fault.Unauthenticated:
		a.status = http.StatusUnauthorized
	case fault.TooLarge:
		a.status = http.StatusRequestEntityTooLarge
	case fault.Precondition:
		a.status = http.StatusPreconditionFailed
	}
	return a
}

// write sends the answer.
func (a *answer) write(w http.ResponseWriter, method string) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	if a.location != "" {
		h.Set("Location", a.location)
		if a.status != http.StatusCreated {
			h.Del("Location")
			h.Set("Content-Location", a.location)
		}
	}
	if a.etag != "" {
		h.Set("ETag", a.etag)
	}
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="SCIM"`)
	}
	if a.allow != "" {
		h.Set("Allow", a.allow)
	}
	if a.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((a.retryAfter+time.Second-1)/time.Second)))
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	h.Set("Content-Type", "application/scim+json; charset=utf-8")
	encodeFor(a.body, func(text []byte) {
		h.Set("Content-Length", strconv.Itoa(len(text)))
		w.WriteHeader(a.status)
		if method != http.MethodHead {
			_, _ = w.Write(text)
		}
	})
}

// unauthenticated is the one answer to every failed credential.
type unauthenticated struct{ cause error }

func (*unauthenticated) Error() string { return "The bearer token is missing or not valid here" }

func (u *unauthenticated) Unwrap() error {
	return &refusal{status: http.StatusUnauthorized, detail: u.Error()}
}

func (u *unauthenticated) because(err error) error { return &unauthenticated{err} }

// unclear is a credential that could not be looked up.
type unclear struct{ cause error }

func (u *unclear) Error() string { return "look at a credential: " + u.cause.Error() }

func (u *unclear) Unwrap() error { return u.cause }

var (
	errUnauthenticated = &unauthenticated{}
	errPanic           = errors.New("panic")
	errNoEndpoint      = refuseStatus(http.StatusNotFound, "", "There is no such endpoint; /Users, /Groups, /Bulk, /Schemas, /ResourceTypes and /ServiceProviderConfig are here")
	errNoUser          = refuseStatus(http.StatusNotFound, "", "There is no such user")
	errNoGroup         = refuseStatus(http.StatusNotFound, "", "There is no such group")
	errGroupsOff       = refuseStatus(http.StatusNotImplemented, "", "Group provisioning is switched off for this connection; in Entra, set Enabled to No under Provisioning > Mappings > Provision Microsoft Entra ID Groups, or switch it on here, in the settings of the connection")
)

func stale(version int) error {
	return refuseStatus(http.StatusPreconditionFailed, "", "The resource has changed since; its version is %s now", etag(version))
}
