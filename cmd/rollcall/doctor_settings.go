package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rollcall/rollcall/internal/sso"
	"github.com/rollcall/rollcall/internal/store"
)

func (p *program) checkPublicURL() finding {
	f := finding{Check: "public URL", State: green}
	addr, err := p.env.addr()
	if err != nil {
		addr = "127.0.0.1:8080"
	}
	text, err := p.env.publicURL(addr)
	if err != nil {
		f.State, f.Says, f.Remedy = red, err.Error(), "Set "+settingPublicURL+" to the address that clients use, as in https://training.example.com"
		return f
	}
	f.Says = text
	switch {
	case sso.Insecure(text) != "":
		f.State = red
		f.Remedy = "Identity providers speak https only, and tokens must not travel in the clear: put a proxy with a certificate in front and set " +
			settingPublicURL + "=https://…"
	case strings.HasSuffix(p.env(settingPublicURL), "/"):
		f.State, f.Remedy = yellow, "Rollcall leaves the slash at the end out; write "+settingPublicURL+"="+text
	}
	return f
}

func (p *program) checkAddresses() finding {
	f := finding{Check: "address", State: green}
	addr, err := p.env.addr()
	ops, opsErr := p.env.opsAddr()
	if err := errors.Join(err, opsErr); err != nil {
		f.State, f.Says, f.Remedy = red, err.Error(), "Write host:port, as in 127.0.0.1:8080"
		return f
	}
	f.Says = addr
	if ops != "" {
		f.Says += ", health on " + ops
	}
	if ops == addr {
		f.State, f.Remedy = red, "Give "+settingOpsAddr+" another port than "+settingAddr
	}
	return f
}

func (p *program) checkProxies() finding {
	f := finding{Check: "proxies", State: green, Says: "none is trusted"}
	trusted, err := p.env.trustedProxies()
	if err != nil {
		f.State, f.Says, f.Remedy = red, err.Error(), "Set "+settingProxies+" to the address of the proxy in front, as in "+settingProxies+"=10.0.0.5"
		return f
	}
	public, err := p.env.publicURL("127.0.0.1:8080")
	switch {
	case len(trusted) > 0:
		f.Says = "trusted: " + p.env.get(settingProxies)
	case err == nil && strings.HasPrefix(public, "https://"):
		f.State = yellow
		f.Remedy = "The proxy that speaks https is taken for the address of every client, in logs and limits: set " + settingProxies +
			" to its address, or to loopback where it runs on this machine"
	}
	return f
}

// checkOutgoing looks at what the server needs to ask identity providers and to read
// the secrets that it keeps for them.
func (p *program) checkOutgoing() finding {
	f := finding{Check: "outgoing", State: green, Says: "the public internet, over https"}
	allowed, err := p.env.allowedNetworks()
	if err != nil {
		f.State, f.Says, f.Remedy = red, err.Error(), "Set "+settingNetworks+" to the network of the identity provider, as in "+settingNetworks+"=10.0.0.0/8, or leave it out"
		return f
	}
	if _, err := p.env.oldKeys(); err != nil {
		f.State, f.Says, f.Remedy = red, err.Error(), "Set "+settingOldKeys+" to earlier values of "+settingSecretKey+", or leave it out"
		return f
	}
	if len(allowed) > 0 {
		f.Says += ", and " + p.env.get(settingNetworks)
	}
	if server := p.env.get(settingResolver); server != "" {
		f.Says += "; DNS records from " + server
		if err := checkAddr(server); err != nil {
			f.State, f.Remedy = red, "Write "+settingResolver+" as host:port, as in 9.9.9.9:53"
		}
	}
	return f
}

func (p *program) checkRateLimit() finding {
	f := finding{Check: "rate limit", State: green}
	limit, err := p.env.rateLimit()
	switch {
	case err != nil:
		f.State, f.Says, f.Remedy = red, err.Error(), "Write requests a second, as in 200"
	case limit == 0:
		f.State, f.Says = yellow, "none"
		f.Remedy = "One client can take all of the server: set " + settingRateLimit + ", unless something in front limits requests"
	case limit < 25:
		f.State, f.Says = yellow, fmt.Sprintf("%g requests a second for each token", limit)
		f.Remedy = "Entra asks for at least 25 a second and may count refusals as failures: raise " + settingRateLimit
	default:
		f.Says = fmt.Sprintf("%g requests a second for each token", limit)
	}
	return f
}

func (p *program) checkSecretKey() finding {
	f := finding{Check: "secret key", State: green}
	fail := func(says, remedy string) finding {
		f.State, f.Says, f.Remedy = red, says, remedy
		return f
	}
	const another = "Make one with openssl rand -base64 32"
	if text := p.env.get(settingSecretKey); text != "" {
		if _, err := parseKey(text); err != nil {
			return fail(settingSecretKey+": "+err.Error(), another)
		}
		f.Says = "from " + settingSecretKey
		return f
	}
	path, err := keyFile(p.env)
	if err != nil {
		return fail(err.Error(), another+" and set "+settingSecretKey)
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		f.State, f.Says, f.Remedy = yellow, "there is none yet", "The first start of rollcall serve makes "+path
		return f
	}
	if err != nil {
		return fail(err.Error(), "Let the user that runs Rollcall read "+path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fail(fmt.Sprintf("others can read %s (mode %04o)", path, info.Mode().Perm()), "chmod 600 "+path)
	}
	if _, err := readKeyFile(path); err != nil {
		return fail(err.Error(), "Put it back from a backup; "+strings.ToLower(another[:1])+another[1:]+" only where nothing was encrypted with it")
	}
	f.Says = path
	return f
}

const leastDisk = 500 << 20

// checkDisk looks at the folder of the SQLite file.
func (p *program) checkDisk() []finding {
	file, err := store.FileOf(p.env.databaseURL())
	if err != nil || file == "" {
		return nil
	}
	f := finding{Check: "disk", State: green}
	folder := existing(filepath.Dir(file))
	if err := writable(folder); err != nil {
		f.State, f.Says = red, err.Error()
		f.Remedy = "Let the user that runs Rollcall write to " + folder
		return []finding{f}
	}
	free, err := freeBytes(folder)
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		f.Says = folder + " can be written to"
	case err != nil:
		f.State, f.Says, f.Remedy = yellow, err.Error(), "Look after the free space of "+folder+" yourself"
	default:
		f.Says = fmt.Sprintf("%s has %.1f GB left", folder, float64(free)/1e9)
		if free < leastDisk {
			f.State, f.Remedy = red, "Make room: a full disk stops all provisioning"
		}
	}
	return []finding{f}
}

// existing is the folder itself or the nearest one above it that is there.
func existing(folder string) string {
	for {
		if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
			return folder
		}
		folder = filepath.Dir(folder)
	}
}

func writable(folder string) error {
	f, err := os.CreateTemp(folder, ".rollcall-doctor-*")
	if err != nil {
		return fmt.Errorf("%s can't be written to", folder)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
