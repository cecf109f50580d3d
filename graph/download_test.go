package graph_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rollcall/rollcall/ent"
	"github.com/rollcall/rollcall/ent/event"
	"github.com/rollcall/rollcall/ent/organization"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/store"
)

// gone expects a link to answer as every link does that doesn't work.
func (h *house) gone(path string, c caller) {
	h.Helper()
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		answer, text := h.fetch(method, path, c)
		if answer.StatusCode != http.StatusNotFound || answer.Header.Get("Content-Disposition") != "" {
			h.Errorf("%s: status %d %v", method, answer.StatusCode, answer.Header)
		}
		if want := "This link doesn't work. It was used, has expired, or never was one. Make a new export.\n"; method == http.MethodGet && text != want {
			h.Errorf("the answer is %q", text)
		}
	}
}

func TestDownloadWorksOnce(t *testing.T) {
	onBoth(t, func(h *house) {
		h.person("ada@acme.test", user.RoleLEARNER)
		path := h.export(h.with("all"), vars{"what": "USERS"})
		for range 3 { // looking uses nothing
			if answer, text := h.fetch(http.MethodHead, path, caller{}); answer.StatusCode != http.StatusOK || text != "" {
				h.Fatalf("HEAD: %d", answer.StatusCode)
			}
		}
		if answer, _ := h.fetch(http.MethodPost, path, caller{}); answer.StatusCode != http.StatusMethodNotAllowed {
			h.Errorf("POST: %d", answer.StatusCode)
		}
		var fetched, refused atomic.Int64
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				answer, err := h.server.Client().Get(h.server.URL + path)
				if err != nil {
					h.Error(err)
					return
				}
				_ = answer.Body.Close()
				switch answer.StatusCode {
				case http.StatusOK:
					fetched.Add(1)
				case http.StatusNotFound:
					refused.Add(1)
				}
			})
		}
		all.Wait()
		if fetched.Load() != 1 || refused.Load() != 49 {
			h.Errorf("fetched %d times, refused %d times", fetched.Load(), refused.Load())
		}
		h.gone(path, caller{})
		row := h.store.Read().Download.Query().OnlyX(h.in(h.org.ID))
		secret := strings.TrimPrefix(path, "/download/")
		if bytes.Contains(row.Hash, []byte(secret)) || row.UsedAt == nil {
			h.Errorf("the row is %v", row)
		}
		made := h.store.Read().Event.Query().Where(event.Entity(ent.TypeDownload)).Order(event.ByPosition(), event.ByID()).AllX(h.in(h.org.ID))
		if len(made) != 2 || made[0].Kind != "download.created" || made[1].Kind != "download.redeemed" || made[1].Actor != "token" || *made[1].ActorID != *row.MadeBy {
			h.Errorf("events: %v", made)
		}
	})
}

func TestDownloadOfWhomItIsNotFor(t *testing.T) {
	onBoth(t, func(h *house) {
		other, _ := h.organization("other")
		ada := h.person("ada@acme.test", user.RoleOWNER)
		bob := h.personIn(other.ID, "bob@other.test", user.RoleOWNER)
		path := h.export(h.session(ada), vars{"what": "USERS"})
		h.gone(path, h.session(bob))
		h.gone(path, h.token(other.ID, access.NewToken{Kind: token.KindAPI, Name: "x", Scopes: []string{"all"}}))
		h.gone(path, h.operator())
		h.gone(path, h.as(user.RoleOWNER)) // made by another person
		if answer, _ := h.fetch(http.MethodGet, path, h.session(ada)); answer.StatusCode != http.StatusOK {
			h.Errorf("its maker: %d", answer.StatusCode)
		}
		for _, path := range []string{"/download/", "/download/nonsense", "/download/" + strings.Repeat("x", 53),
			"/download/rcx_" + strings.Repeat("0", 49), strings.Replace(path, "rcx_", "rcs_", 1)} {
			h.gone(path, caller{})
		}
	})
}

func TestDownloadDies(t *testing.T) {
	onBoth(t, func(h *house) {
		change := func(u *ent.User, set func(*ent.UserMutation)) {
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				u, err := tx.User.Get(ctx, u.ID)
				if err != nil {
					return err
				}
				return tx.UpdateUser(ctx, u, func(m *ent.UserMutation) error { set(m); return nil })
			})
		}
		users := vars{"what": "USERS"}
		ada := h.person("ada@acme.test", user.RoleOWNER)
		eve := h.person("eve@acme.test", user.RoleADMIN)
		path := h.export(h.session(eve), users)
		change(eve, func(m *ent.UserMutation) { m.SetRole(user.RoleLEARNER) })
		h.gone(path, caller{})
		change(eve, func(m *ent.UserMutation) { m.SetRole(user.RoleADMIN) })
		path = h.export(h.session(eve), users)
		change(eve, func(m *ent.UserMutation) { m.SetActive(false) })
		h.gone(path, caller{})

		var secret string
		var made *ent.Token
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) (err error) {
			secret, made, err = h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindAPI, Name: "ci", Scopes: []string{"all"}})
			return err
		})
		path = h.export(caller{"Authorization", "Bearer " + secret}, users)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.access.RevokeToken(ctx, tx, made.ID) })
		h.gone(path, caller{})

		path = h.export(h.session(ada), users)
		suspend := func(at *time.Time) {
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				org := tx.Organization.Query().Where(organization.ID(h.org.ID)).OnlyX(ctx)
				return tx.Organization.UpdateOne(org).SetNillableSuspendedAt(at).Exec(ctx)
			})
		}
		now := h.store.Now()
		suspend(&now)
		h.gone(path, caller{})
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			return tx.Organization.UpdateOneID(h.org.ID).ClearSuspendedAt().Exec(ctx)
		})
		h.pass(access.DownloadLifetime - time.Minute)
		if answer, _ := h.fetch(http.MethodHead, path, caller{}); answer.StatusCode != http.StatusOK {
			h.Errorf("before its end: %d", answer.StatusCode)
		}
		h.pass(time.Minute)
		h.gone(path, caller{})
	})
}
