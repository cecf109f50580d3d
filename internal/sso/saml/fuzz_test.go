package saml

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/beevik/etree"
	"github.com/russellhaering/gosaml2/types"
)

// FuzzResponse compares our verdict with those of other readers on the same bytes:
// what is accepted here must be accepted by crewjam's service provider, by gosaml2's
// and by xmlsec1, for the same person. The seed moves elements about before the
// bytes are read, which no change of single bytes does.
func FuzzResponse(f *testing.F) {
	for _, s := range styles {
		for i, make := range []func(*sent){
			func(m *sent) { m.signResponse = false },
			func(m *sent) { m.signResponse = true },
			func(m *sent) { m.by.noKeyInfo = true },
			func(m *sent) { m.seal = sealFor("sp", types.MethodAES128CBC) },
			func(m *sent) { m.seal = sealFor("sp", types.MethodAES128GCM); m.signResponse = true },
		} {
			m := good(s)
			make(m)
			f.Add(m.raw(), uint64(0))
			f.Add(m.raw(), uint64(i+1))
		}
	}
	for i, forgery := range forgeries() {
		if forgery.provider != nil || forgery.expect != nil {
			continue // those differ in settings, which the others are not given
		}
		m := good(styles[i%len(styles)])
		m.signResponse = false
		forgery.make(m)
		if raw := m.raw(); len(raw) < 32<<10 {
			f.Add(raw, uint64(i%3))
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, seed uint64) {
		raw = shuffled(raw, seed)
		issuer := styles[0].issuer
		for _, s := range styles {
			if bytes.Contains(raw, []byte(">"+s.issuer+"<")) {
				issuer = s.issuer
			}
		}
		a, err := ours().Response(theirs(issuer), encode(raw, false), expected())
		if err != nil {
			if CodeOf(err) == "" {
				t.Fatalf("not a refusal: %v", err)
			}
			return
		}
		if a.Subject == attack {
			t.Fatalf("accepted the attacker's name in %s", raw)
		}
		agree(t, issuer, raw, a.NameID)
	})
}

// shuffled is a document after a few changes to its tree; as it was with seed 0.
func shuffled(raw []byte, seed uint64) []byte {
	doc := etree.NewDocument()
	if seed == 0 || doc.ReadFromBytes(raw) != nil || doc.Root() == nil {
		return raw
	}
	r := rand.New(rand.NewPCG(seed, 0))
	for range 1 + r.IntN(4) {
		step(r, doc)
	}
	changed, err := doc.WriteToBytes()
	if err != nil {
		return raw
	}
	return changed
}

// step is one change: copy, move, remove, rename or rewrite something.
func step(r *rand.Rand, doc *etree.Document) {
	var all []*etree.Element
	var collect func(*etree.Element)
	collect = func(e *etree.Element) {
		all = append(all, e)
		for _, c := range e.ChildElements() {
			collect(c)
		}
	}
	if doc.Root() == nil {
		return
	}
	collect(doc.Root())
	from, to := all[r.IntN(len(all))], all[r.IntN(len(all))]
	switch r.IntN(12) {
	case 0:
		to.AddChild(from.Copy())
	case 1:
		to.InsertChildAt(0, from.Copy())
	case 2:
		if from.Parent() != nil && from != doc.Root() && !below(from, to) {
			from.Parent().RemoveChild(from)
			to.InsertChildAt(r.IntN(len(to.Child)+1), from)
		}
	case 3:
		if from.Parent() != nil && from != doc.Root() {
			from.Parent().RemoveChild(from)
		}
	case 4:
		from.Tag = to.Tag
	case 5:
		from.Space = to.Space
	case 6:
		if len(from.Attr) > 0 {
			from.Attr[r.IntN(len(from.Attr))].Value = attack
		}
	case 7:
		from.Attr = append(from.Attr, to.Attr...)
	case 8:
		from.SetText(attack)
	case 9:
		from.InsertChildAt(r.IntN(len(from.Child)+1), []etree.Token{etree.NewComment("x"), etree.NewCData("x"), etree.NewText(" "), etree.NewProcInst("x", "y")}[r.IntN(4)])
	case 10:
		if len(from.Attr) > 0 {
			i := r.IntN(len(from.Attr))
			from.Attr = append(from.Attr[:i:i], from.Attr[i+1:]...)
		}
	case 11:
		from.CreateAttr([]string{"ID", "Id", "id", "xml:id", "URI", "xmlns", "xmlns:saml"}[r.IntN(7)], "_asrtentra")
	}
}

func below(e, child *etree.Element) bool {
	for ; child != nil; child = child.Parent() {
		if child == e {
			return true
		}
	}
	return false
}

// TestShuffled plays 600 shuffled messages through the fuzz target's comparison.
func TestShuffled(t *testing.T) {
	t.Parallel()
	accepted := 0
	for i := range uint64(600) {
		s := styles[i%uint64(len(styles))]
		raw := shuffled(seedMessage(s), i+1)
		a, err := ours().Response(theirs(s.issuer), encode(raw, false), expected())
		if err == nil {
			accepted++
			if a.Subject != s.nameID {
				t.Errorf("accepted as %q: %s", a.Subject, raw)
			}
			agree(t, s.issuer, raw, a.NameID)
		}
	}
	t.Logf("%d of 600 accepted, as others do", accepted)
}

var seedMessages = map[string][]byte{}

// seedMessage is one good message of each product, made once; for TestShuffled alone.
func seedMessage(s style) []byte {
	if seedMessages[s.name] == nil {
		seedMessages[s.name] = good(s).raw()
	}
	return seedMessages[s.name]
}
