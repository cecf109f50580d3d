package oauth_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/rollcall/rollcall/ent/provisioninglog"
	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/actor"
	"github.com/rollcall/rollcall/internal/simulate"
	"github.com/rollcall/rollcall/internal/store"
)

// A whole tenant is provisioned with each kind of credential.
func TestWholeCycleWithEachCredential(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		h.federate(c)
		var bearer string
		h.write(func(ctx context.Context, tx *store.Tx) (err error) {
			bearer, _, err = h.access.CreateToken(ctx, tx, access.NewToken{Kind: token.KindScim, Connection: h.conn.ID, Name: "bearer"})
			return err
		})
		file := filepath.Join(h.TempDir(), "assertion")
		if err := os.WriteFile(file, []byte(h.issuer.sign(h.T, nil)+"\n"), 0o600); err != nil {
			h.Fatal(err)
		}
		for i, o := range []simulate.Options{
			{Token: bearer},
			{TokenURL: h.tokenURL(h.conn.ID), ClientID: c.ID.String(), ClientSecret: h.secret(c)},
			{TokenURL: h.tokenURL(h.conn.ID), AssertionFile: file},
		} {
			o.Base, o.Users, o.Groups, o.Seed, o.Domain = h.server.URL+"/scim/v2/acme", 25, 3, uint64(i+1), []string{"one.test", "two.test", "three.test"}[i]
			o.Cycles = []string{simulate.CycleInitial, simulate.CycleIncremental, simulate.CycleLeavers, simulate.CycleUnchanged}
			report, err := simulate.Run(h.Context(), o)
			if err != nil || report.Wrong > 0 || report.Writes < 50 {
				h.Fatalf("credential %d: %v %+v", i, err, report)
			}
		}
		asked := h.store.Read().ProvisioningLog.Query().Where(provisioninglog.TokenID(c.ID)).CountX(actor.InOrg(h.Context(), h.org.ID))
		if asked < 100 {
			h.Errorf("%d rows of the log name the client", asked)
		}
	})
}

// A secret is replaced while requests run, each with a token of its own: none fails.
func TestSecretRotatesUnderRunningRequests(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.client(h.conn)
		var mu sync.RWMutex // whoever pastes the new one waits for nobody who reads the old one
		secret := h.secret(c)
		var done atomic.Int64
		var all sync.WaitGroup
		third, two := make(chan struct{}), make(chan struct{})
		for range 4 {
			all.Go(func() {
				for range 18 {
					mu.RLock()
					r := h.present(c, secret)
					mu.RUnlock()
					if r.status != http.StatusOK || h.scim(r.token) != http.StatusOK {
						h.Errorf("%d: %s", r.status, r.text)
					}
					switch done.Add(1) {
					case 24:
						close(third)
					case 48:
						close(two)
					}
				}
			})
		}
		<-third
		fresh := h.secret(c)
		mu.Lock()
		secret = fresh
		mu.Unlock()
		<-two
		old := h.reload(c).Secrets[0].ID
		h.write(func(ctx context.Context, tx *store.Tx) error {
			_, err := h.access.RemoveScimSecret(ctx, tx, c.ID, old, false)
			return err
		})
		all.Wait()
		if left := h.reload(c).Secrets; len(left) != 1 || left[0].UsedAt == nil {
			h.Errorf("%+v is left", left)
		}
	})
}
