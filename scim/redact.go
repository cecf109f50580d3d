package scim

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// maxLoggedBody is how much of a body a log row keeps, in bytes.
const maxLoggedBody = 16 << 10

const hidden = "[redacted]"

// secretForm is how Rollcall's own credentials look.
var secretForm = regexp.MustCompile(`rc[a-z]_[0-9A-Za-z]{20,}`)

// redacted is the form of a body that may be kept: without passwords and
// credentials, cut, valid text.
func redacted(raw []byte, body map[string]any) string {
	if len(raw) == 0 {
		return ""
	}
	lower := bytes.ToLower(raw)
	if bytes.Contains(lower, []byte("password")) || bytes.Contains(lower, []byte(`\u00`)) { // a key may be written in escapes
		if body == nil { // it could not be read, so neither can the secret in it be found
			return hidden
		}
		raw = encode(withoutPasswords(body))
	}
	return cut(string(raw))
}

// withoutPasswords copies a JSON value without what is called a password: as a
// key, as the path of a patch operation, or in a filter.
func withoutPasswords(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = withoutPasswords(e)
		}
		return out
	case map[string]any:
		path, _ := member(v, "path")
		text, _ := path.(string)
		secret := strings.Contains(strings.ToLower(text), "password")
		out := make(map[string]any, len(v))
		for k, e := range v {
			name := strings.ToLower(k)
			switch {
			case strings.Contains(name, "password"), secret && name == "value", comparesPassword(e):
				out[k] = hidden
			default:
				out[k] = withoutPasswords(e)
			}
		}
		return out
	}
	return v
}

// withoutSecrets hides Rollcall's own credentials.
func withoutSecrets(text string) string {
	if strings.Contains(text, "rc") {
		text = secretForm.ReplaceAllString(text, hidden)
	}
	return text
}

// comparesPassword says whether v is a filter, or a path with one, that names a
// password.
func comparesPassword(v any) bool {
	text, _ := v.(string)
	return strings.Contains(text, `"`) && strings.Contains(strings.ToLower(text), "password")
}

func cut(text string) string {
	text = withoutSecrets(text)
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	if len(text) <= maxLoggedBody {
		return text
	}
	at := maxLoggedBody
	for !utf8.RuneStart(text[at]) {
		at--
	}
	return text[:at] + "…"
}
