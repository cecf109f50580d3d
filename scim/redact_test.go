package scim

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestRedacted(t *testing.T) {
	t.Parallel()
	token := "rcs_" + strings.Repeat("a1B2", 12) + "c"
	for name, c := range map[string]struct{ body, want string }{
		"none":                    {"", ""},
		"plain":                   {`{"userName":"ada"}`, `{"userName":"ada"}`},
		"as sent, spaces and all": {`{ "userName" : 1.10 }`, `{ "userName" : 1.10 }`},
		"password":                {`{"password":"x","userName":"ada"}`, `{"password":"[redacted]","userName":"ada"}`},
		"in other case":           {`{"PassWord":{"value":"x"}}`, `{"PassWord":"[redacted]"}`},
		"key in escapes":          {`{"p\u0061ssword":"x"}`, `{"password":"[redacted]"}`},
		"part of a key":           {`{"urn:x:newPassword":["x"]}`, `{"urn:x:newPassword":"[redacted]"}`},
		"inside":                  {`{"a":[{"b":{"password":1}}]}`, `{"a":[{"b":{"password":"[redacted]"}}]}`},
		"path of an operation":    {`{"Operations":[{"op":"add","path":"password","value":"x"}]}`, `{"Operations":[{"op":"add","path":"password","value":"[redacted]"}]}`},
		"filter":                  {`{"filter":"password eq \"x\""}`, `{"filter":"[redacted]"}`},
		"only a word in a value":  {`{"title":"keeper of the password"}`, `{"title":"keeper of the password"}`},
		"token as a value":        {`{"title":"` + token + `"}`, `{"title":"[redacted]"}`},
		"token in a text":         {`{"title":"x` + token + `y"}`, `{"title":"x[redacted]"}`},
		"broken, with a password": {`{"password":"x`, "[redacted]"},
		"broken, without one":     {`{"userName":"x`, `{"userName":"x`},
		"broken, key in escapes":  {`{"p\u0061ssword":"x`, "[redacted]"},
		"not UTF-8":               {"{\"a\":\"\xff\"}", "{\"a\":\"\uFFFD\"}"},
		"NUL":                     {"\x00", "\uFFFD"},
		"too long":                {`{"a":"` + strings.Repeat("x", 20_000) + `"}`, `{"a":"` + strings.Repeat("x", maxLoggedBody-6) + "…"},
		"cut inside a letter":     {strings.Repeat("x", maxLoggedBody-1) + "é", strings.Repeat("x", maxLoggedBody-1) + "…"},
		"token across the cut":    {strings.Repeat("x", maxLoggedBody-30) + " " + token, strings.Repeat("x", maxLoggedBody-30) + " [redacted]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, _ := decode([]byte(c.body))
			got := redacted([]byte(c.body), body)
			if got != c.want || !utf8.ValidString(got) {
				t.Errorf("kept %.100q, want %.100q", got, c.want)
			}
		})
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Ada":                       "Ada",
		"Å\u0301 \u200d👩":           "Å\u0301 \u200d👩",
		"a\r\nb\tc\x1b[2J\x7f":      "a\uFFFD\uFFFDb\uFFFDc\uFFFD[2J\uFFFD",
		"\u202egnp.exe\u2066\u200f": "\uFFFDgnp.exe\uFFFD\uFFFD",
		"\xff\xfe":                  "\uFFFD\uFFFD",
		"\u0085\u2028\u2029":        "\uFFFD\uFFFD\uFFFD",
	} {
		if got := clean(in, 100); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := clean("ééééééé", 11); got != "ééééé…" {
		t.Errorf("cut inside a letter: %q", got)
	}
}
