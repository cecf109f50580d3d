package outbound

import "net/netip"

// special are the networks inside 2000::/3 and IPv4 that are not the public
// internet, by the registries of RFC 6890. IPv6 addresses that carry an IPv4 one
// are among them: they lead to wherever a gateway takes them.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

// global is where public IPv6 addresses are.
var global = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// Public says whether an address belongs to the public internet.
func Public(ip netip.Addr) bool {
	if ip.Zone() != "" || ip.Is4In6() || ip.Is6() && !global.Contains(ip) {
		return false
	}
	return ip.IsValid() && !within(special, ip)
}

func within(networks []netip.Prefix, ip netip.Addr) bool {
	for _, n := range networks {
		if n.Contains(ip) {
			return true
		}
	}
	return false
}

// closed are the ports above 1023 at which no web server is to be expected, but
// something that could be harmed.
var closed = map[string]bool{"1433": true, "1521": true, "2375": true, "2376": true, "2379": true, "3306": true, "3389": true,
	"5432": true, "5672": true, "5900": true, "5985": true, "6379": true, "6443": true, "9200": true, "10250": true, "11211": true, "27017": true}
