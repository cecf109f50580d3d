package saml

import (
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

func (m *importer) certificates(idp *element, now time.Time) error {
	var found []*x509.Certificate
	for _, key := range idp.all(nsMetadata, "KeyDescriptor") {
		if use := key.attr("use"); use != "" && use != "signing" {
			continue
		}
		list, err := readCertificates(key)
		if err != nil {
			return err
		}
		found = append(found, list...)
	}
	usable, warnings := Usable(found, now, "import its metadata again")
	m.warnings = append(m.warnings, warnings...)
	if len(usable) == 0 {
		return refuse(Metadata, "none of its %d signing certificates can be used: %s", len(found), strings.Join(append(m.warnings, "at least one that is valid now is needed"), "; "))
	}
	if len(usable) > CertificateLimit {
		// Those that last longest: the one in use is rarely the first to end.
		slices.SortStableFunc(usable, func(a, b *x509.Certificate) int { return b.NotAfter.Compare(a.NotAfter) })
		m.warnings = append(m.warnings, fmt.Sprintf("%d signing certificates are valid, and the %d that last longest are pinned: take those away at the provider that it doesn't sign with, and import its metadata again", len(usable), CertificateLimit))
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

// Loopback says whether a host is the machine itself, of a browser or of the server.
func Loopback(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }
