// Package sso is the door through which people sign in and out: with their work
// account, a one-time link, and a passkey.
//
//	GET  /signin                 what to do
//	GET  /signin/link/{secret}   whom the link signs in, and a button: programs
//	                             that look into mail fetch links, so reading one
//	                             never uses it
//	POST /signin/link/{secret}   → a session, exactly once
//	POST /signin/passkey/begin, /finish
//	GET, POST /signout
//	POST /passkeys/begin, /finish   a new passkey for who is signed in
//	POST /signin/find            an e-mail address leads to its domain's provider
//	GET  /signin/sso/{connection}         → the provider; /test for administrators
//	POST /signin/sso/{connection}/confirm what the provider began is wanted
//	GET, POST /signin/oidc/{connection}/callback, /frontchannel, /backchannel
//	GET, POST /signin/saml/{connection}/metadata, /acs, /slo
//
// Of a work account the path is: start.go remembers a flow and sends the browser
// away; callback.go and saml.go take the answer, which the packages oidc and saml
// judge; internal/directory says whose the account is; trouble.go explains what
// came of it otherwise.
//
// What holds a session, who may have one and when it ends is decided in
// internal/access; this package speaks HTTP and keeps the cookies.
package sso
