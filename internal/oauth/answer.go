package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/issuer"
)

// scope is what an access token is for, whatever was asked for (RFC 6749 §3.3).
const scope = "scim"

const (
	errInvalidRequest = "invalid_request"
	errInvalidClient  = "invalid_client"
)

// granted is the answer of RFC 6749 §5.1.
type granted struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
}

// problem is the answer of RFC 6749 §5.2.
type problem struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// answer is what goes back.
type answer struct {
	status int
	body   any
	allow  string // methods
	wait   int    // seconds; 0 doesn't say
	cause  error  // for the log
}

func refuse(status int, code, description string) *answer {
	return &answer{status: status, body: problem{code, description}}
}

func unknownClient() *answer {
	return refuse(http.StatusUnauthorized, errInvalidClient, "The client is unknown, or its secret or assertion is wrong, expired or revoked.")
}

func slowDown(description string) *answer {
	a := refuse(http.StatusTooManyRequests, errInvalidRequest, description)
	a.wait = 60
	return a
}

// turnedDown is the answer to what access refuses. The client doesn't learn why its
// credential is wrong; administrators read it in the log.
func (d *door) turnedDown(ctx context.Context, r *request, err error) *answer {
	why, known := errors.AsType[*access.Refused](err)
	if !known {
		why = &access.Refused{Reason: err.Error()}
	}
	switch fault.CodeOf(err) {
	case fault.Unauthenticated:
		return d.refused(ctx, r, unknownClient(), why)
	case fault.Forbidden:
		f, _ := errors.AsType[*fault.Error](err)
		return d.refused(ctx, r, refuse(http.StatusBadRequest, "unauthorized_client", "No token is given now: "+f.Message+"."), why)
	}
	a := refuse(http.StatusServiceUnavailable, "temporarily_unavailable", "Something went wrong here; try again. The log of the server has the details.")
	if away, ok := errors.AsType[*issuer.Unavailable](err); ok {
		a.body = problem{"temporarily_unavailable", "The keys of the issuer of the assertion can not be had now; try again."}
		a.cause = away
	} else {
		a.cause = err
	}
	a.wait = 30
	return a
}

func (a *answer) write(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Pragma", "no-cache")
	if a.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="rollcall", charset="UTF-8"`)
	}
	if a.allow != "" {
		h.Set("Allow", a.allow)
	}
	if a.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(a.wait))
	}
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // the client may be gone
}
