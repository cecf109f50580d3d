package saml

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// forgery is a message that must be refused, with one of the codes.
type forgery struct {
	name     string
	make     func(*sent)
	codes    []Code
	provider func(*Provider)
	expect   func(*Expect)
}

func forge(name string, make func(*sent), codes ...Code) forgery {
	return forgery{name: name, make: make, codes: codes}
}

// attack is who a forged message names.
const attack = "admin@victim.test"

// forgeries are all of them, for one product.
func forgeries() []forgery {
	return slices.Concat(wrapped(), unsigned(), references(), algorithms(), texts(), policies(), sealedForgeries(), shapes())
}

// TestForged refuses every forgery in the clothes of every product, for the reason
// that it was made for.
func TestForged(t *testing.T) {
	t.Parallel()
	count := 0
	codes := map[Code]int{}
	for _, s := range styles {
		for _, f := range forgeries() {
			count++
			_, err := answer(s, f)
			if CodeOf(err) == "" {
				t.Errorf("%s: %s: accepted, or no refusal: %v", s.name, f.name, err)
				continue
			}
			codes[CodeOf(err)]++
			if len(f.codes) > 0 && !slices.Contains(f.codes, CodeOf(err)) {
				t.Errorf("%s: %s: want %v, got %v", s.name, f.name, f.codes, err)
			}
		}
	}
	if count < 500 {
		t.Errorf("only %d forgeries", count)
	}
	t.Logf("%d forgeries refused", count)
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		t.Logf("%5d %s", codes[code], code)
	}
}

func answer(s style, f forgery) (*Assertion, error) {
	m, p, e := good(s), theirs(s.issuer), expected()
	m.signResponse = false // unless the forgery says so: what is wrong inside must be seen by itself
	f.make(m)
	if f.provider != nil {
		f.provider(&p)
	}
	if f.expect != nil {
		f.expect(&e)
	}
	return ours().Response(p, m.form(), e)
}

// TestChangedBytes changes single bytes all over a signed assertion. What is still
// accepted must say what was signed.
func TestChangedBytes(t *testing.T) {
	t.Parallel()
	count, harmless := 0, 0
	for _, s := range styles {
		m := good(s)
		raw := m.raw()
		want, err := ours().Response(theirs(s.issuer), encode(raw, false), expected())
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at < len(raw); at += 41 {
			for _, with := range []byte{raw[at] ^ 1, '<', 'A'} {
				changed := slices.Clone(raw)
				if changed[at] == with {
					continue
				}
				changed[at] = with
				count++
				got, err := ours().Response(theirs(s.issuer), encode(changed, false), expected())
				if err == nil {
					harmless++
					if got.Subject != want.Subject || got.ID != want.ID || len(got.Attributes) != len(want.Attributes) {
						t.Fatalf("byte %d as %q: accepted as %+v", at, with, got)
					}
				}
			}
		}
	}
	t.Logf("%d changed messages, %d of them accepted with what was signed", count, harmless)
}

// TestLongForm refuses before it decodes.
func TestLongForm(t *testing.T) {
	t.Parallel()
	_, err := ours().Response(theirs("https://idp.test"), strings.Repeat(" ", 1<<20), expected())
	refused(t, err, TooLarge)
}
