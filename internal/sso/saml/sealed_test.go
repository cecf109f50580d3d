package saml

import (
	"bytes"
	"testing"

	"github.com/beevik/etree"
	"github.com/russellhaering/gosaml2/types"
)

// sealedForgeries are encrypted assertions with something wrong before anything in
// them is believed.
func sealedForgeries() []forgery {
	var list []forgery
	add := func(name string, f func(*sealing)) {
		for _, cipher := range []string{types.MethodAES256CBC, types.MethodAES256GCM} {
			list = append(list, forge("encrypted: "+name+" "+cipher[len(cipher)-3:], func(m *sent) {
				m.seal = sealFor("sp", cipher)
				f(m.seal)
			}, Encrypted))
		}
	}
	as := func(b []byte) func([]byte) []byte { return func([]byte) []byte { return b } }
	add("for another key", func(s *sealing) { s.to = pairs()["attacker"] })
	add("by RSA 1.5", func(s *sealing) { s.transport = types.MethodRSAv1_5 })
	add("by an unknown transport", func(s *sealing) { s.transport = "urn:x" })
	add("by an unknown cipher", func(s *sealing) { s.cipher = "urn:x" + s.cipher[len(s.cipher)-3:] })
	add("by Triple DES", func(s *sealing) { s.cipher = types.MethodTripleDESCBC })
	add("with an unknown digest", func(s *sealing) { s.digest = "urn:x" })
	add("nothing", func(s *sealing) { s.ciphertext = as(nil) })
	add("one byte", func(s *sealing) { s.ciphertext = as([]byte{1}) })
	add("one block", func(s *sealing) { s.ciphertext = as(make([]byte, 16)) })
	add("two blocks of zeros", func(s *sealing) { s.ciphertext = as(make([]byte, 32)) })
	add("cut in a block", func(s *sealing) { s.ciphertext = func(b []byte) []byte { return b[:len(b)-3] } })
	add("cut by a block", func(s *sealing) { s.ciphertext = func(b []byte) []byte { return b[:len(b)-16] } })
	add("last byte changed", func(s *sealing) {
		s.ciphertext = func(b []byte) []byte { b[len(b)-1] ^= 1; return b }
	})
	add("padding changed", func(s *sealing) {
		s.ciphertext = func(b []byte) []byte { b[len(b)-17] ^= 0xff; return b }
	})
	add("first block changed", func(s *sealing) { s.ciphertext = func(b []byte) []byte { b[0] ^= 1; return b } })
	add("no key", func(s *sealing) { s.wrappedKey = as(nil) })
	add("a key that is too short", func(s *sealing) { s.wrappedKey = as([]byte{1, 2, 3}) })
	add("a key changed", func(s *sealing) { s.wrappedKey = func(b []byte) []byte { b[9] ^= 1; return b } })
	add("empty inside", func(s *sealing) { s.plain = as(nil) })
	add("zeros inside", func(s *sealing) { s.plain = as(make([]byte, 64)) })
	add("not XML inside", func(s *sealing) { s.plain = as([]byte("hello")) })
	add("a DOCTYPE inside", func(s *sealing) {
		s.plain = func(b []byte) []byte { return append([]byte("<!DOCTYPE x>"), b...) }
	})
	add("a comment inside", func(s *sealing) {
		s.plain = func(b []byte) []byte { return bytes.Replace(b, []byte("Subject>"), []byte("Subject><!-- -->"), 1) }
	})
	add("changed inside", func(s *sealing) {
		s.plain = func(b []byte) []byte {
			return bytes.Replace(b, []byte("SessionIndex=\""), []byte("SessionIndex=\"x"), 1)
		}
	})
	add("two assertions inside", func(s *sealing) { s.plain = func(b []byte) []byte { return append(b, b...) } })
	add("an encrypted assertion inside", func(s *sealing) {
		s.plain = as([]byte(`<EncryptedAssertion xmlns="` + nsAssertion + `"/>`))
	})
	for _, cipher := range []string{types.MethodAES128CBC, types.MethodAES128GCM} {
		list = append(list,
			forge("encrypted: not signed inside "+cipher, func(m *sent) {
				m.signAssertion, m.seal = false, sealFor("sp", cipher)
			}, Encrypted),
			forge("encrypted: not signed inside, the Response signed "+cipher, func(m *sent) {
				m.signAssertion, m.signResponse, m.seal = false, true, sealFor("sp", cipher)
			}, Encrypted),
			forge("encrypted: signed inside with another key "+cipher, func(m *sent) {
				m.by.by, m.by.named, m.seal = pairs()["attacker"], pairs()["attacker"], sealFor("sp", cipher)
			}, Encrypted),
			forge("encrypted: signed inside by SHA-1 "+cipher, func(m *sent) {
				m.by.method, m.seal = nsDsig+"rsa-sha1", sealFor("sp", cipher)
			}, Encrypted),
			forge("encrypted: wrapped inside "+cipher, func(m *sent) {
				m.seal = sealFor("sp", cipher)
				m.inner = func(root *etree.Element) {
					a := findTag(root, "Assertion")
					a.AddChild(without(evil(a, "_evil"), "Signature"))
				}
			}, Encrypted),
			forge("encrypted: an assertion hidden inside, signed so "+cipher, func(m *sent) {
				m.seal = sealFor("sp", cipher)
				m.built = func(root *etree.Element) {
					findTag(root, "SubjectConfirmationData").CreateElement("x:Assertion").CreateAttr("xmlns:x", "urn:x")
				}
			}, Encrypted),
			forge("encrypted: two keys "+cipher, func(m *sent) {
				m.seal = sealFor("sp", cipher)
				m.done = func(root *etree.Element) {
					k := findTag(root, "EncryptedKey")
					k.Parent().AddChild(k.Copy())
				}
			}, Encrypted),
			forge("encrypted: well, but for another audience "+cipher, func(m *sent) {
				m.Audience, m.seal = "https://other.test", sealFor("sp", cipher)
			}, Audience),
			forge("encrypted: well, but over "+cipher, func(m *sent) {
				m.NotOnOrAfter, m.seal = now.Add(-Skew), sealFor("sp", cipher)
			}, Clock))
	}
	return list
}

// TestUniform compares what is said: whoever could tell bad padding from a bad
// signature could decrypt.
func TestUniform(t *testing.T) {
	t.Parallel()
	for _, f := range sealedForgeries() {
		_, err := answer(styles[0], f)
		if CodeOf(err) == Encrypted && err != errEncrypted { //nolint:errorlint // the very same
			t.Errorf("%s: %v", f.name, err)
		}
	}
}

// TestEveryPadding ends in each byte that a padding can end in, and lives on.
func TestEveryPadding(t *testing.T) {
	t.Parallel()
	for last := range 256 {
		m := good(styles[0])
		m.seal = sealFor("sp", types.MethodAES128CBC)
		m.seal.ciphertext = func(b []byte) []byte { b[len(b)-17] ^= byte(last); return b }
		if _, err := ours().Response(theirs(m.issuer), m.form(), expected()); last != 0 && CodeOf(err) != Encrypted {
			t.Errorf("padding ^ %d: %v", last, err)
		}
	}
}
