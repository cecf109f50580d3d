package main

import (
	"context"
	"errors"
	"time"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/store"
)

const warningEvery = time.Hour

// warned is of how many things there was a warning.
type warned struct {
	secrets     int // of single sign-on
	connections int // whose SCIM credential ends
}

// keepWarning leaves Events for what ends soon: now, and then once an hour.
func (s *server) keepWarning(ctx context.Context) {
	repeat(ctx, warningEvery, func() {
		n, err := s.warnAll(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.Error("look for secrets that end soon", "err", err)
		}
		if n.secrets > 0 {
			s.log.Warn("client secrets or certificates of single sign-on end soon, or have ended; the console says which", "secrets", n.secrets)
		}
		if n.connections > 0 {
			s.log.Warn("the SCIM tokens or client secrets that directories come with end soon, or have ended: they are turned away then; the console says which", "connections", n.connections)
		}
	})
}

// warnAll warns in every organization, by mail too where there is a mail server.
func (s *server) warnAll(ctx context.Context) (warned, error) {
	var secret func(context.Context, *store.Tx, access.Ending) error
	var last func(context.Context, *store.Tx, access.LastEnding) error
	if s.mail != nil {
		secret, last = s.mailEnding, s.mailLastEnding
	}
	secrets, err := inEachOrganization(ctx, s.store, func(ctx context.Context) (int, error) { return s.signOns.Warn(ctx, secret) })
	connections, also := inEachOrganization(ctx, s.store, func(ctx context.Context) (int, error) { return s.access.Warn(ctx, last) })
	return warned{secrets, connections}, errors.Join(err, also)
}

// namesOfUses are what mails call what ends.
var namesOfUses = map[string]string{access.UseClientSecret: notify.ClientSecret, access.UseSigningKey: notify.SigningKey,
	access.UseProviderCertificate: notify.ProviderCertificate}

func (s *server) mailEnding(ctx context.Context, tx *store.Tx, e access.Ending) error {
	return s.mail.SecretEnds(ctx, tx, notify.SecretEnding{Connection: e.ConnectionID, What: namesOfUses[e.Use], Hint: e.Hint,
		Ends: e.Ends, Days: e.Days, Covered: e.Covered})
}

func (s *server) mailLastEnding(ctx context.Context, tx *store.Tx, e access.LastEnding) error {
	return s.mail.CredentialsEnd(ctx, tx, notify.CredentialsEnding{Connection: e.ID, Ends: e.Ends, Days: e.Days, Spare: e.Spare})
}
