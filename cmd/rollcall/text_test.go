package main

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestVisible(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Åsa Öberg, 山田":            "Åsa Öberg, 山田",
		"a\nb\r\tc\x00":            "a␊b␍␉c␀",
		"\x1b[2Jgone\x7f":          "␛[2Jgone␡",
		"line\u2028para\u2029":     "line␤para␤",
		"\u202egnp.exe\u2066":      "\uFFFDgnp.exe\uFFFD",
		"c1 \u009b31m, bad \xff.":  "c1 \uFFFD31m, bad \uFFFD.",
		"e\u0301 stays as it came": "e\u0301 stays as it came",
	} {
		if got := visible(in); got != want {
			t.Errorf("visible(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		max  int
		want string
	}{
		{"Ada Lovelace", 12, "Ada Lovelace"},
		{"Ada Lovelace", 11, "Ada Lovela…"},
		{"山田太郎", 8, "山田太郎"},
		{"山田太郎", 7, "山田太…"},
		{"山田太郎", 6, "山田…"},
		{"e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"},
	} {
		if got := fit(c.in, c.max); got != c.want {
			t.Errorf("fit(%q, %d) = %q, want %q", c.in, c.max, got, c.want)
		}
	}
}

func TestTableAlignsAndShowsWhatClientsSent(t *testing.T) {
	t.Parallel()
	list := table{head: []string{"NAME", "KIND"}}
	list.add("山田", "ENTRA")
	list.add("a\x1b[31m", "OKTA")
	var out bytes.Buffer
	if err := list.write(&out); err != nil {
		t.Fatal(err)
	}
	want := "NAME    KIND\n山田    ENTRA\na␛[31m  OKTA\n"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"default": "default", "head office": "'head office'", "it's": `'it'\''s'`, "": "''", "$(x)": "'$(x)'"} {
		if got := quoted(in); got != want {
			t.Errorf("quoted(%q) = %s, want %s", in, got, want)
		}
	}
}
