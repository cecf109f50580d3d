package sso

import (
	"bytes"
	"cmp"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/fault"
	"github.com/rollcall/rollcall/internal/outbound"
	"github.com/rollcall/rollcall/internal/sso/saml"
)

// ImportSAML reads the metadata of a SAML provider: a document, or the one at an
// address. Beside the settings it returns what to watch, in sentences. Errors:
// fault.Invalid on metadata or metadata_url, with what is wrong.
func ImportSAML(client *http.Client, now func() time.Time) func(ctx context.Context, document, address string) (schema.SignOnSettings, []string, error) {
	return func(ctx context.Context, document, address string) (s schema.SignOnSettings, warnings []string, err error) {
		field := "metadata"
		text := []byte(document)
		if document == "" {
			field = "metadata_url"
			if text, err = fetch(ctx, client, address); err != nil {
				return s, nil, fault.New(fault.Invalid, "the metadata at that address can’t be had: %s", whyNot(err)).On(field).Because(err)
			}
		}
		p, warnings, err := saml.ParseMetadata(text, now())
		if err != nil {
			if refusal, ok := errors.AsType[*saml.Refusal](err); ok {
				return s, nil, fault.New(fault.Invalid, "%s", cmp.Or(refusal.Quoting, refusal.Sentence)).On(field).Because(err)
			}
			return s, nil, err
		}
		s = schema.SignOnSettings{EntityID: p.EntityID, SignInURL: p.SSOURL, SignOutURL: p.SLOURL, SignOutAnswerURL: p.SLOResponseURL,
			SignOutPost: p.SLOBinding == saml.Post, MetadataURL: address}
		s.Certificates = inPEM(p.Certificates)
		return s, sentences(warnings), nil
	}
}

// PinSAML reads certificates of a SAML provider, in PEM, of which one text may hold
// several, and returns those with which it can sign, and what to watch about them all, in
// sentences. Errors: fault.Invalid on certificates.
func PinSAML(now func() time.Time) func(texts []string) (pinned, warnings []string, err error) {
	return func(texts []string) ([]string, []string, error) {
		var list []*x509.Certificate
		for _, text := range texts {
			found := certificatesIn(text)
			if len(found) == 0 {
				return nil, nil, fault.New(fault.Invalid, "this is no certificate in PEM: it begins with -----BEGIN CERTIFICATE-----").On("certificates")
			}
			list = append(list, found...)
		}
		usable, warnings := saml.Usable(list, now(), "enter the new one here")
		if len(usable) == 0 && len(list) > 0 {
			return nil, nil, fault.New(fault.Invalid, "nothing could be taken from the provider with these: %s", strings.Join(warnings, "; ")).On("certificates")
		}
		return inPEM(usable), sentences(warnings), nil
	}
}

// certificatesIn are those of a text in PEM; none when there is something else in it.
func certificatesIn(text string) (list []*x509.Certificate) {
	for rest := []byte(text); len(bytes.TrimSpace(rest)) > 0; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil
		}
		list = append(list, c)
	}
	return list
}

func inPEM(list []*x509.Certificate) (texts []string) {
	for _, c := range list {
		texts = append(texts, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})))
	}
	return texts
}

func sentences(warnings []string) []string {
	for i, w := range warnings {
		warnings[i] = capital(w) + "."
	}
	return warnings
}

func fetch(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, errors.New("the answer was " + answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// whyNot is why an address was not read, for people.
func whyNot(err error) string {
	if forbidden, ok := errors.AsType[*outbound.Forbidden](err); ok {
		return forbidden.Why
	}
	if errors.Is(err, outbound.ErrTooLarge) {
		return err.Error()
	}
	return "nothing answered there in time, or not with 200"
}
