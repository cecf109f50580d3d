package seal_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/seal"
)

func box(t *testing.T, keys ...string) *seal.Box {
	t.Helper()
	var all [][]byte
	for _, k := range keys {
		all = append(all, bytes.Repeat([]byte(k), 32))
	}
	b, err := seal.New(all...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSeal(t *testing.T) {
	t.Parallel()
	b := box(t, "a")
	sealed := b.Seal([]byte("hunter2"), "acme", "row", "field")
	if strings.Contains(sealed, "hunter2") || sealed == b.Seal([]byte("hunter2"), "acme", "row", "field") {
		t.Errorf("sealed as %s", sealed)
	}
	if got, err := b.Open(sealed, "acme", "row", "field"); string(got) != "hunter2" || err != nil {
		t.Errorf("opened as %q, %v", got, err)
	}
	for _, elsewhere := range [][]string{{"other", "row", "field"}, {"acmer", "ow", "field"}, {"acme", "row"}, {}} {
		if _, err := b.Open(sealed, elsewhere...); err == nil {
			t.Errorf("opened as a secret of %q", elsewhere)
		}
	}
	for _, damaged := range []string{"", "x", sealed[:len(sealed)-4], strings.Replace(sealed, "s1.", "s2.", 1), sealed + "AAAA"} {
		if _, err := b.Open(damaged, "acme", "row", "field"); err == nil {
			t.Errorf("opened %q", damaged)
		}
	}
	if _, err := seal.New(); err == nil {
		t.Error("there is a box without a key")
	}
}

func TestSealWithANewKey(t *testing.T) {
	t.Parallel()
	old := box(t, "a").Seal([]byte("hunter2"), "row")
	both := box(t, "b", "a")
	if got, err := both.Open(old, "row"); string(got) != "hunter2" || err != nil {
		t.Errorf("with the earlier key at hand: %q, %v", got, err)
	}
	if _, err := box(t, "b").Open(old, "row"); err == nil || !strings.Contains(err.Error(), "ROLLCALL_SECRET_KEY") {
		t.Errorf("without the earlier key: %v", err)
	}
	if _, err := box(t, "b").Open(both.Seal([]byte("x"), "row"), "row"); err != nil {
		t.Errorf("what the box of both seals needs the earlier key: %v", err)
	}
}
