package sso

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/internal/access"
)

// MetadataPath is where a SAML provider reads about a connection. It is the
// connection's entity id too.
func MetadataPath(connection uuid.UUID) string {
	return "/signin/saml/" + connection.String() + "/metadata"
}

// ACSPath is where a SAML provider's answers are sent.
func ACSPath(connection uuid.UUID) string { return "/signin/saml/" + connection.String() + "/acs" }

func (d *door) leaveSAML(w http.ResponseWriter, r *http.Request, on *access.SignOnOf, _ flow) {
	d.trouble(w, r, on, trouble{Code: codeOff, Status: http.StatusNotFound})
}
