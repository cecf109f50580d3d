package saml

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Code says why a message was refused: for logs, counters and help pages.
type Code string

// The codes.
const (
	TooLarge    Code = "SAML-SIZE"        // more bytes than a message may have
	Malformed   Code = "SAML-XML"         // not base64, or XML that two readers could read differently
	Shape       Code = "SAML-SHAPE"       // well-formed, but not the message that we read
	Status      Code = "SAML-STATUS"      // the provider reports a failure of its own
	Unsigned    Code = "SAML-UNSIGNED"    // no signature where one must be
	Algorithm   Code = "SAML-ALGORITHM"   // a method or transform outside the list
	Certificate Code = "SAML-CERTIFICATE" // signed with a certificate that is not pinned, or no pinned one is valid now
	Signature   Code = "SAML-SIGNATURE"   // the signature does not fit the message
	Encrypted   Code = "SAML-ENCRYPTED"   // cannot be decrypted, or not believed once it was
	Issuer      Code = "SAML-ISSUER"      // somebody else's message
	Destination Code = "SAML-DESTINATION" // sent to another address
	Recipient   Code = "SAML-RECIPIENT"   // made for another address
	Audience    Code = "SAML-AUDIENCE"    // made for another service
	Request     Code = "SAML-REQUEST"     // not the answer to our request
	Unsolicited Code = "SAML-UNSOLICITED" // the provider began, and may not
	Clock       Code = "SAML-CLOCK"       // outside its times
	Subject     Code = "SAML-SUBJECT"     // names nobody, or nobody in a way that lasts
	Metadata    Code = "SAML-METADATA"    // metadata that cannot be used
	Setting     Code = "SAML-SETTING"     // our own side is set up wrongly
)

// Refusal is why a message is not believed. The sentence is for the administrator. It
// quotes nothing that nobody has signed: anybody can send a message with a sentence of
// their own in it. What a signature covers it may quote, so it is text to be escaped.
type Refusal struct {
	Code     Code
	Sentence string
	Quoting  string        // the sentence with those words, for the log; "" when it has none
	Off      time.Duration // with Clock: how far outside its times the message is
}

func (r *Refusal) Error() string { return string(r.Code) + ": " + cmp.Or(r.Quoting, r.Sentence) }

// CodeOf is the code of a refusal, "" for other errors.
func CodeOf(err error) Code {
	if r, ok := errors.AsType[*Refusal](err); ok {
		return r.Code
	}
	return ""
}

func refuse(code Code, format string, args ...any) error {
	r := &Refusal{Code: code}
	known := slices.Clone(args)
	for i, a := range args {
		if _, ok := a.(words); ok {
			known[i], r.Quoting = words("…"), fmt.Sprintf(format, args...)
		}
	}
	r.Sentence = fmt.Sprintf(format, known...)
	return r
}

// words are text from a message that nobody has signed yet.
type words string

// cut shortens such text, so that it can stand in a sentence of the log.
func cut(text string) words { return words(quoted(text)) }

// quoted is cut for what a signature covers.
func quoted(text string) string {
	const most = 200
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// saidBy is a text of a part of a message for a sentence. Of these a Response alone
// needs no signature of its own.
func saidBy(e *element, text string) any {
	if e.is(nsProtocol, "Response") {
		return cut(text)
	}
	return quoted(text)
}
