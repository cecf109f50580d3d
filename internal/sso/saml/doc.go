// Package saml decides whether a SAML 2.0 message is believed: the verifying half
// of a service provider, and the few messages that it sends itself. It knows no
// database, no HTTP and no person. Who remembers requests and assertion IDs, links
// names to people and opens sessions is the door that calls it.
//
// The path of a response, each step for one message only:
//
//	decode    base64, at most 256 kB
//	parse     our own strict reader (xml.go): what two parsers could read
//	          differently is refused
//	gate      counts and places: one Assertion, its one Signature, one Reference to
//	          it, known algorithms (gate.go, signature.go)
//	verify    goxmldsig with the pinned certificates (verify.go); what it returns is
//	          parsed alone and must be what the gate saw
//	decrypt   where the assertion came encrypted: before gate and verify, which are
//	          done to what was inside (decrypt.go)
//	policy    issuer, destination, recipient, audience, request, times (policy.go)
//
// Every failure is a *Refusal.
package saml
