// Package oidc is the relying party of OpenID Connect: it makes the address to
// which a browser is sent, and decides whether what comes back is to be believed.
//
//	Discover   the provider's document, refused when it names another issuer
//	AuthURL    authorization code with PKCE S256 and nonce, or the hybrid flow
//	           code id_token, answered by form_post
//	Redeem     the code for an ID token → Claims, or a Refusal that says why not
//	Logout     a back-channel logout token
//
// go-oidc checks signature, issuer, audience and expiry; what it leaves to its
// caller (nonce, single audience, azp, age, tenant, hashes) is checked here. The
// package knows no database, no session and no person: whom the claims stand for
// is decided elsewhere.
package oidc
