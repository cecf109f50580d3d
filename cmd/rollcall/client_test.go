package main

import (
	"strings"
	"testing"
)

// From the command line alone: a client is made, plays a whole tenant, gets a second
// secret, loses the first, and is revoked.
func TestClientFromTheCommandLine(t *testing.T) {
	onBoth(t, func(sh *shell) {
		sh.do("org", "create", "--slug", "acme", "--name", "Acme")
		r := sh.serve()
		base := "http://" + r.address
		sh.env[settingPublicURL] = base
		var keys clientKeys
		sh.list(&keys, "client", "create", "--org", "acme", "--name", "entra")
		if !strings.HasPrefix(keys.Secret, "rck_") || !strings.HasPrefix(keys.TokenURL, base+"/oauth/acme/") {
			sh.Fatalf("%+v", keys)
		}
		play := func(secret string) []string {
			return []string{"simulate", "--base", base + "/scim/v2/acme", "--users", "5", "--groups", "1", "--cycle", "initial",
				"--token-url", keys.TokenURL, "--client-id", keys.ID, "--client-secret", secret}
		}
		refused := func(secret string) {
			sh.Helper()
			if _, said, status := sh.try(play(secret)...); status != exitFailed || !strings.Contains(said, "invalid_client") || strings.Contains(said, secret) {
				sh.Errorf("status %d: %s", status, said)
			}
		}
		sh.do(play(keys.Secret)...)
		var second clientKeys
		sh.list(&second, "client", "secret", "--org", "acme", keys.ID)
		sh.do(play(second.Secret)...)
		sh.fails(exitFailed, "has two secrets", "client", "secret", "--org", "acme", keys.ID)
		var rows []clientRow
		sh.list(&rows, "client", "list", "--org", "acme")
		if len(rows) != 1 || rows[0].State != "live" || len(rows[0].Secrets) != 2 || rows[0].Secrets[0].LastUsed == nil || rows[0].Secrets[1].LastUsed == nil {
			sh.Errorf("%+v", rows)
		}
		if table := sh.do("client", "list", "--org", "acme"); strings.Contains(table, keys.Secret) || !strings.Contains(table, rows[0].Secrets[1].Hint) {
			sh.Error(table)
		}
		sh.do("client", "secret", "--org", "acme", keys.ID, "--remove", rows[0].Secrets[0].Hint)
		refused(keys.Secret)
		sh.do(play(second.Secret)...)
		sh.do("client", "revoke", "--org", "acme", keys.ID)
		refused(second.Secret)
		sh.fails(exitFailed, "no such client", "client", "revoke", "--org", "acme", "nobody")
		sh.fails(exitUsage, "either a secret", "simulate", "--base", base+"/scim/v2/acme", "--token-url", keys.TokenURL, "--client-id", keys.ID)
		sh.fails(exitFailed, "https://", "client", "create", "--org", "acme", "--name", "x", "--issuer", "http://issuer.test", "--subject", "s", "--audience", "a")
		sh.list(&keys, "client", "create", "--org", "acme", "--name", "federated", "--issuer", "https://issuer.test", "--subject", "s", "--audience", "a")
	})
}
