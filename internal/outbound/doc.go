// Package outbound makes the HTTP client for every request that the server sends
// to an address somebody else has chosen: an identity provider's discovery
// document, keys and tokens, SAML metadata, webhooks. Such an address may lead
// inside, to the cloud's metadata service or a database, so the client
//
//   - reaches public addresses over https alone, and private ones only where the
//     operator has allowed their network;
//   - judges the address that it really connects to, after the name was looked up;
//   - follows no redirect, uses no proxy, keeps no cookie;
//   - gives up after 10 s and reads at most 1 MiB.
//
// Nobody else makes an http.Client.
package outbound
