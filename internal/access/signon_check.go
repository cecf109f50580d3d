package access

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/ent/signon"
	"github.com/rollcall/rollcall/internal/fault"
)

const (
	maxSetting      = 500 // bytes
	maxRoleRules    = 50
	maxCertificates = 3
)

// Authorities are the hosts at which Entra signs people in, by national cloud. A
// tenant is in one of them.
var Authorities = []string{"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"}

// personalAccounts is the tenant of Microsoft's personal accounts.
const personalAccounts = "9188040d-6c67-4c5b-b112-36a304b66dad"

var guid = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// checkSignOn checks and tidies settings.
func checkSignOn(protocol signon.Protocol, s *schema.SignOnSettings) error {
	if len(s.Roles) > maxRoleRules {
		return fault.New(fault.Invalid, "there can be %d rules for roles", maxRoleRules).On("roles")
	}
	for _, r := range s.Roles {
		if r.Role != "ADMIN" && r.Role != "AUDITOR" && r.Role != "LEARNER" {
			return fault.New(fault.Invalid, "a rule can't give the role %q; owners are made by owners alone", r.Role).On("roles")
		}
		if (r.Group == uuid.Nil) == (r.Claim == "") || r.Claim != "" && (r.Value == "" || len(r.Claim) > maxSetting || len(r.Value) > maxSetting) {
			return fault.New(fault.Invalid, "a rule names a group, or a claim with its value").On("roles")
		}
	}
	if s.SubjectClaim = strings.TrimSpace(s.SubjectClaim); len(s.SubjectClaim) > maxSetting {
		return tooLong("subject_claim")
	}
	if protocol == signon.ProtocolSAML {
		return checkSAML(s)
	}
	return checkOIDC(s)
}

func tooLong(field string) error {
	return fault.New(fault.Invalid, "this is longer than %d characters", maxSetting).On(field)
}

// CheckOIDC tidies settings for OpenID Connect, as Configure does. Errors:
// fault.Invalid with the field at fault.
func CheckOIDC(s schema.SignOnSettings) (schema.SignOnSettings, error) {
	err := checkOIDC(&s)
	return s, err
}

func checkOIDC(s *schema.SignOnSettings) error {
	s.Tenant, s.ClientID, s.Issuer = strings.ToLower(strings.TrimSpace(s.Tenant)), strings.TrimSpace(s.ClientID), strings.TrimSpace(s.Issuer)
	switch {
	case s.ClientID == "" || len(s.ClientID) > maxSetting || !utf8.ValidString(s.ClientID):
		return fault.New(fault.Invalid, "enter the client id that the provider shows for this application").On("client_id")
	case s.Tenant == "" && s.Issuer == "":
		return fault.New(fault.Invalid, "enter the provider's issuer").On("issuer")
	case s.Tenant == "" && ofMicrosoft(s.Issuer):
		return fault.New(fault.Invalid, "for Microsoft, enter the directory (tenant) id instead").On("issuer")
	case s.Tenant == "":
		s.Authority = ""
		if strings.Contains(s.Issuer, "?") {
			return fault.New(fault.Invalid, "an issuer has no question mark in it").On("issuer")
		}
		return checkAddress("issuer", s.Issuer)
	}
	if s.Authority = strings.ToLower(cmp.Or(s.Authority, Authorities[0])); !slices.Contains(Authorities, s.Authority) {
		return fault.New(fault.Invalid, "Entra's sign-in service is at %s", strings.Join(Authorities, ", ")).On("authority")
	}
	switch {
	case slices.Contains([]string{"common", "organizations", "consumers", personalAccounts}, s.Tenant):
		return fault.New(fault.Invalid, "%s lets accounts of every organization in; enter the directory (tenant) id of yours", s.Tenant).On("tenant")
	case !guid.MatchString(s.Tenant):
		return fault.New(fault.Invalid, "the directory (tenant) id is a GUID, as in 72f988bf-86f1-41af-91ab-2d7cd011db47; you find it on the application's overview page").On("tenant")
	case !guid.MatchString(strings.ToLower(s.ClientID)):
		return fault.New(fault.Invalid, "the application (client) id is a GUID; you find it on the application's overview page").On("client_id")
	case s.Tenant == strings.ToLower(s.ClientID):
		return fault.New(fault.Invalid, "tenant id and client id are the same; on the overview page they are two different ids").On("client_id")
	}
	s.ClientID = strings.ToLower(s.ClientID)
	s.Issuer = "https://" + s.Authority + "/" + s.Tenant + "/v2.0"
	return nil
}

// ofMicrosoft says whether an issuer is one of Entra's, which is known by its tenant.
func ofMicrosoft(issuer string) bool {
	u, err := url.Parse(issuer)
	return err == nil && (slices.Contains(Authorities, strings.ToLower(u.Hostname())) || strings.EqualFold(u.Hostname(), "sts.windows.net"))
}

func checkSAML(s *schema.SignOnSettings) error {
	s.EntityID, s.SignInURL, s.SignOutURL = strings.TrimSpace(s.EntityID), strings.TrimSpace(s.SignInURL), strings.TrimSpace(s.SignOutURL)
	switch {
	case s.EntityID == "" || len(s.EntityID) > maxSetting:
		return fault.New(fault.Invalid, "enter the provider's identifier (entity id), or import its metadata").On("entity_id")
	case len(s.Certificates) == 0:
		return fault.New(fault.Invalid, "enter the certificate with which the provider signs, or import its metadata").On("certificates")
	case len(s.Certificates) > maxCertificates:
		return fault.New(fault.Invalid, "at most %d certificates count at a time; remove the oldest", maxCertificates).On("certificates")
	}
	for _, address := range []string{s.SignOutURL, s.SignOutAnswerURL} {
		if address == "" {
			continue
		}
		if err := checkAddress("sign_out_url", address); err != nil {
			return err
		}
	}
	return checkAddress("sign_in_url", s.SignInURL)
}

func checkAddress(field, text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.Fragment != "" || len(text) > maxSetting {
		return fault.New(fault.Invalid, "this is no address that begins with https://").On(field)
	}
	return nil
}
