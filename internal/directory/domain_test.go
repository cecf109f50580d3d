package directory

import "testing"

func TestInDomains(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		address string
		domains []string
		want    bool
	}{
		"same":                              {"ada@corp.test", []string{"corp.test"}, true},
		"one of several":                    {"ada@corp.test", []string{"other.test", "corp.test"}, true},
		"case of the address":               {"ADA@CORP.Test", []string{"corp.test"}, true},
		"case of the setting":               {"ada@corp.test", []string{"Corp.TEST"}, true},
		"dot of the root in the address":    {"ada@corp.test.", []string{"corp.test"}, true},
		"dot of the root in the setting":    {"ada@corp.test", []string{"corp.test."}, true},
		"two dots at the end":               {"ada@corp.test..", []string{"corp.test"}, false},
		"subdomain":                         {"ada@mail.corp.test", []string{"corp.test"}, false},
		"parent domain":                     {"ada@corp.test", []string{"mail.corp.test"}, false},
		"same end":                          {"ada@evilcorp.test", []string{"corp.test"}, false},
		"domain as a prefix":                {"ada@corp.test.evil.test", []string{"corp.test"}, false},
		"two at signs, ours last":           {"a@evil.test@corp.test", []string{"corp.test"}, false},
		"two at signs, ours first":          {"a@corp.test@evil.test", []string{"corp.test"}, false},
		"quoted at sign":                    {`"a@evil.test"@corp.test`, []string{"corp.test"}, false},
		"no local part":                     {"@corp.test", []string{"corp.test"}, false},
		"no domain":                         {"ada@", []string{"corp.test"}, false},
		"only the root":                     {"ada@.", []string{"corp.test"}, false},
		"no at sign":                        {"corp.test", []string{"corp.test"}, false},
		"line break behind":                 {"ada@corp.test\nevil.test", []string{"corp.test"}, false},
		"encoded address":                   {"ada@xn--mnchen-3ya.test", []string{"münchen.test"}, true},
		"encoded setting":                   {"ada@MÜNCHEN.test", []string{"XN--MNCHEN-3YA.test"}, true},
		"decomposed":                        {"ada@mu\u0308nchen.test", []string{"münchen.test"}, true},
		"both encoded":                      {"ada@xn--mnchen-3ya.test", []string{"xn--mnchen-3ya.test"}, true},
		"Cyrillic look-alike":               {"ada@соrр.test", []string{"corp.test"}, false},
		"encoded look-alike":                {"ada@xn--r-0tbhb.test", []string{"corp.test"}, false},
		"encoding that hides plain letters": {"ada@xn--corp-.test", []string{"corp.test"}, false},
		"encoding of a Kelvin sign":         {"ada@xn--ey-0qu.test", []string{"key.test"}, false},
		"broken encoding":                   {"ada@xn--999999999.test", []string{"corp.test"}, false},
		"broken encoding, same in both":     {"ada@xn--999999999.test", []string{"xn--999999999.test"}, false},
		"sharp s is not ss":                 {"ada@straße.test", []string{"strasse.test"}, false},
		"dotted I is not i":                 {"ada@İnfo.test", []string{"info.test"}, false},
		"full width is the same domain":     {"ada@ｃorp.test", []string{"corp.test"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := inDomains(c.address, c.domains); got != c.want {
				t.Errorf("inDomains(%q, %q) = %t", c.address, c.domains, got)
			}
		})
	}
}
