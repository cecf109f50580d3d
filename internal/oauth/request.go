package oauth

import (
	"crypto/sha256"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

const (
	bodyLimit     = 64 << 10
	grantType     = "client_credentials"
	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
)

// presented is by what a client wants to be known.
type presented struct {
	client    uuid.UUID // may be nil beside an assertion
	secret    string
	assertion string
}

// digest tells credentials apart without keeping them.
func (p presented) digest() string {
	sum := sha256.Sum256([]byte(p.secret + p.assertion))
	return string(sum[:8])
}

// read takes the form of a request apart. It answers when there is nothing to go
// on with.
func (r *request) read(w http.ResponseWriter, hr *http.Request) *answer {
	if hr.URL.RawQuery != "" || hr.URL.ForceQuery {
		return refuse(http.StatusBadRequest, errInvalidRequest, "Parameters belong in the body, where no log keeps them, not in the address.")
	}
	if kind, _, err := mime.ParseMediaType(hr.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return refuse(http.StatusBadRequest, errInvalidRequest, "The body must be application/x-www-form-urlencoded.")
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, hr.Body, bodyLimit))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return refuse(http.StatusRequestEntityTooLarge, errInvalidRequest, "The body is larger than 64 kB.")
	}
	if err != nil {
		return refuse(http.StatusBadRequest, errInvalidRequest, "The body came incomplete.")
	}
	form, err := url.ParseQuery(string(text))
	if err != nil {
		return refuse(http.StatusBadRequest, errInvalidRequest, "The body is not well-formed.")
	}
	for name, values := range form {
		if len(values) > 1 {
			return refuse(http.StatusBadRequest, errInvalidRequest, "A parameter came twice.")
		}
		if values[0] == "" { // as if it were absent (RFC 6749 §3.2)
			delete(form, name)
		}
	}
	switch grant := form.Get("grant_type"); grant {
	case grantType:
	case "":
		return refuse(http.StatusBadRequest, errInvalidRequest, "The parameter grant_type is missing.")
	default:
		return refuse(http.StatusBadRequest, "unsupported_grant_type", "The grant_type here is client_credentials.")
	}
	return r.presents.take(hr.Header.Values("Authorization"), form)
}

// take finds the one way in which the client authenticates (RFC 6749 §2.3).
func (p *presented) take(authorization []string, form url.Values) *answer {
	client, ways := form.Get("client_id"), 0
	if len(authorization) > 0 {
		ways++
		id, secret, ok := basic(authorization)
		if !ok {
			return unknownClient()
		}
		if client != "" && client != id {
			return refuse(http.StatusBadRequest, errInvalidRequest, "The client_id differs from that in the Authorization header.")
		}
		client, p.secret = id, secret
	}
	if secret := form.Get("client_secret"); secret != "" {
		ways++
		p.secret = secret
	}
	kind := form.Get("client_assertion_type")
	if p.assertion = form.Get("client_assertion"); p.assertion != "" || kind != "" {
		ways++
		if kind != assertionType || p.assertion == "" {
			return refuse(http.StatusBadRequest, errInvalidRequest, "A client_assertion needs the client_assertion_type "+assertionType+".")
		}
	}
	if ways > 1 {
		return refuse(http.StatusBadRequest, errInvalidRequest, "The client authenticates in more than one way; use one.")
	}
	var err error
	p.client, err = uuid.Parse(client)
	if ways == 0 || err != nil && (client != "" || p.assertion == "") {
		return unknownClient()
	}
	return nil
}

// basic reads the one Authorization header. Both halves are form-encoded in it
// (RFC 6749 §2.3.1).
func basic(authorization []string) (id, secret string, ok bool) {
	if len(authorization) != 1 {
		return "", "", false
	}
	id, secret, ok = (&http.Request{Header: http.Header{"Authorization": authorization}}).BasicAuth()
	if !ok {
		return "", "", false
	}
	id, errID := url.QueryUnescape(id)
	secret, errSecret := url.QueryUnescape(secret)
	return strings.ToLower(id), secret, errID == nil && errSecret == nil
}
