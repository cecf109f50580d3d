// Package scim is the door for identity providers: SCIM 2.0 (RFC 7643, 7644,
// 9865) as Microsoft Entra ID, Okta, JumpCloud and others really speak it.
//
// The path of a request:
//
//	server      path, credential, rate, body, answer, log row
//	normalize   a body becomes a canonical document; the clients' habits end here
//	patch       operations on a canonical document, pure
//	profile     canonical document ↔ what internal/directory rules on
//	user, group one transaction: load, change by the rules, log
//	list        a filter becomes SQL (compile, source), pages, projections
//
// The package decides nothing about people: whom a new person is matched with,
// or what a deactivation brings along, is the business of internal/directory.
package scim
