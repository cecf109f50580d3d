package saml

import (
	"crypto/ecdsa"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// Outgoing is a message that a browser carries: a GET to URL, or with Form a POST
// of these fields.
type Outgoing struct {
	URL  string
	Form map[string]string
}

// LogoutRequest asks the provider to end a session everywhere. name, format and
// index are NameID, NameIDFormat and SessionIndex of the Assertion that opened it.
func (s *Service) LogoutRequest(p Provider, id, name, format, index, relayState string, now time.Time) (Outgoing, error) {
	if len(relayState) > relayLimit {
		return Outgoing{}, refuse(Setting, "the RelayState has %d bytes; SAML allows %d", len(relayState), relayLimit)
	}
	e := s.newMessage("LogoutRequest", id, p.SLOURL, now)
	who := e.CreateElement("saml:NameID")
	who.SetText(name)
	if format != "" {
		who.CreateAttr("Format", format)
	}
	if index != "" {
		e.CreateElement("samlp:SessionIndex").SetText(index)
	}
	return s.send(p, p.SLOURL, "SAMLRequest", e, relayState, now)
}

// LogoutResponse answers a request that was believed. done says that the sessions
// have ended; otherwise the provider hears that this service could not do it.
func (s *Service) LogoutResponse(p Provider, to *Logout, id string, done bool, now time.Time) (Outgoing, error) {
	address := p.SLOResponseURL
	if address == "" {
		address = p.SLOURL
	}
	e := s.newMessage("LogoutResponse", id, address, now)
	e.CreateAttr("InResponseTo", to.ID)
	status := "urn:oasis:names:tc:SAML:2.0:status:Success"
	if !done {
		status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
	}
	e.CreateElement("samlp:Status").CreateElement("samlp:StatusCode").CreateAttr("Value", status)
	return s.send(p, address, "SAMLResponse", e, to.RelayState, now)
}

func (s *Service) send(p Provider, to, field string, e *etree.Element, relayState string, now time.Time) (Outgoing, error) {
	if err := s.ready(p, now); err != nil {
		return Outgoing{}, err
	}
	if to == "" {
		return Outgoing{}, refuse(Setting, "the provider has no single logout")
	}
	if p.SLOBinding != Post {
		address, err := s.redirect(to, field, e, relayState)
		return Outgoing{URL: address}, err
	}
	if _, err := location(to); err != nil {
		return Outgoing{}, err
	}
	if err := s.envelop(e); err != nil {
		return Outgoing{}, err
	}
	text, err := write(e)
	if err != nil {
		return Outgoing{}, err
	}
	form := map[string]string{field: base64.StdEncoding.EncodeToString(text)}
	if relayState != "" {
		form["RelayState"] = relayState
	}
	return Outgoing{URL: to, Form: form}, nil
}

// envelop signs a message inside itself, the Signature after the Issuer.
func (s *Service) envelop(e *etree.Element) error {
	key, err := s.signer()
	if err != nil {
		return err
	}
	ctx, err := dsig.NewSigningContext(key, s.Keys[0].Certificate[:1])
	if err != nil {
		return err
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	sig, err := ctx.ConstructSignature(e, true)
	if err != nil {
		return refuse(Setting, "this connection's key does not sign: %v", err)
	}
	if public, ok := key.Public().(*ecdsa.PublicKey); ok {
		if err := toRaw(public, sig); err != nil {
			return err
		}
	}
	e.InsertChildAt(1, sig)
	return nil
}

// toRaw rewrites an ECDSA signature from ASN.1, which goxmldsig makes, to the form
// of XML signatures.
func toRaw(public *ecdsa.PublicKey, sig *etree.Element) error {
	for _, value := range sig.ChildElements() {
		if value.Tag != "SignatureValue" {
			continue
		}
		der, err := base64.StdEncoding.DecodeString(value.Text())
		if err != nil {
			return err
		}
		raw, err := rawECDSA(public, der)
		if err != nil {
			return err
		}
		value.SetText(base64.StdEncoding.EncodeToString(raw))
	}
	return nil
}

func rawECDSA(public *ecdsa.PublicKey, der []byte) ([]byte, error) {
	var two struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &two); err != nil {
		return nil, refuse(Setting, "this connection's key does not sign: %v", err)
	}
	size := (public.Curve.Params().BitSize + 7) / 8
	raw := make([]byte, 2*size)
	two.R.FillBytes(raw[:size])
	two.S.FillBytes(raw[size:])
	return raw, nil
}
