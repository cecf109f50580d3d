package graph

import (
	"context"
	"log/slog"

	"entgo.io/ent/dialect/sql"

	"github.com/rollcall/rollcall/internal/access"
	"github.com/rollcall/rollcall/internal/directory"
	"github.com/rollcall/rollcall/internal/store"
)

// Resolver holds what the resolvers use.
type Resolver struct {
	store     *store.Store
	directory *directory.Directory
	access    *access.Access
	publicURL string
	filter    func(ctx context.Context, text string) (func(*sql.Builder), error)
	log       *slog.Logger
	boards    healthBoards

	rehearsals *rehearsals
}
