package graph_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/token"
	"github.com/rollcall/rollcall/ent/user"
	"github.com/rollcall/rollcall/graph"
	"github.com/rollcall/rollcall/internal/store"
)

// logged is a house whose log can be read, at Info.
func (h *house) logged() *bytes.Buffer {
	h.Helper()
	log := new(bytes.Buffer)
	api := graph.New(graph.Options{Store: h.store, Directory: h.directory, Access: h.access, PublicURL: "https://rollcall.test",
		Filter: h.provisioning.UserFilter, Log: slog.New(slog.NewTextHandler(log, nil))})
	mux := http.NewServeMux()
	mux.Handle("/graphql", api)
	mux.Handle("/download/", api.Download())
	h.server = httptest.NewServer(mux)
	h.Cleanup(h.server.Close)
	return log
}

// grant is the id of an API token.
func (h *house) grant(c caller) uuid.UUID {
	h.Helper()
	g, err := h.access.Authenticate(h.Context(), strings.TrimPrefix(c.value, "Bearer "), token.KindAPI)
	if err != nil {
		h.Fatal(err)
	}
	return g.Token.ID
}

const whoAmI = `{ viewer { name } }`

func TestWrongTokensAreLimitedByAddress(t *testing.T) {
	onBoth(t, func(h *house) {
		log := h.logged()
		right, signedIn := h.with("all"), h.as(user.RoleOWNER)
		gone, ended := h.with("all"), h.with("all")
		goneID, endedID := h.grant(gone), h.grant(ended)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
			if err := h.access.RevokeToken(ctx, tx, endedID); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "DELETE FROM tokens WHERE id = ?", goneID)
			return err
		})
		h.pass(2 * time.Second) // what access remembers

		var statuses []int
		for range 60 {
			statuses = append(statuses, h.ask(gone, whoAmI, nil).status)
		}
		if statuses[0] != http.StatusUnauthorized || statuses[59] != http.StatusTooManyRequests {
			h.Errorf("wrong tokens are answered with %v", statuses)
		}
		answer := h.ask(gone, whoAmI, nil).refused("TOO_MANY_REQUESTS")
		if answer.header.Get("Retry-After") != "60" {
			h.Errorf("Retry-After is %q", answer.header.Get("Retry-After"))
		}
		h.ask(right, whoAmI, nil).ok()
		h.ask(signedIn, whoAmI, nil).ok()
		h.ask(ended, whoAmI, nil).refused("UNAUTHENTICATED") // and not told to try again
		h.ask(caller{"Cookie", "__Host-session=none"}, whoAmI, nil).refused("UNAUTHENTICATED")
		h.ask(caller{}, whoAmI, nil).refused("UNAUTHENTICATED")

		lines := strings.Count(log.String(), "graphql credential refused")
		if lines == 0 || lines > 25 || !strings.Contains(log.String(), `reason="unknown token"`) || !strings.Contains(log.String(), "client=127.0.0.1") {
			h.Errorf("%d lines in the log:\n%s", lines, log)
		}
		if strings.Contains(log.String(), gone.value[len("Bearer "):]) {
			h.Error("the log holds a token")
		}
	})
}

func TestEndedTokenIsInTheLogWithItsOrganization(t *testing.T) {
	onBoth(t, func(h *house) {
		log := h.logged()
		c := h.with("all")
		id := h.grant(c)
		h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error { return h.access.RevokeToken(ctx, tx, id) })
		h.pass(2 * time.Second)
		h.ask(c, whoAmI, nil).refused("UNAUTHENTICATED")
		for _, want := range []string{`reason="revoked token"`, "organization=" + h.org.ID.String(), "token=" + id.String()} {
			if !strings.Contains(log.String(), want) {
				h.Errorf("the log lacks %s: %s", want, log)
			}
		}
	})
}

func TestFakeTokensCostNoQuery(t *testing.T) {
	onBoth(t, func(h *house) {
		right := h.with("all").value
		for name, value := range map[string]string{
			"checksum": right[:len(right)-1] + map[bool]string{true: "a", false: "b"}[right[len(right)-1] != 'a'],
			"kind":     strings.Replace(right, "rca_", "rcz_", 1),
			"length":   right + "0",
			"nothing":  "Bearer ",
			"scheme":   "Basic " + right[len("Bearer "):],
			"text":     "Bearer ' OR 1=1 --",
		} {
			if n := h.statements(func() { h.ask(caller{"Authorization", value}, whoAmI, nil).refused("UNAUTHENTICATED") }); n != 0 {
				h.Errorf("a token of wrong %s costs %d queries", name, n)
			}
		}
	})
}

// While nobody can say who comes with a link, it may be somebody whom it is not for.
func TestDownloadWaitsUntilItsVisitorIsKnown(t *testing.T) {
	onBoth(t, func(h *house) {
		h.logged()
		other, _ := h.organization("other")
		bob := h.session(h.personIn(other.ID, "bob@other.test", user.RoleOWNER))
		path := h.export(h.with("all"), vars{"what": "USERS"})
		rename := func(from, to string) {
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.Exec(ctx, "ALTER TABLE "+from+" RENAME TO "+to)
				return err
			})
		}
		rename("sessions", "sessions_elsewhere")
		explore := httptest.NewRequestWithContext(h.Context(), http.MethodGet, "/graphiql", nil)
		explore.Header.Set(bob.header, bob.value)
		api := graph.New(graph.Options{Store: h.store, Directory: h.directory, Access: h.access})
		if status := api.Explore(explore); status != http.StatusServiceUnavailable {
			h.Errorf("the explorer answers with %d", status)
		}
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			if answer, text := h.fetch(method, path, bob); answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" {
				h.Errorf("%s while sessions can't be looked up: %d %s", method, answer.StatusCode, text)
			}
		}
		rename("sessions_elsewhere", "sessions")
		h.gone(path, bob)
		if answer, text := h.fetch(http.MethodGet, path, caller{"Cookie", "__Host-session=old"}); answer.StatusCode != http.StatusOK {
			h.Errorf("afterwards, with a session that is none: %d %s", answer.StatusCode, text)
		}
	})
}
