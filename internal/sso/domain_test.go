package sso_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

// onward is where a page moves on to by itself: not by a redirect, for browsers hold
// the form-action of the page before against those.
func onward(p page) string {
	to, _ := strings.CutPrefix(p.Header.Get("Refresh"), "0; url=")
	if p.StatusCode != http.StatusOK || p.Header.Get("Location") != "" {
		return ""
	}
	return to
}

func TestDomainsLeadToTheProvider(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		find := func(address string) page {
			o.Helper()
			return o.visitor().post("/signin/find", url.Values{"email": {address}, "return_to": {"/people?x=1"}})
		}
		refused := func(what, want string, do func(context.Context, *store.Tx) error) {
			o.Helper()
			if err := o.store.Write(o.inOrg(), do); err == nil || !strings.Contains(err.Error(), want) {
				o.Errorf("%s: %v", what, err)
			}
		}
		for _, name := range []string{"", "com", "a@corp.test", "corp test", "https://corp.test", "xn--999999999.test", "corp.test..", "gmail.com", "Outlook.COM.", "ｇmail.com", "x.onmicrosoft.com"} {
			refused("claim "+name, "", func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.ClaimDomain(ctx, tx, name)
				return err
			})
		}
		var corp *ent.Domain
		o.write(func(ctx context.Context, tx *store.Tx) (err error) {
			corp, err = o.directory.ClaimDomain(ctx, tx, "CORP.test.")
			return err
		})
		refused("route before it is proved", "not proved", func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RouteDomain(ctx, tx, corp.ID, o.conn.ID)
			return err
		})
		for _, records := range [][]string{nil, {"rollcall-domain="}, {strings.ToUpper(corp.Challenge)}, {corp.Challenge + "x"}} {
			refused("prove", "no TXT record", func(ctx context.Context, tx *store.Tx) error {
				_, err := o.directory.ProveDomain(ctx, tx, corp.ID, records)
				return err
			})
		}
		find("grace@corp.test").want(o.T, http.StatusOK, "No organization signs in with that domain here")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			if _, err := o.directory.ProveDomain(ctx, tx, corp.ID, []string{corp.Challenge}); err != nil {
				return err
			}
			_, err := o.directory.RouteDomain(ctx, tx, corp.ID, o.conn.ID)
			return err
		})
		for address, there := range map[string]bool{"grace@corp.test": true, " GRACE@CORP.test ": true, "grace@corp.test.": true, "grace@ｃorp.test": true,
			"grace@mail.corp.test": false, "grace@test": false, "a@corp.test@evil.test": false, "a@evil.test@corp.test": false, `"a@evil.test"@corp.test`: false,
			"@corp.test": false, "corp.test": false, "grace@соrр.test": false, "grace@xn--corp-.test": false, "grace@corp.test.evil.test": false, "": false} {
			if to := onward(find(address)); there != strings.HasPrefix(to, sso.StartPath(o.conn.ID)+"?") {
				o.Errorf("%q leads to %q, want it to lead: %v", address, to, there)
			}
		}
		b := o.visitor()
		to := b.get(onward(find("grace@corp.test"))).Header.Get("Location")
		if !strings.Contains(to, "login_hint="+url.QueryEscape("grace@corp.test")) {
			o.Errorf("the provider isn't told who comes: %s", to)
		}
		if p := o.arrive(b, o.provider.answer(to, graces())); p.Header.Get("Location") != "/people?x=1" {
			o.Errorf("afterwards: %q", p.Header.Get("Location"))
		}

		n := o.neighbour()
		err := o.store.Write(n.inOrg(), func(ctx context.Context, tx *store.Tx) error {
			d, err := n.directory.ClaimDomain(ctx, tx, "corp.test")
			if err != nil {
				return err
			}
			_, err = n.directory.ProveDomain(ctx, tx, d.ID, []string{d.Challenge})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "another organization") {
			o.Errorf("another organization's domain: %v", err)
		}
		for _, kind := range []string{"domain.claimed", "domain.proved"} {
			if o.events(kind) != 1 {
				o.Errorf("%d events %s", o.events(kind), kind)
			}
		}
	})
}

// Anybody can send an address, and the form of a domain by which it is compared takes the
// square of its length to find: what no domain can be is not looked at.
func TestEndlessDomainsLeadNowhere(t *testing.T) {
	onBoth(t, func(h *house) {
		o := newOIDCHouse(h, false)
		acme := o.prove("acme.test")
		o.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := o.directory.RouteDomain(ctx, tx, acme.ID, o.conn.ID)
			return err
		})
		softHyphens := strings.Repeat("\u00ad", 1000) // which are no part of the name
		o.visitor().post("/signin/find", url.Values{"email": {"a@acme\u00ad.test"}}).want(o.T, http.StatusOK, "Go on")
		o.visitor().post("/signin/find", url.Values{"email": {"a@acme" + softHyphens + ".test"}}).want(o.T, http.StatusOK, "No organization signs in with that domain here")
	})
}
