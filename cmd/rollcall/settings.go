package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"

	"github.com/rollcall/rollcall/internal/notify"
	"github.com/rollcall/rollcall/internal/store"
)

// The names of the settings. All of them are environment variables.
const (
	settingDatabase  = "ROLLCALL_DATABASE_URL"
	settingAddr      = "ROLLCALL_ADDR"
	settingPublicURL = "ROLLCALL_PUBLIC_URL"
	settingSecretKey = "ROLLCALL_SECRET_KEY"
	settingRateLimit = "ROLLCALL_RATE_LIMIT"
	settingOpsAddr   = "ROLLCALL_OPS_ADDR"
	settingProxies   = "ROLLCALL_TRUSTED_PROXIES"
	settingNetworks  = "ROLLCALL_ALLOWED_NETWORKS"
	settingOldKeys   = "ROLLCALL_OLD_SECRET_KEYS"
	settingResolver  = "ROLLCALL_DNS_SERVER"
	settingMail      = "ROLLCALL_SMTP_URL"
)

// setting is one environment variable that Rollcall reads.
type setting struct {
	name, fallback, about string
	secret                bool
}

// settings is all of them: whatever isn't here is not read.
var settings = []setting{
	{name: settingDatabase, fallback: store.DefaultURL, about: "where the data is kept: sqlite:PATH or postgres://user:password@host/database", secret: true},
	{name: settingAddr, fallback: "127.0.0.1:8080", about: "where the server listens"},
	{name: settingPublicURL, about: "the address under which clients reach the server; http:// and " + settingAddr + " without it"},
	{name: settingSecretKey, about: "32 random bytes in base64; kept beside the SQLite file without it, required with PostgreSQL", secret: true},
	{name: settingRateLimit, fallback: "200", about: "SCIM requests a second for each token; 0 means no limit"},
	{name: settingOpsAddr, about: "a second address for health and metrics; off without it"},
	{name: settingProxies, about: "proxies whose X-Forwarded-For counts: addresses, networks, loopback, private; none without it"},
	{name: settingNetworks, about: "networks that are not public and may be reached all the same, for identity providers inside: addresses, networks, loopback, private; none without it"},
	{name: settingOldKeys, about: "earlier values of " + settingSecretKey + ", with commas between them: what they have sealed can still be opened", secret: true},
	{name: settingResolver, about: "the DNS server that is asked for records of domains, host:port; the system's own without it"},
	{name: settingMail, about: "the mail server: smtp://user:password@host:587?from=ADDRESS (STARTTLS), or smtps:// (TLS); no mail is sent without it", secret: true},
}

// environment looks up a variable, as os.Getenv does.
type environment func(string) string

var _ environment = os.Getenv

// get returns a setting, or what stands for it when it isn't set.
func (e environment) get(name string) string {
	if v := strings.TrimSpace(e(name)); v != "" {
		return v
	}
	for _, s := range settings {
		if s.name == name {
			return s.fallback
		}
	}
	return ""
}

// databaseURL is where the data is kept.
func (e environment) databaseURL() string { return e.get(settingDatabase) }

// addr is where the server listens.
func (e environment) addr() (string, error) {
	addr := e.get(settingAddr)
	if err := checkAddr(addr); err != nil {
		return "", fmt.Errorf("%s=%s is no address: write host:port, as in 127.0.0.1:8080", settingAddr, addr)
	}
	return addr, nil
}

// trustedProxies are the proxies whose word about a client's address counts.
func (e environment) trustedProxies() (proxies, error) {
	p, err := parseProxies(e.get(settingProxies))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", settingProxies, err)
	}
	return p, nil
}

// allowedNetworks are where the server may ask although it is not the public
// internet.
func (e environment) allowedNetworks() ([]netip.Prefix, error) {
	p, err := parseProxies(e.get(settingNetworks))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", settingNetworks, err)
	}
	return p, nil
}

// oldKeys are the keys that this installation had before.
func (e environment) oldKeys() (keys [][]byte, err error) {
	for text := range strings.SplitSeq(e.get(settingOldKeys), ",") {
		if strings.TrimSpace(text) == "" {
			continue
		}
		key, err := parseKey(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", settingOldKeys, err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// mailServer is the server that mail is handed to, nil for none.
func (e environment) mailServer() (*notify.Server, error) {
	text := e.get(settingMail)
	if text == "" {
		return nil, nil
	}
	s, err := notify.ParseServer(text)
	if err != nil {
		return nil, fmt.Errorf("%s %w", settingMail, err)
	}
	return s, nil
}

// opsAddr is where health is served on its own, "" for nowhere.
func (e environment) opsAddr() (string, error) {
	addr := e.get(settingOpsAddr)
	if addr == "" {
		return "", nil
	}
	if err := checkAddr(addr); err != nil {
		return "", fmt.Errorf("%s=%s is no address: write host:port, as in 127.0.0.1:9090", settingOpsAddr, addr)
	}
	return addr, nil
}

func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return err
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err
}

// publicURL is the address that clients are told, without a trailing slash.
// listening is where the server really listens, for a setting of port 0.
func (e environment) publicURL(listening string) (string, error) {
	text := e.get(settingPublicURL)
	if text == "" {
		return "http://" + reachable(listening), nil
	}
	u, err := url.Parse(strings.TrimRight(text, "/"))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return "", fmt.Errorf("%s=%s is no web address: write it as in https://training.example.com", settingPublicURL, text)
	case u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "", fmt.Errorf("%s=%s must end after the host: write it as in https://training.example.com", settingPublicURL, text)
	}
	return u.String(), nil
}

// reachable is an address that a browser on this machine can open.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// rateLimit is how many SCIM requests a second a token may make, 0 for any.
func (e environment) rateLimit() (float64, error) {
	text := e.get(settingRateLimit)
	limit, err := strconv.ParseFloat(text, 64)
	if err != nil || !(limit >= 0 && limit <= 1e6) {
		return 0, fmt.Errorf("%s=%s is no rate: write requests a second, as in 200, or 0 for no limit", settingRateLimit, text)
	}
	return limit, nil
}
