package instance

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Memory is how many bytes of the server are in the machine's memory now.
func (i *Instance) Memory() (int64, error) {
	status, err := i.process("status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if value, found := strings.CutPrefix(line, "VmRSS:"); found {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kib << 10, err
		}
	}
	return 0, fmt.Errorf("the server's memory is not in %q", status)
}

// CPU is how long the server has kept a processor busy since it started.
func (i *Instance) CPU() (time.Duration, error) {
	stat, err := i.process("stat")
	if err != nil {
		return 0, err
	}
	// The program's name, in parentheses, may hold anything. After it user and
	// system time are the 12th and 13th field, in hundredths of a second.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("the server's time is not in %q", stat)
	}
	var busy time.Duration
	for _, field := range fields[11:13] {
		ticks, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("the server's time is not in %q: %w", stat, err)
		}
		busy += time.Duration(ticks) * 10 * time.Millisecond
	}
	return busy, nil
}

func (i *Instance) process(file string) ([]byte, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", i.server.Process.Pid, file))
	if err != nil {
		return nil, fmt.Errorf("look at the server's process: %w", err)
	}
	return text, nil
}
