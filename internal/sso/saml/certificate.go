package saml

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"time"
)

// soon is how long before its end a certificate is worth a warning.
const soon = 30 * 24 * time.Hour

// Usable are those of a provider's certificates, each once, that can be pinned: what is
// signed with their keys is taken. What to watch about them, and about the others, is
// said in sentences for the administrator without their full stop; again is how a new
// certificate comes in, "import its metadata again".
func Usable(list []*x509.Certificate, now time.Time, again string) (usable []*x509.Certificate, warnings []string) {
	for _, cert := range list {
		if slices.ContainsFunc(usable, cert.Equal) {
			continue
		}
		name, end := "the certificate "+Fingerprint(cert)[:23]+"…", cert.NotAfter.UTC().Format(time.DateOnly)
		if why := unpinnable(cert); why != "" {
			warnings = append(warnings, name+" "+why+", and "+again)
			continue
		}
		if now.After(cert.NotAfter) {
			warnings = append(warnings, name+" ended on "+end+", so it is not pinned: if the provider still signs with it, renew it there and "+again)
			continue
		}
		usable = append(usable, cert)
		if now.Before(cert.NotBefore) {
			warnings = append(warnings, name+" is valid only from "+cert.NotBefore.UTC().Format(time.DateOnly)+": until then the provider has to sign with another one that is pinned")
		}
		if cert.NotAfter.Before(now.Add(soon)) {
			warnings = append(warnings, name+" ends on "+end+": renew it at the provider before, and "+again)
		}
	}
	return usable, warnings
}

// unpinnable is why nothing that is signed with a certificate's key is taken, and what to
// do; "" when it is.
func unpinnable(cert *x509.Certificate) string {
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		bits := key.N.BitLen()
		if bits < 2048 {
			return fmt.Sprintf("has a key of %d bits, so it is not pinned: let the provider sign with one of at least 2048", bits)
		}
		if bits > 8192 { // to check one signature can take minutes
			return fmt.Sprintf("has a key of %d bits, so it is not pinned: let the provider sign with one of at most 8192", bits)
		}
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
			return "has a curve other than P-256 and P-384, so it is not pinned: let the provider sign with one of these or RSA"
		}
	default:
		return "has a key that is neither RSA nor ECDSA, so it is not pinned: let the provider sign with one of these"
	}
	return ""
}
