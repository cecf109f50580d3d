// Package access decides who may come in: it makes, rotates and revokes tokens
// and says what a token that is presented allows.
//
//	CreateToken   → a secret, shown once; the database keeps its SHA-256
//	Authenticate  → shape and checksum, then the row, cached for at most a
//	                second, then the checks in fixed order
//	Used, Run     → when, from where and by whom a token was last used, written
//	                behind the request
//
// What a grant may be used for beyond its kind, connection and scopes is the
// business of the door that asked; what the people behind it may do is not
// decided here.
package access
