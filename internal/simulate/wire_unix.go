//go:build unix

package simulate

import "syscall"

// open reports that the server has not closed an idle connection, as far as is
// known: nothing can be read from it, no end either.
func (c *wireConn) open() bool {
	if c.raw == nil {
		return true
	}
	var err error
	failed := c.raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, err = syscall.Read(int(fd), b[:])
		return true
	})
	return failed == nil && (err == syscall.EAGAIN || err == syscall.EWOULDBLOCK)
}
