package main

import (
	"testing"

	"github.com/rollcall/rollcall/internal/store/storetest/pgserver"
)

func TestYardstickMeasures(t *testing.T) {
	t.Parallel()
	server, err := pgserver.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	y, err := newYardstick(t.Context(), server, t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	got, err := y.measure(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got.CreateTx <= 0 || got.Lookup <= 0 {
		t.Errorf("measured %+v, want more than nothing", got)
	}
	t.Log(got)
}

func TestJSONOfHasTheSize(t *testing.T) {
	t.Parallel()
	for _, size := range []int{512, 1024} {
		if got := len(jsonOf(size)); got < size-60 || got > size {
			t.Errorf("jsonOf(%d) has %d bytes", size, got)
		}
	}
}
