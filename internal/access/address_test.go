package access_test

import (
	"fmt"
	"testing"

	"github.com/rollcall/rollcall/internal/access"
)

// However many addresses somebody has, those who were counted stay so.
func TestManyAddressesResetNobody(t *testing.T) {
	t.Parallel()
	const often = 600_000 // a minute: whoever asked once is idle again at once
	l := access.NewLimiter(often)
	count := func(address string) (n int) {
		for n <= often && l.Allow(address) {
			n++
		}
		return n
	}
	if n := count("192.0.2.1"); n < often {
		t.Fatalf("%d times at once", n)
	}
	for i := range 30_000 {
		l.Allow(fmt.Sprintf("2001:db8:0:%x::1", i))
	}
	if n := count("192.0.2.1"); n > often/2 {
		t.Errorf("%d times once more", n)
	}
}
