package pgserver

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// Variable names the environment variable that holds the superuser's address
// of a running server for [Shared] to use.
const Variable = "ROLLCALL_TEST_POSTGRES"

var shared = sync.OnceValues(func() (*Server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	address := os.Getenv(Variable)
	if address == "" {
		return Start(ctx)
	}
	server, err := connect(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", Variable, err)
	}
	return server, nil
})

// Shared returns the server that all tests of this process use: the one named
// in the environment, or else one of its own that nobody needs to stop.
func Shared() (*Server, error) { return shared() }
