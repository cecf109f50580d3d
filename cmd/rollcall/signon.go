package main

import (
	"context"
	"net"

	"github.com/google/uuid"

	"github.com/rollcall/rollcall/graph"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/sso"
)

// signOnAddresses are what an identity provider has to be told of a connection.
func (s *server) signOnAddresses(connection uuid.UUID) *graph.SignOnAddresses {
	at := func(path string) string { return s.publicURL + path }
	return &graph.SignOnAddresses{
		RedirectURI: at(sso.CallbackPath(connection)), AfterLogoutURL: at(sso.AfterLogoutPath), FrontChannelLogoutURL: at(sso.FrontChannelPath(connection)), BackChannelLogoutURL: at(sso.BackChannelPath(connection)),
		EntityID: at(sso.MetadataPath(connection)), ReplyURL: at(sso.ACSPath(connection)), LogoutURL: at(sso.SLOPath(connection)),
		StartURL: at(sso.StartPath(connection)), TestURL: at(sso.TestPath(connection)),
	}
}

// lookupTXT asks for TXT records: the server of the setting, or the system's. Names
// are whole: none is looked for below this machine's own domain.
func (p *program) lookupTXT() directory.LookupTXT {
	resolver := net.DefaultResolver
	if address := p.env.get(settingResolver); address != "" {
		resolver = &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, address)
		}}
	}
	return func(ctx context.Context, name string) ([]string, error) { return resolver.LookupTXT(ctx, name+".") }
}
