package access

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"github.com/rollcall/rollcall/ent/token"
)

// A secret is "rc", the letter of its kind, "_", 43 digits in base 62 for 256
// random bits, and 6 digits for the CRC-32 of all that stands before. The
// underscore keeps it one word under a double click; the checksum lets us, and
// programs that scan for leaked secrets, drop fakes without a query. It
// authenticates nothing.
const (
	digits         = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	base           = 62
	prefixLength   = len("rcs_")
	randomLength   = 43
	checksumLength = 6
	secretLength   = prefixLength + randomLength + checksumLength
)

// Pattern finds secrets of every kind in a text.
var Pattern = regexp.MustCompile(`rc[a-z]_[0-9A-Za-z]{49}`)

var letters = map[token.Kind]string{token.KindScim: "s", token.KindAPI: "a", token.KindOperator: "o", token.KindSetup: "u"}

var tokenLetters = strings.Join(slices.Collect(maps.Values(letters)), "")

// The letters of secrets that are no tokens: no door takes one for another.
const (
	sessionLetter   = "b" // what a signed-in browser holds
	linkLetter      = "l"
	challengeLetter = "c" // what a browser holds during a ceremony with a passkey
	downloadLetter  = "x" // an export
	clientLetter    = "k" // of a SCIM client, which gets access tokens for it
)

// newSecret draws the secret of a new token.
func newSecret(kind token.Kind) string { return draw(letters[kind]) }

// draw makes a secret of the kind with that letter.
func draw(letter string) string {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the program instead
	body := "rc" + letter + "_" + base62(random)
	return body + checksum(body)
}

// wellFormed says whether a text can be the secret of a token at all.
func wellFormed(secret string) bool { return shaped(secret, tokenLetters) }

// IsOperator says whether a secret has the shape of an operator token's.
func IsOperator(secret string) bool { return shaped(secret, letters[token.KindOperator]) }

// IsSetup says whether a secret has the shape of a set-up link's.
func IsSetup(secret string) bool { return shaped(secret, letters[token.KindSetup]) }

// shaped says whether a text can be a secret of a kind with one of the letters.
func shaped(secret, letters string) bool {
	if len(secret) != secretLength || secret[:2] != "rc" || !strings.Contains(letters, secret[2:3]) || secret[3] != '_' {
		return false
	}
	body, sum := secret[:secretLength-checksumLength], secret[secretLength-checksumLength:]
	return checksum(body) == sum
}

func checksum(body string) string {
	var text [checksumLength]byte
	sum := crc32.ChecksumIEEE([]byte(body))
	for i := range text {
		text[checksumLength-1-i] = digits[sum%base]
		sum /= base
	}
	return string(text[:])
}

// base62 writes a number of 32 bytes with leading zeros.
func base62(number []byte) string {
	var text [randomLength]byte
	n, divisor, digit := new(big.Int).SetBytes(number), big.NewInt(base), new(big.Int)
	for i := range text {
		n.DivMod(n, divisor, digit)
		text[randomLength-1-i] = digits[digit.Int64()]
	}
	return string(text[:])
}

// hashOf is what the database keeps. The secret is random, so a slow hash would
// protect nothing.
func hashOf(secret string) [sha256.Size]byte { return sha256.Sum256([]byte(secret)) }

// hintOf is what people recognise a token by.
func hintOf(secret string) string {
	return secret[:prefixLength] + "…" + secret[len(secret)-4:]
}
