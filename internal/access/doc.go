// Package access decides who may come in. It makes and ends tokens, sessions, sign-in
// links, passkeys, download links and the OAuth clients of directories, and says what
// one that is presented allows. SignOns keeps how people sign in at their identity
// provider; whether its answer is to be believed is judged elsewhere.
//
//	Create…, Issue…, StartSession
//	              → a secret, shown once; the database keeps its SHA-256
//	Authenticate  → shape and checksum, then the row of a token, cached for at most
//	                a second, then the checks in fixed order
//	AuthenticateSession
//	              → the same of a session, asked for each time
//	Used, Run     → when, from where and by whom a credential was last used, written
//	                behind the request
//	Forget        → deletes what has ended
//	Warn          → an Event for what ends soon
//
// What a grant may be used for beyond its kind, connection and scopes is the
// business of the door that asked; what the people behind it may do is not
// decided here.
package access
