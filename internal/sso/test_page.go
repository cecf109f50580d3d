package sso

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/session"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
)

// claim is one thing that a provider said.
type claim struct {
	Name, Value string
	Note        string // what it is used for here
}

var claimNotes = map[string]string{
	"oid": "who it is at Entra: compared with SCIM’s externalId", "sub": "who it is for this application", "tid": "the directory",
	"iss": "the provider", "aud": "this application", "sid": "the session there, for signing out", "email": "shown, and finds nobody by itself",
	"preferred_username": "shown, and finds nobody by itself", "upn": "shown, and finds nobody by itself", "name": "shown",
	"xms_edov": "the provider vouches for the address’s domain", "idp": "a guest’s home provider", "login_hint": "which account to sign out",
}

// instants are claims in seconds since 1970 (RFC 7519 §2, NumericDate).
var instants = []string{"iat", "nbf", "exp", "auth_time"}

// claimsOf puts claims in the order of their names, each as one line.
func claimsOf(all map[string]any) (out []claim) {
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name == "nonce" || strings.HasSuffix(name, "_hash") {
			continue
		}
		value, ok := all[name].(string)
		if !ok {
			text, _ := json.Marshal(all[name]) // came as JSON
			value = string(text)
		}
		if runes := []rune(value); len(runes) > 500 {
			value = string(runes[:500]) + "…"
		}
		note := claimNotes[name]
		if seconds, ok := all[name].(float64); ok && slices.Contains(instants, name) {
			note = time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339)
		}
		out = append(out, claim{name, value, note})
	}
	return out
}

// toTest is the scope of those who may see what a provider sends: it is theirs too
// to set the connection up.
const toTest = "connections:write"

var notYours = problem{"You may not test this", "Only who may set the connection up can see what its provider sends.", startAgain}

// testView is the page that a test ends with.
type testView struct {
	Provider, Connection string
	Claims               []claim
	Compared             string // what was compared with externalId
	Verdict, Why         string
	Good                 bool
	Role                 string
	AfterLogout          string // to be told to the provider, "" where it knows no way back
	Back                 string
}

// showTest shows what came and what would happen. Nothing is linked, made or
// signed in.
func (d *door) showTest(w http.ResponseWriter, r *http.Request, a arrival) {
	ctx := connected(r.Context(), a.on)
	tester, err := d.store.Read().User.Query().Where(user.ID(a.flow.Tester), user.DeletedAtIsNil(), user.Active(true)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		d.fail(w, r, err)
		return
	}
	if err != nil || !access.Includes(access.ScopesOf(tester.Role), toTest) { // at the start it was allowed
		d.problem(w, http.StatusForbidden, notYours)
		return
	}
	v, err := d.directory.Judge(ctx, d.store.Read(), a.on.SignOn, a.account)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	view := testView{Provider: providerName(a.on), Connection: a.on.Connection.Name, Claims: a.shown, Compared: a.account.ExternalID, Why: v.Why,
		Back: connectionPage(a.on)}
	view.Verdict, view.Good = verdictOf(v)
	if v.User != nil {
		role, ok, err := d.directory.RoleBy(ctx, d.store.Read(), a.on.Settings.Roles, v.User, a.claims)
		if err != nil {
			d.fail(w, r, err)
			return
		}
		if ok && v.User.Role != user.RoleOWNER {
			view.Role = string(role)
		}
	}
	if a.method == session.MethodOIDC && d.elsewhereOf(r, &ent.Session{ConnectionID: &a.on.ConnectionID}).URL != "" {
		view.AfterLogout = d.publicURL + AfterLogoutPath
	}
	d.page(w, http.StatusOK, "tested", view)
}

func verdictOf(v *directory.Verdict) (text string, good bool) {
	switch {
	case v.User != nil && v.How == "":
		return fmt.Sprintf("%s would be signed in.", v.User.UserName), true
	case v.User != nil:
		return fmt.Sprintf("The account would be linked to %s, who would be signed in.", v.User.UserName), true
	case v.How == directory.LinkedByCreation:
		return "A new person would be made and signed in.", true
	case v.Reason == directory.AccountDeactivated:
		return "Signing in would be refused: the person is deactivated.", false
	case v.Reason == directory.AccountCandidate:
		return "Signing in would be refused until an administrator decides.", false
	case v.Reason == directory.AccountUnknown:
		return "Signing in would be refused until an administrator decides: nobody here has this account’s id.", false
	}
	return "Signing in would be refused.", false
}
