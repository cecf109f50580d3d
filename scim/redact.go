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
var secretForm = regexp.MustCompile(`\brc[a-z]_[0-9A-Za-z]{20,}`)

// redacted is the form of a body that may be kept: without passwords and
// credentials, cut, valid text.
func redacted(raw []byte, body map[string]any) string {
	if len(raw) == 0 {
		return ""
	}
	if bytes.Contains(bytes.ToLower(raw), []byte("password")) {
		if body == nil { // it could not be read, so neither can the secret in it be found
			return hidden
		}
		raw = encode(withoutPasswords(body))
	}
	return cut(string(raw))
}

// withoutPasswords copies a JSON value without what is called a password, as a
// key, or as the path of a patch operation.
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
			case strings.Contains(name, "password"), secret && name == "value":
				out[k] = hidden
			default:
				out[k] = withoutPasswords(e)
			}
		}
		return out
	}
	return v
}

func cut(text string) string {
	if strings.Contains(text, "rc") {
		text = secretForm.ReplaceAllString(text, hidden)
	}
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
