package graph

import (
	"context"
	"log/slog"

	"entgo.io/ent/dialect/sql"
	"github.com/google/uuid"

	"github.com/rollcall/rollcall/ent/schema"
	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// Resolver holds what the resolvers use.
type Resolver struct {
	store     *store.Store
	directory *directory.Directory
	access    *access.Access
	signOns   *access.SignOns
	publicURL string
	filter    func(ctx context.Context, text string) (func(*sql.Builder), error)
	log       *slog.Logger
	boards    healthBoards

	rehearsals *rehearsals

	signOnAddresses func(connection uuid.UUID) *SignOnAddresses
	importSAML      func(ctx context.Context, document, address string) (schema.SignOnSettings, []string, error)
	pinSAML         func(certificates []string) (pinned, warnings []string, err error)
	discover        func(ctx context.Context, s schema.SignOnSettings) (warning string, err error)
	lookupTXT       directory.LookupTXT
}
