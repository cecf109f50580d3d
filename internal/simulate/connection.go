package simulate

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// testConnection sends what the button of that name sends: a query for a user,
// and for a group, that cannot exist. Like Entra it goes no further when the
// server refuses the token or does not answer in SCIM.
func (r *run) testConnection(ctx context.Context) error {
	queries := []string{userQuery(userName, rawQuote, r.tenant.guid(0, drawProbe))}
	if r.o.Groups > 0 {
		queries = append(queries, groupQuery(rawQuote, r.tenant.guid(1, drawProbe)))
	}
	refusals := make([]error, len(queries))
	err := r.phase(ctx, "test connection", len(queries), func(ctx context.Context, w *worker, i int) {
		if !w.send(ctx, probe, http.MethodGet, queries[i], nil) {
			if w.x.err != nil { // else the run ends, and the phase says why
				refusals[i] = fmt.Errorf("test connection: %w", w.x.err)
			}
			return
		}
		refusals[i] = refusal(&w.x)
		w.status(http.StatusOK)
		if w.x.status == http.StatusOK {
			p := w.readPage()
			w.want(p.total == 0, "no resource for an id made up at random, not %d", p.total)
		}
	})
	for _, refused := range refusals {
		if refused != nil {
			return refused
		}
	}
	return err
}

// refusal is why there is no point in going on. A SCIM server that answers
// wrongly is not refused: how wrong it is shall be in the report.
func refusal(x *exchange) error {
	kind, _, _ := mime.ParseMediaType(x.header.Get("Content-Type"))
	switch {
	case x.status == http.StatusUnauthorized, x.status == http.StatusForbidden:
		return fmt.Errorf("test connection: the server refuses the token (status %d)", x.status)
	case x.status >= 300 && x.status < 400:
		return fmt.Errorf("test connection: the server redirects (status %d); give the address it redirects to", x.status)
	case x.status == http.StatusNotImplemented:
		return fmt.Errorf("test connection: the server does not provision this (status 501 for %s)", x.target)
	case !strings.HasSuffix(kind, "json"):
		return fmt.Errorf("test connection: the server answers %d with %q and not in SCIM; is this the SCIM base?", x.status, kind)
	}
	return nil
}
