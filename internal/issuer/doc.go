// Package issuer knows what those who sign tokens publish about themselves: the
// discovery document and the keys (OpenID Connect Discovery 1.0). It asks them seldom
// and remembers the answers, so that
//
//   - a document or key that was changed or taken back counts no longer than an hour
//     while its issuer can be asked;
//   - a token by a key that nobody knows makes it ask again, at most every 30 s,
//     whoever sends such tokens;
//   - an issuer that is slow or away for less than a day keeps nobody out whose token
//     a known key has signed.
//
// What a token says is its caller's to judge; Verify answers only for who signed it.
package issuer
