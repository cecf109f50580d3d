package directory

import (
	"github.com/rollcall/rollcall/ent/connection"
	"github.com/rollcall/rollcall/ent/schema"
)

// SettingsFor are the settings of a new connection to that kind of client: the
// table of docs/connect-others.md. What is said of none is as for Entra.
//
// Okta, OneLogin and JumpCloud find people by user name and send an id of their
// own as externalId, which nobody who is here already can have; Google sends no
// groups.
func SettingsFor(kind connection.Kind) schema.ConnectionSettings {
	s := schema.DefaultConnectionSettings()
	switch kind {
	case connection.KindOKTA, connection.KindONELOGIN, connection.KindJUMPCLOUD:
		s.Match = []string{MatchUserName, MatchEmail, MatchExternalID}
	case connection.KindGOOGLE:
		s.Match = []string{MatchUserName, MatchEmail, MatchExternalID}
		s.Groups = false
	}
	return s
}
