package scim

import (
	"fmt"
	"net/http"
)

// refusal is an answer that turns a request down, in the words of
// RFC 7644 §3.12. Its detail is shown to administrators by Entra and Okta, so
// it names the attribute and what was expected.
type refusal struct {
	status           int
	scimType, detail string
	allow            string // methods that are possible instead
}

// Error returns the sentence that goes into the detail of the answer.
func (r *refusal) Error() string { return r.detail }

// refuse makes a refusal with status 400.
func refuse(scimType, format string, args ...any) error {
	return refuseStatus(http.StatusBadRequest, scimType, format, args...)
}

// refuseStatus makes a refusal with a status other than 400.
func refuseStatus(status int, scimType, format string, args ...any) error {
	return &refusal{status: status, scimType: scimType, detail: fmt.Sprintf(format, args...)}
}

// shown cuts text that a client sent to a length that suits a sentence.
func shown(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && text[cut]&0xC0 == 0x80 {
		cut--
	}
	return text[:cut] + "…"
}
