package instance

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Memory is how many bytes of the server are in the machine's memory now.
func (i *Instance) Memory() (int64, error) {
	path := fmt.Sprintf("/proc/%d/status", i.server.Process.Pid)
	status, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("read the server's memory: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		value, found := strings.CutPrefix(line, "VmRSS:")
		if !found {
			continue
		}
		kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the server's memory: %w", err)
		}
		return kib << 10, nil
	}
	return 0, fmt.Errorf("read the server's memory: %s has no VmRSS", path)
}
