package saml

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// ParseMetadata reads what a provider publishes about itself: entity ID, addresses
// and certificates to pin. It is strict, reads at most 1 MB, and takes no address
// but https (http to this machine, for trying things out). Warnings are sentences
// for the administrator. Metadata is believed because of where it came from: its
// signature is not looked at. Errors are *Refusal.
func ParseMetadata(raw []byte, now time.Time) (Provider, []string, error) {
	var m importer
	if err := m.read(raw, now); err != nil {
		return Provider{}, nil, err
	}
	return m.Provider, m.warnings, nil
}

type importer struct {
	Provider
	warnings []string
}

func (m *importer) warn(format string, args ...any) {
	m.warnings = append(m.warnings, fmt.Sprintf(format, args...))
}

func (m *importer) read(raw []byte, now time.Time) error {
	root, err := parse(raw, metadata)
	if err != nil {
		return err
	}
	entity, idp, err := provider(root)
	if err != nil {
		return err
	}
	for _, e := range []*element{root, entity, idp} {
		if err := m.stillValid(e, now); err != nil {
			return err
		}
	}
	m.EntityID = entity.attr("entityID")
	if m.EntityID == "" || len(m.EntityID) > 1024 || strings.TrimSpace(m.EntityID) != m.EntityID {
		return refuse(Metadata, "the entityID is missing, too long, or has spaces at its ends")
	}
	if err := m.addresses(idp); err != nil {
		return err
	}
	return m.certificates(idp, now)
}

// provider finds the one identity provider that the metadata describes.
func provider(root *element) (entity, idp *element, err error) {
	entities := []*element{root}
	if root.is(nsMetadata, "EntitiesDescriptor") {
		entities = root.all(nsMetadata, "EntityDescriptor")
	}
	for _, e := range entities {
		if !e.is(nsMetadata, "EntityDescriptor") {
			return nil, nil, refuse(Metadata, "it is a %s, not SAML 2.0 metadata", cut(e.local))
		}
		for _, d := range e.all(nsMetadata, "IDPSSODescriptor") {
			if !slices.Contains(strings.Fields(d.attr("protocolSupportEnumeration")), nsProtocol) {
				continue
			}
			if idp != nil {
				return nil, nil, refuse(Metadata, "it describes more than one identity provider; export the metadata of one")
			}
			entity, idp = e, d
		}
	}
	if idp == nil {
		return nil, nil, refuse(Metadata, "it describes no SAML 2.0 identity provider; perhaps it is a service provider's metadata")
	}
	return entity, idp, nil
}

func (m *importer) stillValid(e *element, now time.Time) error {
	until, err := instant(e, "validUntil", false)
	if err != nil {
		return refuse(Metadata, "validUntil is %q, which is not a time with its zone", cut(e.attr("validUntil")))
	}
	if !until.IsZero() && !now.Before(until) {
		return refuse(Metadata, "it was valid until %s; get it from the provider again", until.Format(time.DateOnly))
	}
	return nil
}

// addresses takes the endpoints. One bad address refuses everything: who writes
// javascript: into one is not to be believed in the others.
func (m *importer) addresses(idp *element) error {
	for _, e := range idp.children() {
		if e.space != nsMetadata || !strings.HasSuffix(e.local, "Service") {
			continue
		}
		for _, name := range []string{"Location", "ResponseLocation"} {
			if e.attr(name) == "" && name == "ResponseLocation" {
				continue
			}
			if _, err := location(e.attr(name)); err != nil {
				return err
			}
		}
		binding := Binding(e.attr("Binding"))
		switch {
		case e.local == "SingleSignOnService" && binding == Redirect && m.SSOURL == "":
			m.SSOURL = e.attr("Location")
		case e.local == "SingleLogoutService" && (binding == Redirect && m.SLOBinding != Redirect || binding == Post && m.SLOBinding == ""):
			m.SLOURL, m.SLOResponseURL, m.SLOBinding = e.attr("Location"), e.attr("ResponseLocation"), binding
		}
	}
	if m.SSOURL == "" {
		return refuse(Metadata, "the provider has no SingleSignOnService with the binding HTTP-Redirect, by which requests are sent")
	}
	return nil
}

// soon is how long before its end a certificate is worth a warning.
const soon = 30 * 24 * time.Hour

func (m *importer) certificates(idp *element, now time.Time) error {
	var usable []*x509.Certificate
	found := 0
	for _, key := range idp.all(nsMetadata, "KeyDescriptor") {
		if use := key.attr("use"); use != "" && use != "signing" {
			continue
		}
		list, err := readCertificates(key)
		if err != nil {
			return err
		}
		for _, cert := range list {
			found++
			if slices.ContainsFunc(usable, cert.Equal) {
				continue
			}
			if m.usable(cert, now) {
				usable = append(usable, cert)
			}
		}
	}
	if len(usable) == 0 {
		return refuse(Metadata, "none of its %d signing certificates can be used: %s", found, strings.Join(append(m.warnings, "at least one that is valid now is needed"), "; "))
	}
	if len(usable) > CertificateLimit {
		// Those that last longest: the one in use is rarely the first to end.
		slices.SortStableFunc(usable, func(a, b *x509.Certificate) int { return b.NotAfter.Compare(a.NotAfter) })
		m.warn("%d signing certificates are valid, and the %d that last longest are pinned: take those away at the provider that it doesn't sign with, and import its metadata again", len(usable), CertificateLimit)
		usable = usable[:CertificateLimit]
	}
	m.Certificates = usable
	return nil
}

func readCertificates(key *element) ([]*x509.Certificate, error) {
	s := signature{}
	for _, info := range key.all(nsDsig, "KeyInfo") {
		if err := s.keyInfo(info); err != nil {
			return nil, refuse(Metadata, "a signing certificate cannot be read")
		}
	}
	return s.named, nil
}

// usable says whether a certificate can be pinned, and warns when it can't or when
// it ends soon.
func (m *importer) usable(cert *x509.Certificate, now time.Time) bool {
	print, end := Fingerprint(cert)[:23]+"…", cert.NotAfter.UTC().Format(time.DateOnly)
	switch key := cert.PublicKey.(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() < 2048 {
			m.warn("the certificate %s has a key of %d bits, so it is not pinned: let the provider sign with one of at least 2048, and import its metadata again", print, key.N.BitLen())
			return false
		}
	case *ecdsa.PublicKey:
		if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
			m.warn("the certificate %s has a curve other than P-256 and P-384, so it is not pinned: let the provider sign with one of these or RSA, and import its metadata again", print)
			return false
		}
	default:
		m.warn("the certificate %s has a key that is neither RSA nor ECDSA, so it is not pinned: let the provider sign with one of these, and import its metadata again", print)
		return false
	}
	if now.After(cert.NotAfter) {
		m.warn("the certificate %s ended on %s, so it is not pinned: if the provider still signs with it, renew it there and import its metadata again", print, end)
		return false
	}
	if now.Before(cert.NotBefore) {
		m.warn("the certificate %s is valid only from %s: until then the provider has to sign with another one that is pinned", print, cert.NotBefore.UTC().Format(time.DateOnly))
	}
	if cert.NotAfter.Before(now.Add(soon)) {
		m.warn("the certificate %s ends on %s: renew it at the provider before, and import its metadata again", print, end)
	}
	return true
}

// Loopback says whether a host is the machine itself, of a browser or of the server.
func Loopback(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }
