package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Refusal is why a provider's answer is not believed, or why there is none. Its
// Code chooses the help page; nothing else hangs on it.
type Refusal struct {
	Code   string // SSO-…, one of the constants
	Detail string // a sentence for the administrator and the log; no word of a stranger's before a signature holds
	// Provider is what the provider itself said, cut and without control characters.
	Provider ProviderError
	Err      error
}

// The codes of refusals.
const (
	CodeDiscovery = "SSO-DISCOVERY" // the provider's document can't be had or is wrong
	CodeProvider  = "SSO-PROVIDER"  // the provider answered with an error
	CodeReach     = "SSO-REACH"     // the provider can't be reached
	CodeSignature = "SSO-SIGNATURE"
	CodeIssuer    = "SSO-ISSUER"
	CodeAudience  = "SSO-AUDIENCE"
	CodeClock     = "SSO-CLOCK"
	CodeNonce     = "SSO-NONCE"
	CodeTenant    = "SSO-TENANT"
	CodeClaims    = "SSO-CLAIMS"
	CodeHash      = "SSO-HASH"
)

func (r *Refusal) Error() string {
	text := r.Code + ": " + r.Detail
	if r.Err != nil {
		text += ": " + r.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(code, format string, args ...any) *Refusal {
	return &Refusal{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// because adds the cause.
func (r *Refusal) because(err error) *Refusal { r.Err = err; return r }

// ProviderError is an error as a provider reports it (RFC 6749 §4.1.2.1, §5.2).
type ProviderError struct {
	Error       string
	Description string
	// Number is Entra's, as in 50105 of AADSTS50105; "" for others. Microsoft changes
	// these: they choose a help text and nothing else.
	Number      string
	Trace       string // Entra's trace id
	Correlation string
}

const maxProviderText = 500 // characters

var (
	aadsts      = regexp.MustCompile(`AADSTS(\d{5,8})`)
	trace       = regexp.MustCompile(`(?i)trace id: ([0-9a-f-]{36})`)
	correlation = regexp.MustCompile(`(?i)correlation id: ([0-9a-f-]{36})`)
)

// NewProviderError reads what a provider said.
func NewProviderError(code, description string) ProviderError {
	e := ProviderError{Error: Plain(code), Description: Plain(description)}
	for _, part := range []struct {
		form *regexp.Regexp
		into *string
	}{{aadsts, &e.Number}, {trace, &e.Trace}, {correlation, &e.Correlation}} {
		if found := part.form.FindStringSubmatch(description); found != nil {
			*part.into = found[1]
		}
	}
	return e
}

// Plain is a text of a stranger: without control characters and marks that turn
// the direction of writing, at most 500 characters.
func Plain(text string) string {
	text = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, ""), func(r rune) bool {
		return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x61c || r >= 0x200b && r <= 0x200f || r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r == 0xfeff
	}), " ")
	if runes := []rune(text); len(runes) > maxProviderText {
		text = string(runes[:maxProviderText]) + "…"
	}
	return text
}

// refusedByProvider explains what went wrong at the token endpoint.
func refusedByProvider(err error) *Refusal {
	answer, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		return refuse(CodeReach, "the provider's token endpoint can't be reached, or did not answer in time").because(err)
	}
	if answer.ErrorCode == "" {
		var body struct {
			Error       string `json:"error"`
			Description string `json:"error_description"`
		}
		_ = json.Unmarshal(answer.Body, &body) // no JSON: nothing to say
		answer.ErrorCode, answer.ErrorDescription = body.Error, body.Description
	}
	r := refuse(CodeProvider, "the provider's token endpoint answered %s", answer.Response.Status)
	r.Provider = NewProviderError(answer.ErrorCode, answer.ErrorDescription)
	if r.Provider.Error == "" {
		r.Code = CodeReach
	}
	return r
}

// secretRefused says whether the provider takes the client's secret for wrong or
// expired.
func secretRefused(r *Refusal) bool { return r.Provider.Error == "invalid_client" }

// clock is a refusal for a time that is off, which says by how much.
func clock(what string, off time.Duration) *Refusal {
	return refuse(CodeClock, "the ID token %s: its clock and this server's differ by at least %d s; see that both follow a time server", what, int(off.Seconds()))
}
