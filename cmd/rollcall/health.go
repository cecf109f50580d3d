package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/rollcall/rollcall/internal/store"
)

const healthLimit = 5 * time.Second

// health answers whether the process lives and whether it can serve.
type health struct {
	store    *store.Store
	draining atomic.Bool
	migrated atomic.Bool // migrations are never taken back
}

// ready says why the server can't serve, nil when it can.
func (h *health) ready(ctx context.Context) error {
	if h.draining.Load() {
		return errors.New("shutting down")
	}
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	if err := h.store.Ping(ctx); err != nil {
		return errors.New("the database doesn't answer")
	}
	if h.migrated.Load() {
		return nil
	}
	pending, err := h.store.Pending(ctx)
	if err != nil {
		return errors.New("the migrations can't be read")
	}
	if pending > 0 {
		return fmt.Errorf("%d migrations are missing", pending)
	}
	h.migrated.Store(true)
	return nil
}

// ServeHTTP answers /healthz and /readyz.
func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	switch r.URL.Path {
	case "/healthz":
		_, _ = io.WriteString(w, "ok\n")
	case "/readyz":
		if err := h.ready(r.Context()); err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = fmt.Fprintln(w, err)
			return
		}
		_, _ = io.WriteString(w, "ready\n")
	default:
		http.NotFound(w, r)
	}
}
