package instance

import "fmt"

// Kill ends the server at once, as a crash would, and waits until it is gone.
// Serve starts it again.
func (i *Instance) Kill() error {
	if err := i.server.Process.Kill(); err != nil {
		return fmt.Errorf("kill the server: %w", err)
	}
	<-i.exited
	return nil
}
