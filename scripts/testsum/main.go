// Command testsum reads what `go test -json` prints, shows what went wrong, and
// ends with one line of counts. It fails when a test failed, when a test was
// skipped, for a test that was skipped is not a test that passed, and when
// there was none:
//
//	go test -json ./... | go run ./scripts/testsum
package main

import (
	"fmt"
	"os"
)

func main() {
	s := newSum(os.Stdout)
	if err := s.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(1)
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
	if s.failed+s.skipped > 0 || s.passed == 0 {
		os.Exit(1)
	}
}
