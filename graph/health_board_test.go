package graph_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/rollcall/rollcall/internal/store"
)

// checkups counts the statements that look at the failures of a connection, and
// those that look at its mapping.
func checkups(sent []sentStatement) (failures, mappings int) {
	for _, s := range sent {
		switch {
		case strings.Contains(s.query, "AS refused"):
			mappings++
		case strings.Contains(s.query, "status >= 400"):
			failures++
		}
	}
	return failures, mappings
}

func TestHealthIsLookedAtOnceInARequest(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("all")
		document := "query($id: ID!) {"
		for i := range 5 {
			document += fmt.Sprintf(" a%d: connection(id: $id) { h: health { status advice { code } } health { summary } }", i)
		}
		document += " connections { health { status advice { code } } } }"
		failures, mappings := checkups(h.statementsOf(func() {
			h.ask(c, document, vars{"id": h.conn.ID}).ok().is("WAITING", "a4", "h", "status").is("WAITING", "connections", 0, "health", "status")
		}))
		if failures != 1 || mappings != 1 {
			h.Errorf("one connection costs %d looks at its failures and %d at its mapping", failures, mappings)
		}
	})
}

func TestAChangeOfHealthIsLookedAtOnceForAllStreams(t *testing.T) {
	onBoth(t, func(h *house) {
		c := h.with("log:read")
		var streams []*watcher
		for i := range 10 {
			document := `subscription($id: ID) { connectionHealthChanged(connectionId: $id) { status advice { code } } }`
			if i%2 == 0 {
				document = strings.Replace(document, "(connectionId: $id)", "", 1)
				document = strings.Replace(document, "($id: ID)", "", 1)
			}
			streams = append(streams, h.watch(c, document, vars{"id": h.conn.ID}))
		}
		all := func(status string) {
			h.Helper()
			for _, w := range streams {
				w.next().ok().is(status, "connectionHealthChanged", "status")
			}
		}
		all("WAITING")
		failures, mappings := checkups(h.statementsOf(func() {
			h.write(h.org.ID, func(ctx context.Context, tx *store.Tx) error {
				return tx.Connection.UpdateOneID(h.conn.ID).SetEnabled(false).Exec(ctx)
			})
			all("PAUSED")
		}))
		if failures > 2 || mappings > 2 { // a second time when a minute ends meanwhile
			h.Errorf("10 streams cost %d looks at the failures and %d at the mapping", failures, mappings)
		}
	})
}
