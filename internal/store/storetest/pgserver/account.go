package pgserver

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account is the system user under which the server runs; nil is our own.
type account struct {
	uid, gid int
}

// unprivileged finds an account for the server, which refuses to run as root.
func unprivileged() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		found, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(found.Uid)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", name, err)
		}
		gid, err := strconv.Atoi(found.Gid)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", name, err)
		}
		return &account{uid, gid}, nil
	}
	return nil, errors.New("PostgreSQL refuses to run as root, and there is neither an account postgres nor nobody")
}

func (a *account) attributes() *syscall.SysProcAttr {
	if a == nil {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}}
}

// dataDirectory makes an empty directory that belongs to the account.
func dataDirectory(a *account) (string, error) {
	dir, err := os.MkdirTemp("", "rollcall-postgres-")
	if err != nil {
		return "", fmt.Errorf("make the data directory: %w", err)
	}
	if a == nil {
		return dir, nil
	}
	if err := os.Chown(dir, a.uid, a.gid); err != nil {
		return "", errors.Join(fmt.Errorf("give away the data directory: %w", err), os.Remove(dir))
	}
	return dir, nil
}
