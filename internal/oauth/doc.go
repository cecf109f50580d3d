// Package oauth is the token endpoint of each connection (RFC 6749 §3.2): a SCIM
// client presents its secret, or an assertion that its identity provider has
// signed, and gets an access token with which the SCIM service lets it in for an
// hour or a few.
//
//	request.go    the form, exactly as the RFC wants it
//	assertion.go  the signature of an assertion; what it says is judged by access
//	answer.go     the answers of RFC 6749 §5
//
// Who is let in and what an access token allows is decided by internal/access. The
// package knows no person and no SCIM.
package oauth
