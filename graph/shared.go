package graph

import "context"

// shared is a value that many ask for: the first brings it, the others wait for
// that. An error is only that of who was told it: the next one tries again.
type shared[T any] struct {
	turn  chan struct{} // full while somebody brings the value
	here  bool
	value T
}

func newShared[T any]() *shared[T] { return &shared[T]{turn: make(chan struct{}, 1)} }

func (s *shared[T]) get(ctx context.Context, bring func(context.Context) (T, error)) (T, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	defer func() { <-s.turn }()
	if s.here {
		return s.value, nil
	}
	value, err := bring(ctx)
	if err == nil {
		s.value, s.here = value, true
	}
	return value, err
}
