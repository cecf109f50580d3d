package sso

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// What more kinds than there is room for push out is the one that hasn't occurred for
// longest: the bounds of the others stay.
func TestTheOldestKindMakesRoom(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := newRefusals(func() time.Time { return now })
	count := func(k kind) bool {
		now = now.Add(time.Millisecond)
		_, _, _, note := s.count(k, "from 192.0.2.0", 1)
		return note
	}
	first, second := kind{connection: uuid.New()}, kind{connection: uuid.New()}
	count(first)
	count(second)
	for range maxKinds - 2 {
		count(kind{connection: uuid.New()})
	}
	if count(first) {
		t.Error("the first was forgotten though there was room")
	}
	count(kind{connection: uuid.New()})
	if count(first) {
		t.Error("one more has pushed out what occurred lately")
	}
	if len(s.kinds) != maxKinds || !count(second) {
		t.Errorf("%d kinds, and the oldest is still among them", len(s.kinds))
	}
}
