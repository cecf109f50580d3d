package main

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// proxies are the networks of the proxies whose word about a client counts.
type proxies []netip.Prefix

// networks are the words that stand for some networks.
var networks = map[string][]netip.Prefix{
	"loopback": {netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
	"private": {netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
		netip.MustParsePrefix("fc00::/7")},
}

// parseProxies reads addresses, networks and the words loopback and private,
// with commas between them.
func parseProxies(text string) (proxies, error) {
	var all proxies
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if known, ok := networks[part]; ok {
			all = append(all, known...)
			continue
		}
		prefix, err := netip.ParsePrefix(part)
		if ip, notOne := netip.ParseAddr(part); notOne == nil && ip.Zone() == "" {
			prefix, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if prefix.Addr().Is4In6() {
			err = fmt.Errorf("%s is an IPv4 network", part)
		}
		if err != nil {
			return nil, fmt.Errorf("%q is no address and no network: write it as in 10.0.0.5, 10.0.0.0/8, loopback or private, with commas between several", part)
		}
		if prefix.Bits() == 0 {
			return nil, fmt.Errorf("%q trusts everybody, so that anybody could pretend to be at any address: name the proxy's address or network", part)
		}
		all = append(all, prefix.Masked())
	}
	return all, nil
}

func (p proxies) trust(ip netip.Addr) bool {
	for _, network := range p {
		if network.Contains(ip) {
			return true
		}
	}
	return false
}

// resolve puts the client's address into RemoteAddr where the request came
// through proxies that are trusted. Each proxy has written whom it got the
// request from behind what it was given, so the last address that isn't a trusted
// proxy's is the client's; what stands before it is the client's own invention.
func (p proxies) resolve(r *http.Request) {
	if len(p) == 0 {
		return
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !p.trust(bare(peer.Addr())) {
		return
	}
	from, forwarded := r.Header["X-Forwarded-For"], r.Header["Forwarded"]
	client := p.walk(bare(peer.Addr()), from, func(hop string) string { return hop })
	if len(forwarded) > 0 {
		said := p.walk(bare(peer.Addr()), forwarded, forwardedFor)
		if len(from) > 0 && said != client { // the proxy writes one of them, and nobody knows which
			return
		}
		client = said
	}
	r.RemoteAddr = net.JoinHostPort(client.String(), "0")
}

// walk goes back from the peer as long as there are trusted proxies, and stops at
// what is no address.
func (p proxies) walk(peer netip.Addr, lines []string, address func(hop string) string) netip.Addr {
	for i := len(lines) - 1; i >= 0; i-- {
		for line, more := lines[i], true; more; {
			var hop string
			// A comma within quotes is a comma too: proxies write none, and to a
			// client that opens quotes the rest of the line must not belong.
			if at := strings.LastIndexByte(line, ','); at < 0 {
				hop, more = line, false
			} else {
				hop, line = line[at+1:], line[:at]
			}
			ip, ok := parseHop(address(strings.TrimSpace(hop)))
			if !ok {
				return peer
			}
			if peer = ip; !p.trust(peer) {
				return peer
			}
		}
	}
	return peer
}

// forwardedFor is what an element of Forwarded (RFC 7239) says the proxy got the
// request from.
func forwardedFor(element string) string {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// parseHop reads an address, with a port or without.
func parseHop(text string) (netip.Addr, bool) {
	if hop, err := netip.ParseAddrPort(text); err == nil {
		return bare(hop.Addr()), true
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")
	ip, err := netip.ParseAddr(text)
	return bare(ip), err == nil
}

func bare(ip netip.Addr) netip.Addr { return ip.Unmap().WithZone("") }
