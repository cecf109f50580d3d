// Package sso is the door through which people sign in and out: with a one-time
// link, and with a passkey.
//
//	GET  /signin                 what to do
//	GET  /signin/link/{secret}   whom the link signs in, and a button: programs
//	                             that look into mail fetch links, so reading one
//	                             never uses it
//	POST /signin/link/{secret}   → a session, exactly once
//	POST /signin/passkey/begin, /finish
//	GET, POST /signout
//	POST /passkeys/begin, /finish   a new passkey for who is signed in
//
// What holds a session, who may have one and when it ends is decided in
// internal/access; this package speaks HTTP and keeps the cookies.
package sso
