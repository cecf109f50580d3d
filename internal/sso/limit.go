package sso

import (
	"net/http"

	"github.com/rollcall/rollcall/internal/access"
)

const (
	// wrongPerMinute is how many wrong links and passkeys an address gets a full
	// answer for. It is never locked out: the right one may come from the same
	// place.
	wrongPerMinute = 20
	// begunPerMinute is how many ceremonies and sign-ins an address may begin: each is
	// a row. A whole office may sit behind one address.
	begunPerMinute = 600
)

// addressOf is where a request comes from.
func addressOf(r *http.Request) string { return access.AddressOf(r.RemoteAddr) }
