package saml

import (
	"crypto/rsa"
	"encoding/base64"

	"github.com/beevik/etree"
	"github.com/russellhaering/gosaml2/types"
)

// Metadata describes our side, for the administrator to import at the provider:
// where responses go, that assertions must be signed, and every certificate of ours,
// so that the next key is known before it signs.
func (s *Service) Metadata() ([]byte, error) {
	e := etree.NewElement("md:EntityDescriptor")
	e.CreateAttr("xmlns:md", nsMetadata)
	e.CreateAttr("entityID", s.EntityID)
	d := e.CreateElement("md:SPSSODescriptor")
	d.CreateAttr("AuthnRequestsSigned", "true")
	d.CreateAttr("WantAssertionsSigned", "true")
	d.CreateAttr("protocolSupportEnumeration", nsProtocol)
	for i := range s.Keys {
		if len(s.Keys[i].Certificate) == 0 {
			return nil, refuse(Setting, "a key of this connection has no certificate")
		}
		der := s.Keys[i].Certificate[0]
		describeKey(d, "signing", der)
		if _, ok := s.Keys[i].PrivateKey.(*rsa.PrivateKey); ok {
			key := describeKey(d, "encryption", der)
			for _, algorithm := range []string{types.MethodAES256GCM, types.MethodAES128GCM, types.MethodAES256CBC, types.MethodAES128CBC, types.MethodRSAOAEP} {
				key.CreateElement("md:EncryptionMethod").CreateAttr("Algorithm", algorithm)
			}
		}
	}
	if s.SLOURL != "" {
		for _, binding := range []Binding{Redirect, Post} {
			endpoint(d, "SingleLogoutService", binding, s.SLOURL)
		}
	}
	d.CreateElement("md:NameIDFormat").SetText(persistent)
	acs := endpoint(d, "AssertionConsumerService", Post, s.ACSURL)
	acs.CreateAttr("index", "0")
	acs.CreateAttr("isDefault", "true")
	return write(e)
}

func describeKey(d *etree.Element, use string, der []byte) *etree.Element {
	key := d.CreateElement("md:KeyDescriptor")
	key.CreateAttr("use", use)
	info := key.CreateElement("ds:KeyInfo")
	info.CreateAttr("xmlns:ds", nsDsig)
	info.CreateElement("ds:X509Data").CreateElement("ds:X509Certificate").SetText(base64.StdEncoding.EncodeToString(der))
	return key
}

func endpoint(d *etree.Element, name string, binding Binding, address string) *etree.Element {
	e := d.CreateElement("md:" + name)
	e.CreateAttr("Binding", string(binding))
	e.CreateAttr("Location", address)
	return e
}
